"""The process that makes pictures.

python -m engines.images.child WEIGHTS THREADS     (started by `engines.studio`, never by hand)
"""

from engines.child import serve
from engines.images.jobs import Worker

if __name__ == "__main__":
    serve(Worker)
