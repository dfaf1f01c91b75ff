"""Being written."""

from typing import Any

from django.http import Http404, HttpResponse

from apps.accounts.access import requires
from apps.accounts.models import Role


@requires(Role.VIEWER)
def picture(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


@requires(Role.VIEWER)
def file(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


@requires(Role.VIEWER)
def thumbnail(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


@requires(Role.VIEWER)
def rename(request: Any, **ids: Any) -> HttpResponse:
    raise Http404
