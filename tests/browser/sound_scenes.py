"""Every state that a page of sound can be in. Each page has its own table; `SOUND_SCENES` has all of them."""

import numpy as np
from playwright.sync_api import FilePayload, Page, expect

from apps.transcription.tests.sounds import silence, tone, wav
from tests.browser.kept_transcripts import Kept
from tests.browser.models import SLOW_VOICE
from tests.browser.stage import Scene, Stage
from tests.loopback.sound_models import MANNERED, TTS, TTS_NOTHING

# A microphone that hums: the browser of these tests has none.
MICROPHONE = """navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext(), hum = context.createOscillator(), out = context.createMediaStreamDestination();
  hum.connect(out);
  hum.start();
  return out.stream;
};"""
BLOCKED = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); };"
LONG_WAIT = 40_000  # ms; a recording is looked at behind everything else that wants the processor
LONG_NAME = "An interview with the owner of the café at the quay about plates, deliveries and the coming season, second take.wav"


def talk(words: int = 4) -> bytes:
    """Some tones with pauses between them."""
    return wav(np.concatenate([part for pitch in range(words) for part in (tone(0.5, 220 + 60 * pitch), silence(0.5))]))


def sound_file(name: str, body: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="audio/wav", buffer=body)


def bring(page: Page, name: str = "Interview.wav", body: bytes = b"") -> None:
    """Upload a recording, and wait until it can be used."""
    page.goto("/transcribe/")
    page.locator("#sound-files").set_input_files([sound_file(name, body or talk())])
    expect(page.locator(".rec").filter(has_text=name).first).to_contain_text("Ready", timeout=LONG_WAIT)


# --- Transcribe, first page --------------------------------------------------------------------
def first_page(stage: Stage) -> None:
    stage.page.goto("/transcribe/")


def waiting(stage: Stage) -> None:
    """One of each: ready and played, silent, not to be used, empty."""
    bring(stage.page, LONG_NAME)
    stage.page.locator(".rec").first.get_by_role("link", name="Listen to").click()
    expect(stage.page.locator(".rec audio")).to_be_visible()
    files = [sound_file("Silent.wav", wav(silence(2))), sound_file("Page.mp3", b"<html></html>" * 99), sound_file("Empty.mp3", b"")]
    stage.page.locator("#sound-files").set_input_files(files)
    expect(stage.page.locator(".rec").filter(has_text="Silent.wav").first).to_contain_text("Nothing can be heard", timeout=LONG_WAIT)
    expect(stage.page.locator(".rec").filter(has_text="Page.mp3").first).to_contain_text("Cannot be used")
    expect(stage.page.locator("#sound-upload .upload")).to_contain_text("This file is empty.")


def line_menu(stage: Stage) -> None:
    bring(stage.page, LONG_NAME)
    stage.page.locator(".rec").first.get_by_role("button", name="More for").click()
    expect(stage.page.get_by_role("button", name="Rename").first).to_be_visible()


def record(stage: Stage, script: str = MICROPHONE) -> None:
    stage.page.goto("/transcribe/")
    stage.page.evaluate(f"() => {{ {script} }}")
    stage.page.locator("#recorder").get_by_role("button", name="Record", exact=True).click()


def recording(stage: Stage) -> None:
    record(stage)
    expect(stage.page.locator("[data-clock]")).to_have_text("0:02")


def recorded(stage: Stage) -> None:
    recording(stage)
    stage.page.get_by_role("button", name="Stop").click()
    expect(stage.page.locator(".rec").first).to_contain_text("Ready", timeout=LONG_WAIT)


def blocked(stage: Stage) -> None:
    record(stage, BLOCKED)
    expect(stage.page.locator("#recorder").get_by_role("alert")).to_contain_text("The browser blocks the microphone.")


BRINGING_SCENES: dict[str, Scene] = {
    "transcribe": first_page,
    "transcribe-waiting": waiting,
    "transcribe-menu": line_menu,
    "transcribe-recording": recording,
    "transcribe-recorded": recorded,
    "transcribe-blocked": blocked,
}


# --- One transcript ----------------------------------------------------------------------------
def kept(stage: Stage, kind: str = "full", query: str = "", **wish: bool) -> None:
    stage.page.goto(f"{Kept(stage.product).keep(kind, **wish)}{query}")
    expect(stage.page.locator("#view")).to_be_visible()


def transcript(stage: Stage) -> None:
    """In the middle of it, a word marked, two hits."""
    kept(stage)
    stage.page.evaluate("player.seek(24.9)")
    expect(stage.page.locator(".segrow[aria-current=true]")).to_be_visible()


def finding(stage: Stage) -> None:
    kept(stage)
    opener = stage.page.locator("[data-find-open]")
    if opener.is_visible():
        opener.click()
    stage.page.get_by_role("searchbox", name="Find in transcript").fill("delivery")
    expect(stage.page.locator("[data-hits]")).to_have_text("1 of 2")


def correcting(stage: Stage) -> None:
    """A text that was corrected once, open again; and the names of the speakers."""
    kept(stage)
    line = stage.page.locator(".segrow").nth(1)
    line.locator(".tx").click()
    line.locator("textarea").fill("Better than before.")
    line.locator("textarea").press("Enter")
    expect(line.locator(".tx")).to_have_text("Better than before.")
    line.locator(".tx").click()
    expect(stage.page.locator(".seg-heard")).to_be_visible()


