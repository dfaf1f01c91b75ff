"""What people do with providers in these tests, through the forms."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.providers.models import Provider
from tests.keys.recorder import Recorder

KEY, OTHER_KEY, OWN_KEY = "sk-harbour-0123456789abcdefWXYZ", "sk-second-9876543210fedcbaQRST", "sk-mine-55555555555555555AAAA"


def enter(client: Client, url: str, key: str = KEY, **more: Any) -> HttpResponse:
    """Add a provider by its form."""
    data = {"name": "Studio", "base_url": url, "key": key, "allow_private": "on", "dialect": "other", **more}
    return client.post(f"{reverse('providers:new')}?kind=own", data)


def change(client: Client, provider: Provider, **data: Any) -> HttpResponse:
    form = {"name": provider.name, "base_url": provider.base_url, "dialect": provider.dialect, "allow_private": "on", **data}
    return client.post(reverse("providers:edit", args=[provider.pk]), form)


def hears(recorder: Recorder, *secrets: str) -> bool:
    """Whether one of the secrets came to this server, anywhere in a request."""
    return any(secret in heard for heard in recorder.heard for secret in secrets or (KEY, OTHER_KEY, OWN_KEY))
