"""How a description may begin."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from apps.accounts.access import TeamRequest, get_visible
from apps.images.choosing import Desk
from apps.images.models import Picture
from apps.runs.models import Run

# Icon, name, and the beginning of a description.
STARTERS: Final[tuple[tuple[str, Any, Any], ...]] = (
    (
        "package",
        _("Product photo"),
        _("A product photo of a green ceramic vase on an oak shelf, warm light from the left, soft shadow on a plain wall"),
    ),
    ("shapes", _("Icon"), _("A simple flat icon of a paper boat, two colours, rounded corners, on a plain background")),
    ("mountain", _("Landscape"), _("A calm harbour at sunset, low clouds, the first lights on the water, wide view")),
    (
        "type",
        _("Poster with text"),
        _("A poster for a reading evening, large friendly letters that say “Words by the water”, deep blue and cream"),
    ),
)


def beginning_of(request: TeamRequest, desk: Desk) -> str:
    """The description to begin with. `?like=<picture>` takes the words of a picture and its settings, else see `words_to_begin_with`."""
    like = request.GET.get("like", "")
    if not like:
        return words_to_begin_with(request)
    picture = get_visible(request.membership, Picture.objects.alive().select_related("run__provider"), like)
    desk.keep(settings_like(desk, picture))
    return picture.description


def words_to_begin_with(request: TeamRequest) -> str:
    """`?prompt=` words, or `?wording=<run>` those of a call that brought nothing."""
    if run_id := request.GET.get("wording", ""):
        return str(get_visible(request.membership, Run.objects.only("team", "params"), run_id).params.get("prompt", ""))
    return request.GET.get("prompt", "").replace("\x00", "")[:32_000]


def settings_like(desk: Desk, picture: Picture) -> dict[str, Any]:
    """The model and the settings that a picture was made with, as far as they are there."""
    from apps.providers.models import Model

    run = picture.run
    model = Model.objects.filter(provider=run.provider_id, name=run.model).first() if run else None
    return {**({"model": str(model.pk)} if model else desk.saved), "parameters": dict(picture.settings)}
