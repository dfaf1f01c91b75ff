"""The form of a function: its name, what it does, and its inputs as a table or as pasted JSON. Admins may give it an address."""

import json
import re
from typing import Any, Final

from django import forms
from django.forms import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Team
from apps.chat import fields
from apps.chat.models import Function
from apps.chat.schemas import LONGEST, BadSchema, read_pasted
from apps.core.forms import Form
from apps.providers.typed_address import is_metadata_host, is_private_host
from gateway.addresses import BadAddress, origin_of

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_DESCRIPTION: Final = 2_000
NAME_NEEDED: Final = gettext_lazy("Take 1 to 64 letters from a to z, digits, _ and -, for example search_catalogue.")
SHAPES: Final = (("table", gettext_lazy("Table")), ("json", gettext_lazy("JSON Schema")))


class FunctionForm(Form):
    tech = {"name": "name", "description": "description", "schema": "parameters"}

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        error_messages={"required": NAME_NEEDED},
        help_text=gettext_lazy("What the model calls it, for example search_catalogue."),
    )
    description = forms.CharField(
        label=gettext_lazy("What it does"),
        max_length=LONGEST_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The model decides by these words when to use it."),
    )
    shape = forms.ChoiceField(label=gettext_lazy("Inputs as"), choices=SHAPES, required=False, widget=forms.RadioSelect)
    schema = forms.CharField(
        label=gettext_lazy("Function or inputs as JSON"),
        required=False,
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy("A JSON Schema of the inputs, or a whole function as the API takes it: then name and words come from it."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address that gives the reply"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
        help_text=gettext_lazy(
            "Its inputs are sent there as JSON when somebody presses “Ask” under a call. Leave it empty: people type the reply."
        ),
    )
    allow_private = forms.BooleanField(
        label=gettext_lazy("This server is on our own network"),
        required=False,
        help_text=gettext_lazy("Allows this one address although it is private, also without https."),
    )

    def __init__(self, *args: Any, team: Team, function: Function | None, may_allow: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.team, self.function = team, function
        self.rows = fields.read_posted(self.data) if self.is_bound else _rows_of(function)
        self.fields["name"].required = not self.is_json  # a pasted function brings its own
        if not may_allow:
            del self.fields["address"], self.fields["allow_private"]

    @property
    def is_json(self) -> bool:
        return bool(self["shape"].value() == "json")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("shape") == "json":
            self._clean_schema(data)
        else:
            for problem in fields.problems(self.rows):
                self.add_error(None, problem)
            data["parameters"] = fields.schema_of(self.rows)
        self._clean_name(data)
        if "address" in self.fields:
            self._clean_address(data)
        return data

    def _clean_schema(self, data: dict[str, Any]) -> None:
        try:
            found = read_pasted(str(data.get("schema") or ""))
        except BadSchema as problem:
            self.add_error("schema", str(problem))
            return
        data["parameters"] = found["parameters"]
        data["name"] = data.get("name") or found.get("name", "")
        data["description"] = data.get("description") or found.get("description", "")[:LONGEST_DESCRIPTION]

    def _clean_name(self, data: dict[str, Any]) -> None:
        if "name" in self.errors:
            return
        name = data.get("name") or ""
        if not NAME.fullmatch(name):
            self.add_error("name", NAME_NEEDED)
        elif [each for each in self.team.functions.filter(name=name) if each != self.function]:
            self.add_error("name", _("Your team has a function of this name already."))

    def _clean_address(self, data: dict[str, Any]) -> None:
        data["private_origin"] = ""
        address = data["address"] = (data.get("address") or "").strip()
        if not address:
            return
        try:
            data["private_origin"] = _judged(address, bool(data.get("allow_private")))
        except ValidationError as problem:
            self.add_error("address", problem)


def _judged(address: str, allow_private: bool) -> str:
    """The private origin that is allowed with it, if any. What a name stands for is judged again at each connect."""
    try:
        origin = origin_of(address)
    except BadAddress as problem:
        raise ValidationError(_(str(problem))) from None
    if "#" in address:
        raise ValidationError(_("Leave out everything from the # on."))
    if is_metadata_host(address):
        raise ValidationError(_("This is an address by which a cloud tells its machines their secrets. It is never asked."))
    if allow_private:
        return origin
    if is_private_host(address):
        raise ValidationError(
            _("This address is on a private network. If it is your own server, tick “This server is on our own network”.")
        )
    if not origin.startswith("https://"):
        raise ValidationError(_("The address must begin with https://."))
    return ""


def _rows_of(function: Function | None) -> list[fields.Field]:
    return (fields.fields_of(function.parameters) or []) if function else []


def initial_of(function: Function | None) -> dict[str, Any]:
    """What the form shows of a function that is there."""
    if function is None:
        return {"shape": "table"}
    is_table = fields.fields_of(function.parameters) is not None
    return {
        "name": function.name,
        "description": function.description,
        "shape": "table" if is_table else "json",
        "schema": json.dumps(function.parameters, indent=2, ensure_ascii=False),
        "address": function.address,
        "allow_private": bool(function.private_origin),
    }
