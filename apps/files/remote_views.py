"""What people do with a file at its provider: sent, fetched, stopped, tried again, kept for another time, removed there."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires, visible
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.core.addresses import own_address
from apps.core.fragments import render_page, wants_fragment
from apps.files import sending
from apps.files.calls import next_call
from apps.files.judging import Announced, Refused, judge
from apps.files.models import File
from apps.files.sending import NotPossible
from apps.files.standing import standing_of
from apps.files.syncing import providers_of
from apps.files.views import all_files, context_of, told_of_change
from apps.providers.models import Provider
from apps.runs import registry, snippets
from apps.runs.services import key_of


@requires(Role.VIEWER)
@require_safe
def remote(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """How it stands now, for a page that looks again, with all else that is not as it `was`. Without scripts, the file."""
    if not wants_fragment(request):
        return HttpResponseRedirect(_page_of(_file(request, file_id)))
    file = visible(request.membership, all_files()).filter(pk=file_id).first()
    if file is None:
        return told_of_change(render(request, "files/_gone.html"))
    return _shown(request, file, was=request.GET.get("was", ""))


@requires(Role.VIEWER)
@require_safe
def show_request(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """The next call about it as curl, Python and JSON: fetched from its provider, else sent to one."""
    file = _file(request, file_id)
    call = next_call(request.membership, file)
    if call is None:
        raise Http404
    operation, provider, params, files = call
    context = {"snippets": snippets.show(registry.get(operation), provider, "", params, files), "page": file.name, "back": _page_of(file)}
    return render_page(request, "runs/request.html", context, "runs/_request.html")


@requires(Role.EDITOR)
@require_POST
def send(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    return _done(request, _file(request, file_id), lambda file: _send(request, file, _provider(request), request.POST.get("purpose", "")))


@requires(Role.EDITOR)
@require_POST
def expiry(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """Providers do not change how long they keep a file: our copy is sent again."""

    def act(file: File) -> File:
        if file.provider is None:
            raise NotPossible(_("This file lies at no provider."))
        return _send(request, file, file.provider, file.purpose)

    return _done(request, _file(request, file_id), act)


def _send(request: TeamRequest, file: File, provider: Provider, purpose: str) -> File:
    typed = request.POST.get("lifetime", "")
    lifetime = (int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0) if typed else None
    judge(Announced(file.name, file.size, purpose=purpose, provider=provider, lifetime=lifetime))
    return sending.send(request.membership, file, provider, purpose, lifetime, key_of(request.POST.get("key", "")))


def _provider(request: TeamRequest) -> Provider:
    wanted = request.POST.get("provider", "")
    found = next((place for place in providers_of(request.membership) if str(place.pk) == wanted), None)
    if found is None:
        raise NotPossible(_("This provider is not offered any more. Reload the page and choose another one."))
    return found


@requires(Role.EDITOR)
@require_POST
def fetch(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    return _done(request, _file(request, file_id), lambda file: sending.fetch(request.membership, file))


@requires(Role.EDITOR)
@require_POST
def stop(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    return _done(request, _file(request, file_id), lambda file: sending.stop(request.membership, file))


@requires(Role.EDITOR)
@require_POST
def again(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    return _done(request, _file(request, file_id), lambda file: sending.again(request.membership, file))


@requires(Role.EDITOR)
@require_POST
def remove(request: TeamRequest, file_id: uuid.UUID) -> HttpResponse:
    """At the provider only. It is final there, so it is noted who did it."""

    def act(file: File) -> File:
        record(request.membership, "data.deleted", target=file.name, place=str(file.provider))
        sending.delete_remote(request.membership, [file])
        return file

    return _done(request, _file(request, file_id), act)


def _done(request: TeamRequest, file: File, act: Callable[[File], File]) -> HttpResponse:
    """What became of it, or one sentence why nothing did."""
    try:
        done = act(file)
    except (NotPossible, Refused) as error:
        return _refused(request, file, error.sentence)
    if not wants_fragment(request):
        return HttpResponseRedirect(own_address(request, request.POST.get("next", ""), _page_of(done)), status=303)
    events = {"file-changed": str(file.pk)} if done.pk == file.pk else {"file-copied": str(done.pk)}
    return told_of_change(_shown(request, _file(request, file.pk)), **events)


def _refused(request: TeamRequest, file: File, sentence: str) -> HttpResponse:
    if wants_fragment(request):
        return _shown(request, _file(request, file.pk), sentence)
    messages.error(request, sentence)
    return HttpResponseRedirect(_page_of(file), status=303)


def _shown(request: TeamRequest, file: File, sentence: str = "", was: str = "") -> HttpResponse:
    """`was`: what the page knew (`Standing.word`), empty where all of it is shown anew."""
    now = standing_of(file)
    context: dict[str, Any] = {**context_of(request, file), "now": now, "refused": sentence, "is_changed": now.is_other(was)}
    context["said"] = now.news(was)
    return render(request, "files/_fresh.html", context)


def _file(request: TeamRequest, file_id: uuid.UUID) -> File:
    found: File = get_visible(request.membership, all_files(), file_id)
    return found


def _page_of(file: File) -> str:
    return f"{reverse('files:list')}{file.pk}/"
