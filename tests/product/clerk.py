"""Writes rows of the product from inside: `python -m tests.product.clerk <act>`, a child with the product's environment.

A wish as JSON comes in on standard input, what was made goes out on standard output.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

UNCOMPRESSED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"  # the same names, in a tenth of the time
READY = 8  # conversations of each model, so that tests need not wait for more


def prepare(wish: dict[str, Any]) -> dict[str, Any]:
    """Tables, static files, an account, a provider and its models; their ids."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import override_settings

    from apps.accounts.models import Membership, Role, Team, User
    from apps.providers.services import add_model, create_provider, set_default

    call_command("migrate", verbosity=0)
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": UNCOMPRESSED}}):
        call_command("collectstatic", verbosity=0, interactive=False)
    person = User.objects.create_user(wish["email"], wish["password"], is_superuser=True)
    team = Team.objects.create(name="Wiring")
    Membership.objects.create(team=team, user=person, role=Role.OWNER)
    provider = create_provider(team, name="Loopback", base_url=wish["url"], dialect="other", key=wish["key"], allow_private=True)
    models = {name: add_model(provider, name) for name in wish["models"]}
    set_default(team, "writing", models[wish["models"][0]])
    return {
        "team": str(team.pk),
        "person": str(person.pk),
        "provider": str(provider.pk),
        "models": {name: str(model.pk) for name, model in models.items()},
        "conversations": {name: begin_conversations({"model": str(model.pk), "number": READY}) for name, model in models.items()},
    }


def begin_conversations(wish: dict[str, Any]) -> list[str]:
    """Empty conversations that are answered by one model; their addresses."""
    from apps.accounts.models import Membership
    from apps.chat.models import Conversation

    member = Membership.objects.get(role="owner")
    fields = {"team": member.team, "person": member.user, "title": "Measured", "settings": {"model": wish["model"]}}
    made = Conversation.objects.bulk_create(Conversation(**fields) for _ in range(wish["number"]))
    return [f"/chat/{conversation.pk}/" for conversation in made]


def add_colleague(wish: dict[str, Any]) -> str:
    """Another member of the team, with the role wished; the id of the membership."""
    from apps.accounts.models import Membership, User

    owner = Membership.objects.get(role="owner")
    person = User.objects.create_user(wish["email"], wish["password"])
    return str(Membership.objects.create(team=owner.team, user=person, role=wish["role"]).pk)


def stock_up(wish: dict[str, Any]) -> int:
    """A second provider with many models, exactly that many."""
    from apps.accounts.models import Membership
    from apps.providers.models import Model, Provider
    from apps.providers.services import create_provider

    team = Membership.objects.get(role="owner").team
    made = Provider.objects.filter(team=team, name="Lighthouse").first()
    provider = made or create_provider(team, name="Lighthouse", base_url=wish["url"], dialect="other", key=wish["key"], allow_private=True)
    provider.models.filter(label__gt=f"Lighthouse {wish['number']:04}").delete()
    numbers = range(provider.models.count() + 1, wish["number"] + 1)
    names = ((f"steady-tokens{number:04}", f"Lighthouse {number:04}") for number in numbers)
    facts = {"description": "Answers in few words"}
    Model.objects.bulk_create(Model(provider=provider, name=name, label=label, facts=facts) for name, label in names)
    return int(wish["number"])


def connect(wish: dict[str, Any]) -> dict[str, str]:
    """One more provider of the team, a service that is paid for; the ids of its models."""
    from apps.accounts.models import Membership
    from apps.providers.services import add_model, create_provider

    team = Membership.objects.get(role="owner").team
    provider = create_provider(team, name=wish["name"], base_url=wish["url"], dialect="openai", key=wish["key"], allow_private=True)
    return {name: str(add_model(provider, name).pk) for name in wish["models"]}


def main(act: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
    import django

    django.setup()
    acts: dict[str, Callable[[dict[str, Any]], Any]] = {
        "prepare": prepare,
        "converse": begin_conversations,
        "colleague": add_colleague,
        "stock": stock_up,
        "connect": connect,
    }
    sys.stdout.write(json.dumps(acts[act](json.load(sys.stdin))))


if __name__ == "__main__":
    main(sys.argv[1])
