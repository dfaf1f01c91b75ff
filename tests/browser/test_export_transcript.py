"""The panel of a transcript: what the file will be, and that a browser plays it as subtitles."""

import json
import pathlib
import re

import pytest
import webvtt
from playwright.sync_api import expect

from tests.browser.reader import OpenTranscript

PLAY_TRACK = """async (address) => {
  const video = document.createElement("video");
  const track = Object.assign(document.createElement("track"), { kind: "subtitles", srclang: "en", src: address, default: true });
  Object.assign(video, { muted: true, src: document.getElementById("sound").src });
  video.append(track);
  document.body.append(video);
  track.track.mode = "showing";
  const told = new Promise((resolve) => { track.onload = () => resolve("loaded"); track.onerror = () => resolve("refused"); });
  if (await told !== "loaded") return { state: "refused" };
  const seen = [];
  for (const cue of track.track.cues) {
    video.currentTime = (cue.startTime + cue.endTime) / 2;
    await new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
    await new Promise((resolve) => setTimeout(resolve, 80));
    seen.push([...track.track.activeCues].map((active) => active.text));
  }
  const toldOf = (cue) => ({ start: cue.startTime, end: cue.endTime, text: cue.text, plain: cue.getCueAsHTML().textContent });
  const cues = [...track.track.cues].map(toldOf);
  video.remove();
  return { state: "loaded", cues, seen };
}"""


def test_the_panel_shows_the_file_before_it_comes(open_transcript: OpenTranscript, tmp_path: pathlib.Path) -> None:
    reader = open_transcript()
    page, preview = reader.page, reader.page.locator("#preview")
    expect(preview).to_contain_text("<v Interviewer>How did the first")
    page.get_by_role("switch", name="Write speaker names").uncheck()
    expect(preview).not_to_contain_text("<v ")
    page.get_by_role("radio", name="SRT").check(force=True)
    expect(preview).to_contain_text("00:00:00,000 --> 00:00:04,200")
    page.get_by_label("Characters in a line").fill("24")
    expect(preview).to_contain_text(re.compile(r"How did the first\s+set of plates\s"))
    page.evaluate("player.seek(31)")
    expect(preview).to_contain_text("That is easy to change.")
    for name, ending in (("SRT", "srt"), ("VTT", "vtt"), ("Text", "txt"), ("JSON", "json")):
        page.get_by_role("radio", name=name).check(force=True)
        expect(page.locator("#file-button a")).to_have_attribute("href", re.compile(rf"export\.{ending}\?"))
        with page.expect_download() as waiting:
            page.locator("#file-button a").click()
        assert waiting.value.suggested_filename == f"Café owner interview.{ending}"
        waiting.value.save_as(tmp_path / f"it.{ending}")
    assert json.loads((tmp_path / "it.json").read_text())["segments"][0]["text"].startswith("How did")
    assert len(list(webvtt.read(tmp_path / "it.vtt"))) == len(list(webvtt.from_srt(tmp_path / "it.srt"))) > 6


@pytest.mark.parametrize("kind", ["full", "hard"])
def test_the_browser_plays_the_file_as_subtitles(open_transcript: OpenTranscript, kind: str) -> None:
    """Chromium's own parser: every cue is there with its words, and is shown when it is said."""
    reader = open_transcript(kind)
    address = f"{reader.address}export.vtt?width=32&names=on"
    told = reader.page.evaluate(PLAY_TRACK, address)
    file = reader.page.request.get(address).text()
    assert told["state"] == "loaded" and len(told["cues"]) == file.count(" --> ")
    ends = [0.0, *(cue["end"] for cue in told["cues"])]
    for cue, shown, before in zip(told["cues"], told["seen"], ends, strict=False):
        assert shown == [cue["text"]] and before <= cue["start"] + 0.0005 < cue["end"]
    spoken = " ".join(" ".join(cue["plain"].split()) for cue in told["cues"]).replace(" ", "")
    assert spoken == "".join(reader.texts).replace(" ", "")
