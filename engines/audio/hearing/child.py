"""The process that hears.

python -m engines.audio.hearing.child WEIGHTS THREADS     (started by `engines.studio`, never by hand)
"""

from engines.audio.hearing.worker import Worker
from engines.child import serve

if __name__ == "__main__":
    serve(Worker)
