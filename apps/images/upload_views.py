"""Pictures that people bring, one with each request."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import TeamRequest, requires
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.images.gallery import squares
from apps.images.models import Picture
from apps.images.pictures.judging import MOST_BYTES
from apps.images.pictures.unusable import Unusable
from apps.images.uploads import keep_upload

PARTS = {"square": "images/_square.html", "choice": "images/_choice.html"}


@requires(Role.EDITOR)
@require_http_methods(["GET", "POST"])
def upload(request: TeamRequest) -> HttpResponse:
    """A form, for people without scripts. Scripts post `file` and get what stands for the new picture in a list; `as` says in which.

    `next=edit` leads on to the page that changes it, `reference` goes along. What cannot be taken is answered by 422 with one sentence.
    """
    if request.method == "GET":
        return _form(request)
    file = request.FILES.get("file")
    try:
        if file is None or file.file is None:
            raise Unusable("missing", _("Choose a picture first."))
        picture = keep_upload(request.membership, file.file, str(file.name))
    except Unusable as refusal:
        return _refused(request, refusal.sentence)
    return _taken(request, picture)


def _form(request: TeamRequest, **context: Any) -> HttpResponse:
    typed = request.POST if request.method == "POST" else request.GET
    places = {"next": typed.get("next", ""), "reference": typed.get("reference", ""), "most_bytes": MOST_BYTES}
    return render(request, "images/upload.html", {**places, **context}, status=422 if context else 200)


def _refused(request: TeamRequest, sentence: str) -> HttpResponse:
    if wants_fragment(request):
        return HttpResponse(sentence, status=422, content_type="text/plain; charset=utf-8")
    return _form(request, error=sentence)


def _taken(request: TeamRequest, picture: Picture) -> HttpResponse:
    leads_on, reference = request.POST.get("next") == "edit", request.POST.get("reference", "")
    url = reverse("images:edit" if leads_on else "images:picture", args=[picture.pk])
    if leads_on and reference:
        url += f"?{urlencode({'reference': reference})}"
    if not wants_fragment(request):
        return HttpResponseRedirect(url, status=303)
    (square,) = squares(Picture.objects.filter(pk=picture.pk))
    part = PARTS.get(request.POST.get("as", ""), PARTS["square"])
    response = render(request, part, {"square": square, "can_write": True, "is_dialog": True}, status=201)
    if leads_on:
        response["HX-Redirect"] = url
    return response
