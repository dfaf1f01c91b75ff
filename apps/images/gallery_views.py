"""Being written."""

from typing import Any

from django.http import Http404, HttpResponse

from apps.accounts.access import requires
from apps.accounts.models import Role


@requires(Role.VIEWER)
def gallery(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


@requires(Role.VIEWER)
def download_several(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


@requires(Role.VIEWER)
def delete_several(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


@requires(Role.VIEWER)
def restore_several(request: Any, **ids: Any) -> HttpResponse:
    raise Http404


@requires(Role.VIEWER)
def choose(request: Any, **ids: Any) -> HttpResponse:
    raise Http404
