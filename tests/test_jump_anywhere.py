"""The jump box: what is found, by whom, and how the help and the keys follow from the same pages."""

import logging
import time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Membership, Role, Team
from apps.chat.models import Conversation
from apps.core.ids import new_id
from apps.core.pages import all_pages
from apps.providers.models import Model, Provider
from apps.runs.models import Run
from tests.belongings import make_picture, make_recording, make_transcript

pytestmark = pytest.mark.django_db
PART = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def jump(as_editor):
    def ask(text, client=None, **headers):
        response = (client or as_editor).get(reverse("jump"), {"q": text}, **headers)
        assert response.status_code == 200
        return response.content.decode()

    return ask


@pytest.fixture
def make_run(team, provider):
    def make(summary, of=None, **fields):
        return Run.objects.create(
            team=of or team, operation="chat.reply", provider=provider, model="m", key=str(new_id()), fingerprint="-",
            queued_at=timezone.now(), status="completed", summary=summary, **fields,
        )  # fmt: skip

    return make


def test_it_shows_the_pages_before_anything_is_typed(jump):
    text = jump("")
    for address in (reverse("chat:home"), reverse("runs:history"), reverse("accounts:settings")):
        assert f'href="{address}"' in text


def test_it_finds_a_page_by_another_word_for_it(jump):
    text = jump("receipts", **PART)
    assert f'href="{reverse("runs:history")}"' in text and f'href="{reverse("chat:home")}"' not in text


def test_it_puts_the_page_of_that_name_first(jump):
    text = jump("words", **PART)
    assert text.index(reverse("help_words")) < text.index("/history/?q=")


def test_it_gives_the_script_the_results_alone(jump):
    part, page = jump("history", **PART), jump("history")
    assert "<html" not in part and part.count('role="option"') >= 1
    assert "<html" in page and 'role="option"' not in page.split('id="main"')[1].split("</main>")[0]


def test_it_finds_chats_by_name(jump, team):
    chat = Conversation.objects.create(team=team, title="Harbour lights")
    assert reverse("chat:conversation", args=[chat.pk]) in jump("BOUR LI", **PART)


def test_it_finds_no_deleted_chat(jump, team):
    Conversation.objects.create(team=team, title="Harbour lights", deleted_at=timezone.now())
    assert "Harbour lights" not in jump("harbour", **PART)


def test_it_finds_pictures_by_name(jump, team):
    picture = make_picture(team, name="Harbour at dusk")
    make_picture(team, name="Harbour in the bin", deleted_at=timezone.now())
    found = jump("BOUR AT", **PART)
    assert reverse("images:picture", args=[picture.pk]) in found and "<b>Harbour at dusk</b>" in found
    assert "in the bin" not in jump("harbour", **PART)


def test_it_finds_transcripts_by_the_names_of_their_recordings(jump, team, provider):
    row = make_transcript(team, provider, recording=make_recording(team, name="Harbour talk"))
    make_transcript(team, provider, recording=make_recording(team, name="Harbour in the bin"), deleted_at=timezone.now())
    make_transcript(team, provider, recording=make_recording(team, name="Harbour without sound", deleted_at=timezone.now()))
    found = jump("BOUR TALK", **PART)
    assert reverse("transcription:transcript", args=[row.pk]) in found and "<b>Harbour talk</b>" in found
    assert "in the bin" not in jump("harbour", **PART) and "without sound" not in jump("harbour", **PART)


def test_it_finds_models_and_their_providers(jump, provider):
    model = Model.objects.create(provider=provider, name="vendor-large")
    assert reverse("catalog:model", args=[model.pk]) in jump("vendor", **PART)
    assert reverse("providers:models", args=[provider.pk]) in jump(provider.name[:4], **PART)


def test_it_puts_the_model_of_that_name_before_others_that_hold_it(jump, provider):
    for number in range(9):  # more than are shown
        Model.objects.create(provider=provider, name=f"ft:vendor:{number}")
    Model.objects.create(provider=provider, name="vendor-large")
    text = jump("vendor", **PART)
    assert text.index("<b>vendor-large</b>") < text.index("<b>ft:vendor:0</b>")


def test_it_finds_no_model_that_has_gone(jump, provider):
    Model.objects.create(provider=provider, name="vendor-gone", is_listed=False)
    assert "<b>vendor-gone</b>" not in jump("vendor", **PART)


def test_it_finds_colleagues(jump, team, make_member):
    make_member(team, Role.VIEWER, "petra@harbour.example")
    assert "<b>petra@harbour.example</b>" in jump("petra", **PART)


def test_it_finds_a_call_by_its_number_and_by_its_words(jump, make_run):
    run = make_run("About tides")
    address = reverse("runs:receipt", args=[run.pk])
    assert address in jump(str(run.pk)[:20], **PART)
    assert address in jump("tides", **PART)
    assert address not in jump("00000000", **PART)


def test_it_leads_to_history_with_the_same_words(jump):
    assert "/history/?q=two+words" in jump("two  words", **PART)