def naming(stage: Stage) -> None:
    kept(stage)
    opener = stage.page.locator(".top-actions .open-panel")
    if opener.is_visible():
        opener.click()
    stage.page.locator("#speakers summary").click()
    expect(stage.page.get_by_role("button", name="Save the names")).to_be_visible()


def translated(stage: Stage) -> None:
    kept(stage, translated=True)
    choice = stage.page.locator("#export-in option").nth(1).get_attribute("value")
    stage.page.goto(f"{stage.page.url}?in={choice}")
    expect(stage.page.locator(".tx.other").first).to_be_visible()


def transcript_menu(stage: Stage) -> None:
    kept(stage, "plain")
    stage.page.get_by_role("button", name="Versions, rename, delete").click()
    expect(stage.page.get_by_role("button", name="Rename", exact=True)).to_be_visible()


def deleted_transcript(stage: Stage) -> None:
    kept(stage, "plain")
    address = stage.page.url
    stage.page.get_by_role("button", name="Versions, rename, delete").click()
    stage.page.get_by_role("button", name="Delete this transcript").click()
    stage.page.wait_for_url("**/transcribe/")
    stage.page.goto(address)
    expect(stage.page.get_by_text("This transcript was deleted.")).to_be_visible()


def one_segment(stage: Stage) -> None:
    """The page for people without scripts."""
    kept(stage)
    stage.page.goto(f"{stage.page.url}{stage.page.locator('[data-edit]').first.get_attribute('href')}")


TRANSCRIPT_SCENES: dict[str, Scene] = {
    "transcript": transcript,
    "transcript-plain": lambda stage: kept(stage, "plain"),
    "transcript-find": finding,
    "transcript-correct": correcting,
    "transcript-names": naming,
    "transcript-translated": translated,
    "transcript-text": lambda stage: kept(stage, query="?view=text"),
    "transcript-subtitles": lambda stage: kept(stage, "hard", "?view=subtitles"),
    "transcript-menu": transcript_menu,
    "transcript-deleted": deleted_transcript,
    "transcript-segment": one_segment,
}


# --- Speech ------------------------------------------------------------------------------------
def speech_page(stage: Stage, model: str = TTS) -> None:
    """The first page, with a model of the loopback provider."""
    page = stage.page
    page.goto("/speech/")
    chosen = stage.product.ids["models"][model]
    with page.expect_response("**/speech/settings/"):
        page.evaluate(
            """(model) => {
              const value = document.querySelector('#settings-form [name="model"]');
              value.value = model;
              value.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            chosen,
        )
    page.goto("/speech/")
    expect(page.locator(".voice").first).to_be_visible()


def speak(stage: Stage, model: str = TTS, voices: int = 1) -> None:
    speech_page(stage, model)
    page = stage.page
    page.locator("#text").fill("The harbour was quiet when the first boats came in.")
    boxes = page.locator('[name="voice"]')
    for number in range(boxes.count()):
        boxes.nth(number).set_checked(number < voices)
    page.locator("#text").press("Control+Enter")
    page.wait_for_url("**/speech/*-*/")


def spoken(stage: Stage) -> None:
    speak(stage, voices=4)
    expect(stage.page.locator(".take audio")).to_have_count(4, timeout=LONG_WAIT)


def not_spoken(stage: Stage) -> None:
    speak(stage, TTS_NOTHING)
    expect(stage.page.get_by_role("button", name="Try again")).to_be_visible(timeout=LONG_WAIT)


def being_spoken(stage: Stage) -> None:
    speak(stage, SLOW_VOICE)
    expect(stage.page.get_by_role("button", name="Stop")).to_be_visible()


def sample_failed(stage: Stage) -> None:
    """The sentence stands beside the button, which tries again."""
    speech_page(stage, TTS_NOTHING)
    stage.page.get_by_role("button", name="Hear Coral").click()
    expect(stage.page.locator(".voice-failed")).to_be_visible(timeout=LONG_WAIT)


def long_text(stage: Stage) -> None:
    """So long that it is spoken in several calls, by a model with a manner."""
    speech_page(stage, MANNERED)
    stage.page.locator("#text").fill("The harbour was quiet when the first boats came in. " * 200)
    expect(stage.page.locator("[data-say-length]")).to_contain_text("calls that are joined")
    opener = stage.page.locator(".top .open-panel")
    if opener.is_visible():
        opener.click()
    expect(stage.page.locator("[data-manner]").first).to_be_visible()


def speech_refused(stage: Stage) -> None:
    speech_page(stage, MANNERED)
    stage.page.locator("#text").fill("...")
    stage.page.locator("#text").press("Control+Enter")
    expect(stage.page.locator("#speech-error").get_by_role("alert")).to_be_visible()


SPEECH_SCENES: dict[str, Scene] = {
    "speech": speech_page,
    "speech-spoken": spoken,
    "speech-working": being_spoken,
    "speech-failed": not_spoken,
    "speech-refused": speech_refused,
    "speech-sample-failed": sample_failed,
    "speech-long": long_text,
}
SOUND_SCENES: dict[str, Scene] = {**BRINGING_SCENES, **TRANSCRIPT_SCENES, **SPEECH_SCENES}
SOUND_EXPECTED: dict[str, str] = {"speech-refused": "status of 422"}  # what the browser itself prints of them
