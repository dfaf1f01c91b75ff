"""Every state that a page of sound can be in. Each page has its own table; `SOUND_SCENES` has all of them."""

import numpy as np
from playwright.sync_api import FilePayload, Page, expect

from apps.transcription.tests.sounds import silence, tone, wav
from tests.browser.stage import Scene, Stage

# A microphone that hums: the browser of these tests has none.
MICROPHONE = """navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext(), hum = context.createOscillator(), out = context.createMediaStreamDestination();
  hum.connect(out);
  hum.start();
  return out.stream;
};"""
BLOCKED = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); };"
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
    expect(page.locator(".rec").filter(has_text=name).first).to_contain_text("Ready", timeout=20_000)


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
    expect(stage.page.locator(".rec").filter(has_text="Silent.wav").first).to_contain_text("Nothing can be heard", timeout=20_000)
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
    expect(stage.page.locator(".rec").first).to_contain_text("Ready", timeout=20_000)


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
SOUND_SCENES: dict[str, Scene] = {**BRINGING_SCENES}
SOUND_EXPECTED: dict[str, str] = {}  # what the browser itself prints of them
