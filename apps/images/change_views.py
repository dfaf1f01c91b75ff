"""Being written."""

from typing import Any

from django.http import Http404, HttpResponse

from apps.accounts.access import requires
from apps.accounts.models import Role


@requires(Role.VIEWER)
def changes(request: Any, **ids: Any) -> HttpResponse:
    raise Http404
