"""The panel: what is changed is kept, what is not touched is not sent."""

import pytest
from django.urls import reverse

from apps.chat.models import Conversation
from apps.providers.models import ModelFact, Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(as_editor):
    """Post the panel as the page does: every control, with the places they were shown at."""

    def change(conversation=None, htmx=True, **changed):
        name = "settings" if conversation else "new_settings"
        url = reverse(f"chat:{name}", args=[conversation.pk] if conversation else [])
        shown = {"temperature": "1", "max_completion_tokens": "16384", "top_p": "1", "stop": "", "seed": "", "preset": "", "model": ""}
        shown.update(changed.pop("shown", {}))
        posted = {**shown, **{f"shown.{key}": value for key, value in shown.items()}, **changed}
        return as_editor.post(url, posted, headers={"HX-Request": "true"} if htmx else {})

    return change


def parameters():
    return Conversation.objects.get().settings["parameters"]


def test_it_keeps_only_what_was_touched(change, conversation):
    response = change(conversation, temperature="0.3")
    assert response.status_code == 200
    assert parameters() == {"temperature": 0.3}


def test_it_answers_with_the_foot_and_the_new_estimate(change, conversation):
    page = change(conversation, max_completion_tokens="100").content.decode()
    assert 'id="panel-foot"' in page and "about 124 tokens" in page
    assert 'id="presets"' in page and "panel-head" not in page


def test_it_takes_a_slider_that_goes_back_to_where_it_was(change, conversation):
    change(conversation, temperature="0.3")
    change(conversation, temperature="1")
    assert parameters() == {"temperature": 1.0}


def test_it_applies_a_preset_and_answers_with_the_whole_panel(change, conversation):
    response = change(conversation, preset="precise")
    assert response["HX-Retarget"] == "#settings"
    assert parameters() == {"temperature": 0.2}
    assert 'value="precise" checked' in response.content.decode()


def test_it_says_own_when_a_preset_was_changed(change, conversation):
    change(conversation, preset="precise")
    page = change(conversation, temperature="0.9", shown={"temperature": "0.2", "preset": "precise"}).content.decode()
    assert 'value="own" checked' in page
    assert parameters() == {"temperature": 0.9}


def test_it_does_not_apply_an_old_preset_again(change, conversation):
    change(conversation, temperature="0.9", shown={"preset": "precise"})
    assert parameters() == {"temperature": 0.9}


def test_it_changes_the_model_and_shows_what_that_one_takes(change, conversation, provider, team):
    thinker = provider.models.create(name="thinker")
    off = {"temperature": {"off": True}, "reasoning_effort": {"values": ["low", "high"]}}
    ModelFact.objects.create(team=team, model_pattern="thinker", parameters=off)
    response = change(conversation, model=str(thinker.pk))
    page = response.content.decode()
    assert response["HX-Retarget"] == "#settings"
    assert "Thinking effort" in page and "set-temperature" not in page
    assert Conversation.objects.get().settings["model"] == str(thinker.pk)


@pytest.mark.parametrize(
    ("name", "value"), [("seed", "many"), ("temperature", "9"), ("stop", "a\nb\nc\nd\ne"), ("max_completion_tokens", "-5")]
)
def test_it_says_what_is_wrong_and_keeps_the_rest(change, conversation, name, value):
    change(conversation, top_p="0.5")
    response = change(conversation, shown={"top_p": "0.5"}, **{name: value})
    assert response.status_code == 422
    assert 'class="err"' in response.content.decode()
    assert parameters() == {"top_p": 0.5}


def test_it_forgets_everything_but_the_model_on_reset(change, conversation, as_editor, model):
    change(conversation, temperature="0.3", model=str(model.pk))
    as_editor.post(reverse("chat:settings", args=[conversation.pk]), {"reset": "yes"})
    assert Conversation.objects.get().settings == {"model": str(model.pk)}


def test_it_remembers_the_settings_of_a_new_chat_until_its_first_message(change, send, as_editor, model):
    change(temperature="0.3")
    as_editor.post(reverse("chat:new_instructions"), {"instructions": "Be brief."})
    send("Hello")
    conversation = Conversation.objects.get()
    assert (conversation.settings["parameters"], conversation.instructions) == ({"temperature": 0.3}, "Be brief.")
    page = as_editor.get(reverse("chat:home")).content.decode()
    assert "Be brief." not in page


def test_it_works_without_script(change, conversation):
    response = change(conversation, htmx=False, temperature="0.3")
    assert (response.status_code, response.url) == (303, reverse("chat:conversation", args=[conversation.pk]))


def test_it_tells_the_price_of_the_next_message(as_editor, conversation, provider, team):
    Provider.objects.filter(pk=provider.pk).update(private_origin="")
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert "price not known" in page
    ModelFact.objects.create(team=team, model_pattern="plain-*", prices={"input": "10", "output": "30"})
    page = as_editor.get(reverse("chat:conversation", args=[conversation.pk])).content.decode()
    assert "about 524 tokens, $0.02" in " ".join(page.split())


def test_it_shows_the_request_with_the_words_in_the_composer(as_editor, conversation):
    page = as_editor.post(reverse("chat:request", args=[conversation.pk]), {"message": "And mud?"}).content.decode()
    assert "And mud?" in page and "What is clay?" in page and "curl -X POST" in page and "from openai import OpenAI" in page


def test_it_shows_the_request_of_a_new_chat_with_a_place_for_the_message(as_editor, model):
    assert "Your next message" in as_editor.get(reverse("chat:new_request")).content.decode()
