"""The parts of a transcript while they are heard: those that fail are told, tried again with one click, and then it is all there."""

import base64
import json
import pathlib

import pytest
from playwright.sync_api import Page, expect

from sound.formats import TO_SEND
from sound.writing import write
from tests.browser.accessibility import findings_in_both_themes
from tests.browser.seat import PHONE, Seat
from tests.browser.sound_scenes import LONG_WAIT
from tests.loopback.tones import tone_words
from tests.product import Product

KEPT = """
import base64, json, sys
from apps.accounts.models import Membership
from apps.providers.models import ModelFact, Provider
from apps.runs.followups import publish_follow_up
from apps.transcription.models import PARENT, PREPARING, Transcript
from apps.transcription.tests.rows import keep_recording
wish = json.loads(sys.stdin.read())
owner, provider = Membership.objects.filter(role="owner").first(), Provider.objects.get(name="Loopback")
ModelFact.objects.update_or_create(team=owner.team, model_pattern=wish["model"], defaults={"limits": {"seconds": wish["longest"]}})
sound = base64.b64decode(wish["sound"])
recording = keep_recording(owner, sound=sound, state="checking", seconds=None, name="Talk", content_type="audio/mpeg")
fields = {"team": owner.team, "person": owner.user, "provider": provider, "model": wish["model"], "model_label": "Tones"}
row = Transcript.objects.create(recording=recording, key=str(recording.pk), **fields)
publish_follow_up(PREPARING, recording.pk)
print(row.pk)
"""
FAILING, SLOW = "whisper-tones-fails", "whisper-tones-slow-delay4000"


@pytest.fixture
def begin(product: Product, tmp_path: pathlib.Path):  # type: ignore[no-untyped-def]
    def one(model: str) -> str:
        """The address of a transcript that workers are at: forty seconds in parts of about ten."""
        path = tmp_path / "talk.mp3"
        write([tone_words(range(1, 21))], 16_000, path, TO_SEND)
        wish = {"model": model, "longest": 15, "sound": base64.b64encode(path.read_bytes()).decode()}
        made = product.run_python("manage.py", "shell", "-c", KEPT, stdin=json.dumps(wish))
        return f"/transcribe/{made.splitlines()[-1]}/"

    return one


def heard(page: Page) -> list[str]:
    """The words that stand in the transcript."""
    return [word.strip(" ,.") for text in page.locator("#segments p.tx").all_inner_texts() for word in text.split()]


def test_parts_that_failed_are_told_and_come_with_one_click(seat: Seat, begin) -> None:  # type: ignore[no-untyped-def]
    page = seat.page
    page.goto(begin(FAILING))
    again = page.get_by_role("button", name="Try all 3 again")
    expect(again).to_be_visible(timeout=LONG_WAIT)
    expect(page.locator(".hearing-part")).to_have_count(3)
    expect(page.locator(".hearing-part").first).to_contain_text("Part 1 of 3, 0:00 to 0:1")
    assert findings_in_both_themes(page) == []
    again.click()
    expect(page.locator("#segments")).to_contain_text("w00020", timeout=LONG_WAIT)
    expect(page.locator("#hearing .hearing-part")).to_have_count(0)
    assert heard(page) == [f"w{number:05d}" for number in range(1, 21)]


def test_what_goes_on_is_counted_and_can_be_stopped_on_a_phone(seat: Seat, begin) -> None:  # type: ignore[no-untyped-def]
    page = seat.page
    page.set_viewport_size(PHONE)
    page.goto(begin(SLOW))
    expect(page.locator(".hearing-head")).to_contain_text("0 of 3 parts", timeout=LONG_WAIT)
    expect(page.locator(".hearing-part").first).to_contain_text("Listening")
    assert findings_in_both_themes(page) == []
    page.get_by_role("button", name="Stop").first.click()
    expect(page.get_by_role("button", name="Try all 3 again")).to_be_visible(timeout=LONG_WAIT)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
