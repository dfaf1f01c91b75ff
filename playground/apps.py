"""Registers the project's own system checks."""

from django.apps import AppConfig


class PlaygroundConfig(AppConfig):
    name = "playground"
    label = "playground"

    def ready(self) -> None:
        from playground import checks  # noqa: F401