def test_it_finds_nothing_of_another_team(jump, other_team, make_member, make_run):
    theirs = Provider.objects.create(team=other_team, name="Secret provider", base_url="http://127.0.0.1:9/v1")
    Model.objects.create(provider=theirs, name="secret-model")
    Conversation.objects.create(team=other_team, title="Secret chat")
    make_picture(other_team, name="Secret picture")
    make_transcript(other_team, theirs, recording=make_recording(other_team, name="Secret talk"))
    make_member(other_team, Role.OWNER, "secret@elsewhere.example")
    run = make_run("Secret question", of=other_team)
    for text in ("secret", str(run.pk)):
        assert jump(text, **PART).lower().replace(f"“{text}”", "").replace(f"q={text}", "").count("secret") == 0
        assert reverse("runs:receipt", args=[run.pk]) not in jump(text, **PART)


def test_it_shows_a_viewer_no_page_of_admins(jump, viewer):
    client = Client()
    client.force_login(viewer.user)
    hidden = [page for page in all_pages() if page.role in {"admin", "owner"}]
    text = jump("settings", client=client)
    assert not [page.url for page in hidden if f'href="{page.url}"' in text]


def test_it_shows_what_was_typed_as_text(jump):
    text = jump('"><script>alert(1)</script>')
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


@pytest.mark.parametrize("text", ["\x00", "%", "_", "'", "\ud7ff", "x" * 5000, "-" * 40])
def test_it_survives_any_text(jump, text):
    assert "role" in jump(text)


def test_it_finds_in_a_short_time_among_many(as_editor, team, editor, provider):
    Conversation.objects.bulk_create(Conversation(team=team, title=f"Chat number {number}") for number in range(2_000))
    Run.objects.bulk_create(
        (
            Run(
                team=team, operation="chat.reply", provider=provider, model="m", key=str(number), fingerprint="-",
                queued_at=timezone.now(), status="completed", summary=f"Question {number}", params={"messages": ["word " * 50]},
            )
            for number in range(10_000)
        ),
        batch_size=500,
    )  # fmt: skip
    as_editor.get(reverse("jump"), {"q": "warm"}, **PART)
    started = time.perf_counter()
    as_editor.get(reverse("jump"), {"q": "nothing has this"}, **PART)
    took = time.perf_counter() - started
    logging.getLogger(__name__).info("jump among 10,000 calls and 2,000 chats: %.0f ms", took * 1000)
    assert took < 1, "it looks through everything"


def test_it_sends_strangers_to_the_sign_in(client):
    for name in ("jump", "help", "help_keys", "help_words"):
        assert client.get(reverse(name)).url.startswith("/sign-in/")


def test_it_refuses_who_is_in_no_team(client, viewer):
    client.force_login(viewer.user)
    Membership.objects.filter(pk=viewer.pk).update(disabled_at=timezone.now())
    assert client.get(reverse("help")).status_code == 403


# --- Help and keys ------------------------------------------------------------------------------
def test_it_says_what_each_page_is_for(as_editor):
    text = as_editor.get(reverse("help")).content.decode()
    for page in all_pages():
        if page.help and page.role == "viewer":
            assert f'href="{page.url}"' in text and str(page.first_step) in text


def test_it_names_whom_to_ask(as_editor, team, make_member, other_team):
    make_member(team, Role.ADMIN, "admin@harbour.example")
    make_member(team, Role.VIEWER, "looks@harbour.example")
    make_member(other_team, Role.ADMIN, "admin@elsewhere.example")
    text = as_editor.get(reverse("help")).content.decode()
    assert "mailto:admin@harbour.example" in text
    assert "looks@harbour.example" not in text and "elsewhere" not in text


def test_it_lists_the_keys_that_go_to_pages(as_editor):
    part = as_editor.get(reverse("help_keys"), **PART).content.decode()
    assert "<html" not in part
    for page in all_pages():
        if page.key:
            assert f"<dt>{page.title}</dt>" in part and f"<kbd>{page.key}</kbd>" in part


def test_it_gives_no_two_pages_the_same_key():
    keys = [page.key for page in all_pages() if page.key]
    assert keys and len(keys) == len(set(keys))


def test_it_writes_the_keys_on_the_navigation(as_editor):
    text = as_editor.get(reverse("help")).content.decode()
    assert f'href="{reverse("chat:home")}" title="Chat" data-go="c"' in text


def test_it_sets_our_words_beside_those_of_the_api(as_editor):
    text = as_editor.get(reverse("help_words")).content.decode()
    assert "Thinking effort" in text and "reasoning_effort" in text


def test_it_shows_no_words_of_a_team_that_keeps_numbers_only(jump, make_run, team):
    run = make_run("glaze with cobalt")
    Team.objects.filter(pk=team.pk).update(keeps_content=False)
    assert str(run.pk) not in jump("cobalt", **PART)
    found = jump(str(run.pk), **PART)
    assert str(run.pk) in found and "glaze" not in found
