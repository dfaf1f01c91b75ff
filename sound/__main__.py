"""`python -m sound`: one job, see `child`."""

import sys

from sound.child import main

sys.exit(main())
