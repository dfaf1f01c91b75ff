"""`python3 -m launch`: install what is missing, then become the start inside the virtual environment.

`python3 -m launch dev` also installs what tests and checks need, and then starts nothing.
"""

import os
import sys

from launch import install


def main() -> int:
    development = "dev" in sys.argv[1:]
    try:
        python = install.ensure(development)
    except install.CannotInstall as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped while installing. The next start goes on from here.", file=sys.stderr)
        return 130
    if not development:
        # The same process goes on: a signal sent to what `make` started reaches the supervisor.
        os.execv(python, [str(python), "-m", "launch.start"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
