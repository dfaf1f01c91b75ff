"""What the gallery shows: squares, narrowed by filters that live in the address, in pages by id.

Only what a square needs is read; the whole description of a picture stands on its own page.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Left, NullIf
from django.utils.translation import gettext_lazy as _

from apps.accounts.access import visible
from apps.accounts.models import Membership, User
from apps.core.forms import Form
from apps.core.ids import first_id_at
from apps.core.listing import as_id
from apps.images.models import Picture, PictureQuerySet
from apps.runs.forms import DAY, LATEST, DateInput, midnight

ON_A_PAGE: Final = 60
MOST_MODELS: Final = 300  # offered in the filter
WORDS: Final = 300  # characters of a description that a square has
NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Square:
    """A picture as lists show it."""

    pk: uuid.UUID
    name: str
    words: str  # the beginning of what was asked for, else of how the service understood it
    kind: str
    model: str
    width: int
    height: int
    is_unfinished: bool
    deleted_at: datetime.datetime | None

    @property
    def label(self) -> str:
        return self.name or self.words[:NAME].strip() or self.kind_word

    @property
    def kind_word(self) -> str:
        return str(Picture.Kind(self.kind).label) if self.kind in Picture.Kind.values else self.kind

    @property
    def is_made(self) -> bool:
        """Whether there are settings to use again."""
        return bool(self.model) and self.kind != Picture.Kind.CHAT


def squares(rows: PictureQuerySet) -> list[Square]:
    """In the order of the rows. One question."""
    asked = NullIf("description", Value(""))
    named = rows.annotate(words=Left(Coalesce(asked, "revised"), WORDS))
    fields = ("pk", "name", "words", "kind", "model", "width", "height", "is_unfinished", "deleted_at")
    return [Square(*values) for values in named.values_list(*fields)]


class GalleryFilter(Form):
    """Every field is optional; what is not understood is left out, since an address is not a form."""

    q = forms.CharField(
        label=_("Text"), required=False, max_length=100, widget=forms.SearchInput(attrs={"placeholder": _("Find in descriptions")})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any kind")), *Picture.Kind.choices])
    model = forms.CharField(label=_("Model"), required=False, max_length=200, widget=forms.Select)
    person = forms.UUIDField(label=_("Person"), required=False, widget=forms.Select)
    since = forms.DateField(label=_("From"), required=False, widget=DateInput(format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=DateInput(format="%Y-%m-%d"))

    MORE = ("since", "until")

    def __init__(self, data: Any, membership: Membership) -> None:
        super().__init__(data)
        self.membership = membership

    def offer(self) -> "GalleryFilter":
        """Fill the lists to choose from: for a page that draws the form. Two questions."""
        people = User.objects.filter(memberships__team=self.membership.team_id).order_by("name", "email")
        self._offer("person", _("Anybody"), ((str(person.pk), str(person)) for person in people))
        names = visible(self.membership, Picture.objects.exclude(model="")).order_by("model").values_list("model", flat=True)
        self._offer("model", _("Any model"), ((name, name) for name in names.distinct()[:MOST_MODELS]))
        return self

    def _offer(self, name: str, nothing: Any, found: Iterable[tuple[str, str]]) -> None:
        chosen, choices = str(self.chosen.get(name, "")), list(found)
        if chosen and chosen not in dict(choices):  # it narrows, so it is seen
            choices.append((chosen, chosen if name == "model" else str(_("Somebody who left"))))
        self.fields[name].widget.choices = [("", nothing), *choices]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that were set and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def is_narrowing(self) -> bool:
        return bool(self.chosen)

    @property
    def shown(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in self.MORE]

    @property
    def more(self) -> list[Any]:
        return [self[name] for name in self.MORE]

    @property
    def is_more_chosen(self) -> bool:
        return any(name in self.chosen for name in self.MORE)

    def narrowed(self, rows: PictureQuerySet) -> PictureQuerySet:
        chosen = self.chosen
        rows = rows.filter(**{name: chosen[name] for name in ("kind", "model", "person") if name in chosen})
        if "q" in chosen:
            rows = with_words(rows, chosen["q"])
        if "since" in chosen:
            rows = rows.filter(pk__gte=first_id_at(midnight(chosen["since"])))
        if "until" in chosen:
            rows = rows.filter(pk__lt=first_id_at(midnight(min(chosen["until"], LATEST) + DAY)))
        return rows


def with_words(rows: PictureQuerySet, words: str) -> PictureQuerySet:
    return rows.filter(Q(name__icontains=words) | Q(description__icontains=words) | Q(revised__icontains=words))


def page_of(rows: PictureQuerySet, after: str, size: int = ON_A_PAGE) -> tuple[list[Square], str]:
    """One page, newest first, and what the next one begins after ("" on the last). No counting, no offset."""
    if after:
        rows = rows.filter(pk__lt=as_id(after))
    found = squares(rows.order_by("-pk")[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""


def bin_page_of(rows: PictureQuerySet, after: str, size: int = ON_A_PAGE) -> tuple[list[Square], str]:
    """The same of deleted ones, those deleted last first. Its place is a moment and an id."""
    if after:
        moment, pk = _as_moment(after.partition("~")[0]), as_id(after.partition("~")[2])
        rows = rows.filter(Q(deleted_at__lt=moment) | Q(deleted_at=moment, pk__gt=pk))
    found = squares(rows.order_by("-deleted_at", "pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], f"{last.deleted_at.isoformat()}~{last.pk}" if last and last.deleted_at else ""


def _as_moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.datetime.min
    return moment if moment.tzinfo else datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
