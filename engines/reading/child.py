"""The process that reads: it tells what texts mean, and what may be wrong with them.

python -m engines.reading.child WEIGHTS THREADS     (started by `engines.studio`, never by hand)
"""

from engines.child import serve
from engines.reading.worker import Worker

if __name__ == "__main__":
    serve(Worker)
