"""What a provider refuses: the key, the model, the rate, the money, the length, a setting, the words."""

import html
import re
import uuid

import pytest
from django.urls import reverse

from apps.chat.models import Conversation
from apps.providers.models import Model, Provider
from apps.runs.executor import execute
from apps.runs.models import Run, Status
from tests.errors.conftest import LABEL
from tests.errors.reading import page_at, words

pytestmark = pytest.mark.django_db(transaction=True)
REQUEST = re.compile(r"request req_\d+")


def has_details(told, *parts):
    """Status, code and the number of the request, folded away."""
    details = told.note.details
    assert all(part in details for part in parts) and REQUEST.search(details), details
    assert told.run.request_id in details


def ask_another(told, label, provider):
    """Choose a model on the page that an act leads to: the question is asked again there, and the next ones too."""
    other = Model.objects.create(provider=provider, name="steady", label="Steady", is_typed=True)
    page = told.follow(label)
    assert "Steady" in page and str(other.pk) in page
    action = re.search(r'<form[^>]* action="(/chat/answers/[^"]*)"', page)
    assert action, words(page)[:600]
    assert told.client.post(html.unescape(action[1]), {"model": str(other.pk), "key": "other"}).status_code == 303
    told.conversation.refresh_from_db()
    assert (told.run.model, told.run.provider, told.conversation.settings["model"]) == ("steady", provider, str(other.pk))


def test_401(provoke, team, provider):
    told = provoke("401")
    assert (told.note.level, told.note.sentence) == ("bad", "Harbour AI did not accept the key. Nothing was sent and nothing was charged.")
    assert list(told.note.acts) == ["Check the key", "Use another provider"]
    assert "Harbour AI" in told.follow("Check the key")
    has_details(told, "401", "auth", "invalid_api_key")
    other = Provider.objects.create(
        team=team, name="Second", base_url=provider.base_url, dialect="other", private_origin=provider.private_origin
    )
    ask_another(told, "Use another provider", other)


def test_403_on_model(provoke, provider):
    told = provoke("403")
    assert told.note.sentence == "This key may not use Large 4. Nothing was charged."
    assert list(told.note.acts) == ["Choose another model"]
    has_details(told, "403", "forbidden", "model_access_denied")
    ask_another(told, "Choose another model", provider)


def test_404_model(provoke):
    told = provoke("404")
    assert told.note.sentence == "Harbour AI does not know Large 4. It may have been switched off. Nothing was charged."
    assert list(told.note.acts) == ["See the models it has"]
    assert LABEL in told.follow("See the models it has")
    has_details(told, "404", "not_found", "model_not_found")


def test_429_rate(provoke, settings):
    settings.RUN_MAX_RETRY_WAIT = 1  # a longer wait is the sweeper's: nothing is left over when the test ends
    told = provoke("429-storm-wait8")
    assert told.run.status == Status.QUEUED
    page = told.page
    line = re.search(r'<span class="live"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert line and re.search(r"Harbour AI asks us to slow down\. Next try in [78] s\.", words(line[1]))
    until = re.search(r'data-until="(\d+)"', page)
    assert until and abs(int(until[1]) / 1000 - told.run.not_before.timestamp()) < 0.01  # the page counts down to it
    assert "Stop trying" in page
    stop = reverse("runs:stop", args=[told.run.pk])
    assert f'action="{stop}"' in page
    assert told.client.post(stop).status_code == 302
    assert told.run.status == Status.CANCELLED and "Next try in" not in told.page


def test_429_rate_that_stays(provoke, settings):
    settings.RUN_MAX_TRIES = 1
    told = provoke("429-storm")
    assert told.note.sentence == "Harbour AI is still asking us to slow down. Wait a minute and try again. Nothing was charged."
    has_details(told, "429", "rate_limited", "rate_limit_exceeded")
    assert told.answered("Try again").status == Status.FAILED


def test_429_quota(provoke, provider):
    told = provoke("quota")
    assert told.note.sentence == "The account at Harbour AI has no credit left. Nothing was charged."
    assert list(told.note.acts) == ["Open billing help", "Use another provider"]
    assert "https://platform.openai.com/settings/organization/billing" in told.follow("Open billing help")
    has_details(told, "429", "quota", "insufficient_quota")
    ask_another(told, "Use another provider", provider)


def test_400_too_long(provoke, provider):
    told = provoke("too-long")
    assert told.note.sentence == "Your text has about 9,041 tokens, the model takes 8,192. Nothing was charged."
    assert list(told.note.acts) == ["Shorten the chat", "Choose a model with more room"]
    has_details(told, "400", "too_long", "context_length_exceeded")
    ask_another(told, "Choose a model with more room", provider)


def test_400_too_long_is_asked_again_without_the_oldest_turns(provoke, provider):
    told = provoke("steady")
    too_long = Model.objects.create(provider=provider, name="too-long", label=LABEL, is_typed=True)
    Conversation.objects.update(settings={"model": str(too_long.pk)})
    told.client.post(told.conversation.get_absolute_url(), {"message": "And mud?", "key": str(uuid.uuid4())})
    execute([told.run.pk])
    told.answered("Shorten the chat")
    assert told.run.params["messages"] == [{"role": "user", "content": "And mud?"}]
    assert "The 2 oldest messages were left out." in words(told.page)


def test_400_parameter(provoke, loopback):
    before = len(loopback.requests())
    told = provoke("refuses-temperature", temperature=0.3)
    assert (told.run.status, len(loopback.requests()) - before) == (Status.COMPLETED, 2)
    assert "Large 4 does not take “Creativity”. We left it out and sent again." in words(told.page)
    assert 'class="note' not in told.page.partition('id="turns"')[2].partition("</article>")[0]


def test_refused_by_policy(provoke):
    told = provoke("policy", text="How is a glaze made?")
    assert told.note.sentence.startswith("The model declined to answer this. Nothing was charged.")
    assert list(told.note.acts) == ["Change the wording"]
    page = told.follow("Change the wording")
    assert "How is a glaze made?</textarea>" in page
    has_details(told, "400", "policy", "content_policy_violation")
    action = re.search(r'<form class="edit-turn[^>]* action="([^"]*)"', page)
    assert action and told.client.post(action[1], {"message": "What is a glaze?", "key": str(uuid.uuid4())}).status_code == 303
    assert told.run.params["messages"] == [{"role": "user", "content": "What is a glaze?"}]  # without the words that were declined


def test_refused_by_the_model_itself(provoke):
    told = provoke("declines")
    assert (told.run.finish_reason, told.note.level, told.note.sentence) == ("refusal", "warn", "The model declined to answer this.")
    assert "I cannot help with that." in words(told.page)
    assert "What is clay?</textarea>" in told.follow("Change the wording")


def test_refused_half_way(provoke):
    told = provoke("filtered")
    assert told.note.sentence == "The model declined to go on with this."
    assert list(told.note.acts) == ["Change the wording"]


def test_nobody_who_only_reads_is_offered_what_asks_again(provoke, viewer, client):
    told = provoke("401")
    client.force_login(viewer.user)
    page = page_at(client, told.conversation.get_absolute_url())
    assert "did not accept the key" in page and "Use another provider" not in page and Run.objects.count() == 1
