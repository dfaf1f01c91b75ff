"""What people give to be checked: a text, lines, a file of text, or pictures."""

import itertools
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import rows
from apps.core.forms import Form
from apps.core.lists import Brought, clean, read_brought, words_of
from apps.moderation.models import Rules
from apps.moderation.pictures import Unusable, ready
from apps.moderation.services import Piece, Wish, name_of, wish_of
from apps.providers.choices import models_for

MOST_PICTURES: Final = 20
MOST_FILES: Final = 500
PICTURES: Final = ("image/png", "image/jpeg", "image/webp", "image/gif")
PLAIN_ENDINGS: Final = (".txt", ".md")
PICTURE_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif")


class Refused(Exception):
    """Nothing was started. The text is one sentence that names what cannot be taken."""


def is_picture(file: "File[Any]") -> bool:
    told = str(getattr(file, "content_type", ""))
    return told in PICTURES or str(file.name).lower().endswith(PICTURE_ENDINGS)


def is_plain(file: "File[Any]") -> bool:
    """A file of text that has no columns."""
    return str(file.name).lower().endswith(PLAIN_ENDINGS)


def read_form(post: Any, files: Sequence["File[Any]"], *, takes_pictures: bool, model: str) -> "Wish | File[Any]":
    """What is to be checked; one table comes back as it is, since its column is still to be chosen. Raises Refused."""
    pictures = [file for file in files if is_picture(file)]
    if pictures and len(pictures) < len(files):
        raise Refused(_("Choose either pictures or files of text, not both at once."))
    if pictures:
        return _pictures(post, pictures, takes_pictures, model)
    if files and str(post.get("text", "")).strip():
        raise Refused(_("There is a text in the field, and a file as well. Empty the field or take the file away, then press Check again."))
    if len(files) == 1 and (post.get("each") == "line" or not is_plain(files[0])):
        return files[0]
    if len(files) > MOST_FILES:
        raise Refused(_("At most %(n)s files at once.") % {"n": MOST_FILES})
    if len(files) == 1:
        return _one_file(files[0])
    try:
        brought: Brought = read_brought(_as_read(post), files)
    except rows.Unreadable as error:
        raise Refused(words_of(error, [str(file.name) for file in files])) from error
    name = _("%(n)s files") % {"n": len(files)} if files else ""
    return wish_of(brought, name)


def _one_file(file: "File[Any]") -> Wish:
    """A file of text that is one row as a whole."""
    try:
        (row,) = rows.read_files([file], most=1)
    except rows.Unreadable as error:
        raise Refused(words_of(error)) from error
    name = str(file.name)[:200]
    return Wish([Piece(1, row.text, name)], name)


def _as_read(post: Any) -> dict[str, str]:
    return {"text": str(post.get("text", "")), "whole": "" if post.get("each") == "line" else "1"}


def _pictures(post: Any, files: Sequence["File[Any]"], takes_pictures: bool, model: str) -> Wish:
    if not takes_pictures:
        raise Refused(_("%(model)s checks no pictures. Choose another model in the settings.") % {"model": model})
    if len(files) > MOST_PICTURES:
        raise Refused(_("At most %(n)s pictures at once.") % {"n": MOST_PICTURES})
    text = clean(str(post.get("text", ""))).strip()
    if len(text.encode()) > rows.MOST_BYTES:
        raise Refused(_("The text is longer than 1,000,000 bytes. Shorten it."))
    try:
        pieces = [
            Piece(number, text, str(file.name)[:200], ready(file, str(file.name)))
            for number, file in zip(itertools.count(1), files, strict=False)
        ]
    except Unusable as error:
        raise Refused(str(error)) from error
    name = name_of(str(files[0].name)) if len(files) == 1 else _("%(n)s pictures") % {"n": len(files)}
    return Wish(pieces, name)


class BeforeSendingForm(Form):
    """When calls are checked before they are sent."""

    chat = forms.ChoiceField(label=gettext_lazy("Chats"), choices=Rules.Before.choices, widget=forms.RadioSelect)
    pictures = forms.ChoiceField(label=gettext_lazy("Pictures"), choices=Rules.Before.choices, widget=forms.RadioSelect)
    model = forms.ChoiceField(label=gettext_lazy("Model"), required=False)
    otherwise = forms.ChoiceField(
        label=gettext_lazy("When the check itself fails"), choices=Rules.Otherwise.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any, rules: Rules) -> None:
        super().__init__(
            data,
            initial={"chat": rules.chat, "pictures": rules.pictures, "otherwise": rules.otherwise, "model": str(rules.model_id or "")},
        )
        self.choices = {str(choice.id): choice for choice in models_for(rules.team, "moderation")}
        field: Any = self.fields["model"]
        field.choices = [
            ("", gettext_lazy("The team’s best one")),
            *((pk, f"{each.label}, {each.provider.name}") for pk, each in self.choices.items()),
        ]
