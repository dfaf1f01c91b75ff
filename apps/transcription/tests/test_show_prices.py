"""What a click will cost is told beside every button for it; a price that nobody knows leads those who may enter it to the model."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Role
from apps.providers.models import Model, ModelFact, Provider
from apps.runs.models import Run
from apps.transcription.tests.rows import keep_recording, keep_transcript

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}
SETTINGS = "/transcribe/settings/"


@pytest.fixture
def model(provider):
    """Of a provider that takes money."""
    Provider.objects.filter(pk=provider.pk).update(base_url="https://api.example.org/v1", private_origin="")
    return Model.objects.create(provider=provider, name="whisper-tones")


@pytest.fixture
def priced(model, team):
    ModelFact.objects.create(team=team, model_pattern=model.name, prices={"minute": "0.006"})
    return model


@pytest.fixture
def as_admin(client, make_member, team):
    client.force_login(make_member(team, Role.ADMIN).user)
    return client


def place_of(model):
    return reverse("catalog:model", args=[model.pk])


def unpriced(editor, provider, model):
    row = keep_transcript(editor, provider, model=model.name)
    fields = {"team": row.team, "provider": provider, "model": row.model, "operation": "transcription.transcribe", "status": "completed"}
    Run.objects.create(**fields, key="k", queued_at=timezone.now(), cost_kind="unknown", parent_kind="transcript", parent_id=row.pk)
    return reverse("transcription:transcript", args=[row.pk])


def test_an_admin_comes_to_the_price_of_the_model(as_admin, editor, provider, model):
    link = f'<a class="link" href="{place_of(model)}">price not known</a>'
    assert link in as_admin.get("/transcribe/").text
    address = unpriced(editor, provider, model)
    assert link in as_admin.get(address).text
    Provider.objects.filter(pk=provider.pk).update(deleted_at="2026-01-01T00:00:00Z")
    page = as_admin.get(address).text
    assert "price not known" in page and place_of(model) not in page


def test_others_read_that_it_is_not_known(as_editor, editor, provider, model):
    for address in ("/transcribe/", unpriced(editor, provider, model)):
        page = as_editor.get(address).text
        assert "price not known" in page and place_of(model) not in page


def test_the_estimate_stands_beside_both_buttons(as_editor, editor, priced):
    recording = keep_recording(editor, seconds=600.0)
    page = as_editor.get("/transcribe/").text
    beside, foot = estimate(page), page.split('id="sound-foot"')[1]
    assert "10:00" in beside and "about $0.06" in beside and "about $0.06" in foot
    assert page.count('id="sound-estimate"') == 1
    answer = as_editor.get(SETTINGS, {"recordings": [str(recording.pk)]}, headers=PART).text
    assert 'id="sound-estimate" hx-swap-oob="true"' in answer and estimate(answer) == beside
    answer = as_editor.get(SETTINGS, headers=PART).text
    assert "$0.006" in estimate(answer), "nothing is chosen: what a minute costs"


def estimate(html):
    found = re.search(r'<p class="row meta" id="sound-estimate"[^>]*>(.*?)</p>', html, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", found[1])).strip()


def test_the_page_for_hearing_it_again_has_it_beside_both_buttons(as_editor, editor, priced):
    recording = keep_recording(editor)
    answer = as_editor.get(SETTINGS, {"recordings": [str(recording.pk)], "again": "yes"}, headers=PART).text
    assert "sound-foot" in answer and "sound-estimate" in answer
