"""System checks: a wrong set-up is named before the first request, with what to do about it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_production(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """What a public installation must not do."""
    problems: list[CheckMessage] = []
    if settings.DEBUG:
        problems.append(Error("PLAYGROUND_DEBUG is on.", hint="Unset it: pages would show the program's insides.", id="playground.E001"))
    if settings.PRODUCTION and not settings.HTTPS:
        problems.append(
            Warning(
                "PLAYGROUND_HTTPS is off.",
                hint="Passwords travel readable. Put a proxy with TLS in front and unset it.",
                id="playground.W002",
            )
        )
    if settings.PRODUCTION and not settings.CSRF_TRUSTED_ORIGINS:
        problems.append(
            Warning(
                "CSRF_TRUSTED_ORIGINS is empty.",
                hint="Set it to the address people open, as https://play.example.org",
                id="playground.W003",
            )
        )
    return problems
