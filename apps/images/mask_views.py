"""Masks as files: brought, saved by name, used again."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import TeamRequest, get_visible, requires
from apps.accounts.audit import record
from apps.accounts.models import Role
from apps.core.fragments import wants_fragment
from apps.core.serving import served
from apps.images.masking import Question, brought, coverage_of_saved
from apps.images.models import Mask, Picture
from apps.images.pictures.masks import coverage_of_painted, for_painter
from apps.images.pictures.unusable import Unusable
from apps.images.uploads import forget_files, keep_mask


@requires(Role.EDITOR)
@require_POST
def take(request: TeamRequest, picture_id: uuid.UUID) -> HttpResponse:
    """A mask for this picture: a file, which may bring a question back, or what was painted, to be saved by name."""
    picture = get_visible(request.membership, Picture.objects.alive(), picture_id)
    size = (picture.width, picture.height)
    file, painted, name = request.FILES.get("file"), request.FILES.get("painted"), request.POST.get("name", "")
    try:
        if painted is not None:
            mask = keep_mask(request.membership, coverage_of_painted(painted, size), name)
        elif file is not None:
            coverage = brought(file, size, reading=_reading(request), may_fit=bool(request.POST.get("fit")))
            mask = keep_mask(request.membership, coverage, name)
        else:
            return _answer(request, picture, {"is_missing": True}, 422)
    except Question as question:
        return _answer(request, picture, {"question": question, **question.told}, 200)
    except Unusable as error:
        return _answer(request, picture, {"error": error.sentence}, 422)
    return _answer(request, picture, {"mask": mask, "is_saved": painted is not None}, 200)


def _reading(request: TeamRequest) -> str:
    reading = request.POST.get("reading", "")
    return reading if reading in {"transparent", "opaque", "white", "black"} else ""


def _answer(request: TeamRequest, picture: Picture, context: dict[str, object], status: int) -> HttpResponse:
    if not wants_fragment(request) and "mask" in context:
        return HttpResponseRedirect(reverse("images:edit", args=[picture.pk]), status=303)
    return render(request, "images/_mask_answer.html", {"picture": picture, **context}, status=status)


@require_safe
@requires()
def file(request: TeamRequest, mask_id: uuid.UUID) -> HttpResponse:
    """`?for=<picture>`: the mask as the painter takes it, over that picture. Without it: as it is kept, to be downloaded."""
    mask = get_visible(request.membership, Mask.objects.all(), mask_id)
    if "for" not in request.GET:
        return served(mask.file, "image/png", f"{mask.name or 'mask'}.png", request=request)
    picture = get_visible(request.membership, Picture.objects.alive(), request.GET["for"])
    body = for_painter(coverage_of_saved(mask, (picture.width, picture.height)))
    return HttpResponse(body, content_type="image/png", headers={"Cache-Control": "private, no-cache"})


@requires(Role.EDITOR)
@require_POST
def delete(request: TeamRequest, mask_id: uuid.UUID) -> HttpResponse:
    """Take a name from the list. Pictures that were made with the mask stay."""
    mask = get_visible(request.membership, Mask.objects.exclude(name=""), mask_id)
    record(request.membership, "data.deleted", target=str(mask), number=str(mask.pk))
    forget_files(mask)
    mask.delete()
    return HttpResponse() if wants_fragment(request) else HttpResponseRedirect(reverse("images:gallery"), status=303)
