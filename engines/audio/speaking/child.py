"""The process that speaks.

python -m engines.audio.speaking.child WEIGHTS THREADS     (started by `engines.studio`, never by hand)
"""

from engines.audio.speaking.worker import Worker
from engines.child import serve

if __name__ == "__main__":
    serve(Worker)
