"""`manage.py rotate_provider_keys`: encrypt all stored keys under the newest secret."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.providers.keys import KeyLost, rotate
from apps.providers.models import PersonalKey, Provider


class Command(BaseCommand):
    help = "Encrypts every stored provider key under the first of PROVIDER_KEY_SECRET. Afterwards the older secrets can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        lost: list[Provider | PersonalKey] = []
        done = 0
        rows: Iterable[Provider | PersonalKey] = chain(
            Provider.objects.exclude(key="").order_by("pk"), PersonalKey.objects.select_related("provider", "user").order_by("pk")
        )
        for row in rows:
            try:
                token = rotate(row.key)
            except KeyLost:
                lost.append(row)
                continue
            # Only if nobody saved another key meanwhile.
            done += type(row)._default_manager.filter(pk=row.pk, key=row.key).update(key=token)
        self.stdout.write(f"{done} keys are now under the newest secret.")
        if lost:
            names = ", ".join(f"{row} ({row.pk})" for row in lost)
            raise CommandError(f"No secret opens the keys of: {names}. Type these keys in again on the page Providers.")
