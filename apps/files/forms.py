"""What is typed or told about files. Nothing here refuses: what is taken is judged in `judging`."""

from typing import Any, Final

from django import forms

from apps.accounts.models import Membership
from apps.core.file_names import readable
from apps.files.judging import LONGEST_NAME, Announced, Refused, old_page
from apps.files.places import offered
from apps.providers.models import Provider

LONGEST_KEY: Final = 500


class WishForm(forms.Form):
    """What is said of a file before any of it is sent."""

    name = forms.Field(required=False)
    size = forms.IntegerField(required=False, min_value=0)
    type = forms.Field(required=False)
    key = forms.Field(required=False)
    purpose = forms.Field(required=False)
    provider = forms.Field(required=False)
    lifetime = forms.IntegerField(required=False)

    def __init__(self, data: Any, membership: Membership) -> None:
        super().__init__(data)
        self.membership = membership

    @property
    def wish(self) -> Announced:
        """Raises Refused."""
        told, provider = self._told(), self.chosen_provider
        lifetime = self.cleaned_data.get("lifetime") if provider else None
        if provider and "lifetime" in self.errors:
            raise Refused(old_page())
        return Announced(
            told["name"], self.cleaned_data.get("size"), told["type"], told["key"][:LONGEST_KEY], told["purpose"], provider, lifetime
        )

    def _told(self) -> dict[str, str]:
        self.is_valid()
        return {name: str(self.cleaned_data.get(name) or "").replace("\x00", "") for name in ("name", "type", "key", "purpose", "provider")}

    @property
    def chosen_provider(self) -> Provider | None:
        """None where it stays here. Raises Refused where it is not offered, or not any more."""
        wanted = self._told()["provider"]
        if not wanted:
            return None
        found = next((provider for provider in offered(self.membership) if str(provider.pk) == wanted), None)
        if found is None:
            raise Refused(old_page())
        return found


class NameForm(forms.Form):
    """Another name of a file; empty where nothing readable was typed."""

    name = forms.Field(required=False)

    @property
    def typed(self) -> str:
        self.is_valid()
        return readable(str(self.cleaned_data.get("name") or ""), LONGEST_NAME)
