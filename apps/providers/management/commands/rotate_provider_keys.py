"""`manage.py rotate_provider_keys`: encrypt all stored keys under the newest secret."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.providers.keys import KeyLost, rotate
from apps.providers.models import Provider


class Command(BaseCommand):
    help = "Encrypts every stored provider key under the first of PROVIDER_KEY_SECRET. Afterwards the older secrets can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        lost = []
        done = 0
        for provider in Provider.objects.exclude(key="").order_by("pk"):
            try:
                token = rotate(provider.key)
            except KeyLost:
                lost.append(provider)
                continue
            # Only if nobody saved another key meanwhile.
            done += Provider.objects.filter(pk=provider.pk, key=provider.key).update(key=token)
        self.stdout.write(f"{done} keys are now under the newest secret.")
        if lost:
            names = ", ".join(f"{provider.name} ({provider.pk})" for provider in lost)
            raise CommandError(f"No secret opens the keys of: {names}. Type these keys in again on the page Providers.")
