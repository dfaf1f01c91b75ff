"""The child's beginning."""

import sys

from apps.chat.pdf.child import read
from apps.core.aside_child import serve

sys.exit(serve(read))
