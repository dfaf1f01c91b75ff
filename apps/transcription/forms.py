"""What is typed or told on the first page. Nothing here refuses: what is taken as a recording is judged in `judging`."""

from typing import Any, Final

from django import forms

from apps.transcription.judging import Announced, readable_name

LONGEST_SEARCH: Final = 100
LONGEST_KEY: Final = 500


class RecordingForm(forms.Form):
    """What a script says of a recording before it sends any of it."""

    name = forms.Field(required=False)
    size = forms.IntegerField(required=False, min_value=0)
    type = forms.Field(required=False)
    kind = forms.Field(required=False)
    key = forms.Field(required=False)

    @property
    def wish(self) -> Announced:
        self.is_valid()
        told = {name: str(self.cleaned_data.get(name) or "") for name in ("name", "type", "kind", "key")}
        return Announced(told["name"], told["kind"], told["type"], told["key"][:LONGEST_KEY], self.cleaned_data.get("size"))


class NameForm(forms.Form):
    """Another name of a recording; empty where nothing readable was typed."""

    name = forms.Field(required=False)

    @property
    def typed(self) -> str:
        self.is_valid()
        return readable_name(str(self.cleaned_data.get("name") or ""))


class SearchForm(forms.Form):
    """Words in the name of a recording, and from where the lists go on: they live in the address, which is no form to be refused."""

    q = forms.Field(required=False)
    after = forms.Field(required=False)
    waiting = forms.Field(required=False)

    @property
    def chosen(self) -> dict[str, str]:
        self.is_valid()
        found: dict[str, Any] = self.cleaned_data
        return {name: str(value or "").replace("\x00", "").strip()[:LONGEST_SEARCH] for name, value in found.items()}
