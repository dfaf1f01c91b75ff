"""What people do with pictures: have them made, changed and varied. Each is one run; the same key is the same run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image

from apps.accounts.models import Membership
from apps.images.choosing import ORIGINAL, has_variations
from apps.images.models import Picture
from apps.images.operations import OURS, PARENT, EditPicture, MakePictures, VaryPicture
from apps.images.sending import Parcel, pack
from apps.images.uploads import keep_mask
from apps.providers.chosen import Chosen, NoModel
from apps.providers.facts import Facts
from apps.providers.image_settings import nearest_size
from apps.runs.models import Run
from apps.runs.services import start_run

FREE_PREVIEWS: Final = 2  # asked for where they cost nothing
BASE64: Final = "b64_json"
OF_VARIATIONS: Final = {"n", "size", "response_format"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: in words, with a model and its settings. `key` is that of the form."""

    description: str
    chosen: Chosen
    key: str


@dataclass(frozen=True, slots=True)
class Change:
    """How a picture is to be changed. `coverage`: white where it may change, None for the whole picture."""

    coverage: Image.Image | None = None
    keep_outside: bool = True
    references: Sequence[Picture] = field(default_factory=tuple)
    may_shrink: bool = False


def make_pictures(membership: Membership, wish: Wish) -> Run:
    """Raises NoModel, KeyReused, TooManyRuns."""
    return _start(membership, MakePictures.name, wish, {"prompt": wish.description, **_settings(wish.chosen)})


def edit_picture(membership: Membership, picture: Picture, wish: Wish, change: Change) -> Run:
    """Raises NoModel, KeyReused, TooManyRuns, and of `sending` TooLarge (before anything is started)."""
    parcel = pack(picture, change.references, change.coverage, _facts(wish.chosen), may_shrink=change.may_shrink)
    ours = _told(picture, parcel)
    if change.coverage is not None:
        mask = keep_mask(membership, change.coverage)
        ours |= {"mask": str(mask.pk), "keep_outside": change.keep_outside}
    if change.references:
        ours["references"] = [str(each.pk) for each in change.references]
    params = {"prompt": wish.description, **_sized(wish.chosen, parcel.width, parcel.height), OURS: ours}
    return _start(membership, EditPicture.name, wish, params, parcel, picture)


def vary_picture(membership: Membership, picture: Picture, wish: Wish, *, may_shrink: bool = False) -> Run:
    """By the provider's own call, or by an edit that asks for a variation in words. Raises as `edit_picture`."""
    parcel = pack(picture, (), None, _facts(wish.chosen), may_shrink=may_shrink)
    ours = _told(picture, parcel)
    if wish.chosen.choice is not None and has_variations(wish.chosen.choice):
        params = {**_of_call(wish.chosen), OURS: ours}
    else:
        params = {
            "prompt": variation_words(wish.description),
            **_sized(wish.chosen, parcel.width, parcel.height),
            OURS: {**ours, "by": "edit"},
        }
    return _start(membership, VaryPicture.name, wish, params, parcel, picture)


def shown_params(page: str, wish: Wish, picture: Picture | None) -> dict[str, Any]:
    """What a call from this page would ask, for showing it before it is made."""
    if page == "make" or picture is None:
        return {"prompt": wish.description, **_settings(wish.chosen)}
    if page == "vary" and wish.chosen.choice is not None and has_variations(wish.chosen.choice):
        return _of_call(wish.chosen)
    words = wish.description if page == "edit" else variation_words(wish.description)
    return {"prompt": words, **_sized(wish.chosen, picture.width, picture.height), OURS: {"by": "edit"}}


def _told(picture: Picture, parcel: Parcel) -> dict[str, Any]:
    """What the end of the run needs to know, and is not sent."""
    return {"source": str(picture.pk), **({"placement": parcel.placement} if parcel.placement else {})}


def variation_words(wish: str) -> str:
    """What an edit is asked where there is no call for a variation. Goes to a model, so it is not translated."""
    return " ".join(part for part in ("Make a variation of this picture: the same subject and style, arranged differently.", wish) if part)


def _start(
    membership: Membership,
    operation: str,
    wish: Wish,
    params: dict[str, Any],
    parcel: Parcel | None = None,
    source: Picture | None = None,
) -> Run:
    choice = wish.chosen.choice
    if choice is None:
        raise NoModel
    return start_run(
        team=membership.team,
        person=membership.user,
        operation=operation,
        provider=choice.provider,
        model=choice.model.name,
        model_label=choice.label,
        params=params,
        files=parcel.files if parcel else (),
        notices=parcel.notices if parcel else (),
        key=wish.key,
        parent=(PARENT, source.pk) if source else None,
    )


def _facts(chosen: Chosen) -> Facts:
    if chosen.choice is None:
        raise NoModel
    return chosen.choice.facts


def _settings(chosen: Chosen) -> dict[str, Any]:
    """What the person chose; pictures in the answer instead of links, where the model knows the difference; previews that cost nothing."""
    facts, settings = _facts(chosen), dict(chosen.parameters)
    if BASE64 in facts.values_of("response_format") and facts.takes("response_format"):
        settings["response_format"] = BASE64
    if facts.prices.is_free and facts.takes("partial_images") and settings.get("n", 1) == 1:
        settings.setdefault("partial_images", FREE_PREVIEWS)
    return settings


def _of_call(chosen: Chosen) -> dict[str, Any]:
    """What the call for variations takes: next to nothing."""
    return {name: value for name, value in _settings(chosen).items() if name in OF_VARIATIONS}


def _sized(chosen: Chosen, width: int, height: int) -> dict[str, Any]:
    """The settings of an edit: "as original" is the nearest shape that the model makes."""
    settings = _settings(chosen)
    if settings.get("size", ORIGINAL) == ORIGINAL:
        settings.pop("size", None)
        nearest = nearest_size(_facts(chosen), width, height)
        settings |= {"size": nearest} if nearest else {}
    return settings
