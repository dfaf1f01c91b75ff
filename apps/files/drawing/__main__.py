"""The child's beginning."""

import sys

from apps.files.drawing.child import main

sys.exit(main())
