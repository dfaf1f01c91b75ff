"""The feed against a small stand-in for a browser: whatever way the text comes, the page shows all of it once."""

import html
import json
import random
import re

import pytest

from apps.runs import markdown
from apps.runs.live.feed import Feed, event
from apps.runs.live.messages import Message
from apps.runs.markdown import render_once, split_finished
from tests.loopback import story

STORIES = ["steady", "prose", "markdown", "rtl", "hostile"]


class Page:
    """Does with the events what htmx and live.js do."""

    def __init__(self):
        self.blocks = self.draft = ""

    def receive(self, text):
        for frame in filter(None, text.split("\n\n")):
            lines = frame.split("\n")
            assert all(line.startswith(("event: ", "data: ")) for line in lines), "a line break of the text ended an event"
            name = next((line[7:] for line in lines if line.startswith("event: ")), "message")
            self.act(name.split("-")[0], "\n".join(line[6:] for line in lines if line.startswith("data: ")))

    def act(self, name, data):
        if name == "start":
            whole = re.fullmatch(r'<div class="blocks"[^>]*>(.*)</div><div class="draft"[^>]*>(.*)</div>', data, re.DOTALL)
            self.blocks, self.draft = whole.groups()
        elif name == "commit":
            self.blocks += data
        elif name == "draft":
            self.draft = data
        elif name == "message":
            piece = html.escape(json.loads(data)[1], quote=False)
            assert self.draft.count('<span class="tail"') == 1
            self.draft = self.draft.replace('<span class="tail"', piece + '<span class="tail"')


def visible(markup):
    """The words that a person sees."""
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def play(text, seed, clock_step=0.03, render=render_once):
    """Send a text in random pieces, with a reconnect now and then."""
    rng, now = random.Random(seed), [0.0]
    page = Page()

    def fresh(known):
        made = Feed("r1", lambda: now[0], lambda words, thinking: f"{words} words", render)
        page.receive(made.start(known))
        return made

    at = 0
    feed = fresh("")
    while at < len(text):
        size = rng.choice([1, 2, 5, 9, 40])
        piece = text[at : at + size]
        assert feed.take(Message(at, piece))
        if rng.random() < 0.2:
            assert feed.take(Message(at, piece)), "a repeat does no harm"
        at += len(piece)
        now[0] += clock_step
        page.receive(feed.emit())
        if rng.random() < 0.02:
            feed = fresh(text[:at])
    now[0] += 10
    page.receive(feed.emit())
    return page


@pytest.mark.parametrize("model", STORIES)
@pytest.mark.parametrize("seed", range(4))
def test_it_shows_everything_once(model, seed):
    text = story(model)
    page = play(text, seed)
    assert visible(page.blocks + page.draft) == visible(render_once(text))


BLANKS = "  one\n\n\n\ttwo  \n- three\n\n    four\n```\nfive\n\n" * 9 + "<b>six</b> & \n"


@pytest.mark.parametrize("text", [BLANKS, *map(story, STORIES)])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("clock_step", [0.001, 0.1])
def test_it_keeps_every_blank_where_they_count(text, seed, clock_step):
    page = play(text, seed, clock_step, markdown.verbatim)
    assert html.unescape(re.sub(r"<[^>]*>", "", page.blocks + page.draft)) == text.replace("\r", "")


def test_it_reports_a_gap():
    feed = Feed("r1", lambda: 0.0, lambda words, thinking: "")
    feed.start("abc")
    assert not feed.take(Message(5, "late"))
    assert feed.take(Message(2, "cde"))
    assert feed.known == 5


def test_it_sends_plain_words_without_rendering_again():
    now = [0.0]
    feed = Feed("r1", lambda: now[0], lambda words, thinking: "")
    feed.start("A plain beginning")
    now[0] = 1.0
    feed.take(Message(17, " and more words"))
    assert feed.emit() == 'data: ["r1"," and more words"]\n\n'
    assert feed.due_in() is None


def test_what_is_no_markup_stays_as_it_was_said():
    now = [0.0]
    feed = Feed("r1", lambda: now[0], lambda words, thinking: "", markdown.plain)
    shown = feed.start("1. One * two <b>\n# not a title")
    assert "1. One * two &lt;b&gt;<br># not a title" in shown
    now[0] = 1.0
    feed.take(Message(feed.known, "\n\n- and more\n\n"))
    assert "- and more" in feed.emit() + feed.start("- and more") and "<li>" not in shown


def test_it_keeps_drafts_eighty_milliseconds_apart():
    now = [0.0]
    feed = Feed("r1", lambda: now[0], lambda words, thinking: "")
    feed.start("")
    drafts = 0
    for step in range(100):
        now[0] = step * 0.01
        feed.take(Message(feed.known, "**x** "))
        drafts += feed.emit().count("event: draft-")
    assert 10 <= drafts <= 14


def test_its_frames_survive_every_line_break():
    assert event("draft-1", "a\r\nb\rc\n") == "event: draft-1\ndata: a\ndata: bc\n\n"


@pytest.mark.parametrize("model", STORIES)
def test_blocks_that_are_cut_off_render_as_in_the_whole(model):
    text, done, rest = story(model), "", ""
    for letter in text:
        rest += letter
        finished, rest = split_finished(rest)
        done += render_once(finished) if finished else ""
    assert visible(done + render_once(rest)) == visible(render_once(text))


def test_the_next_word_of_open_code_stays_on_its_line():
    feed = Feed("r1", lambda: 0.0, lambda words, thinking: "")
    assert 'x =<span class="tail" id="tail-r1"></span></code>' in feed.body("```\nx =")
    assert 'x = 1\n<span class="tail" id="tail-r1"></span></code>' in feed.body("```\nx = 1\n")


def test_the_next_word_does_not_stick_to_the_last():
    feed = Feed("r1", lambda: 0.0, lambda words, thinking: "")
    assert 'one <span class="tail"' in feed.body("one ")
    assert 'x = <span class="tail"' in feed.body("```\nx = ")
