"""Corrections: text, cuts, speakers; undone and redone without end; and never over what a colleague wrote."""

import random

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.transcription import editing
from apps.transcription.editing import Gone, Impossible, Outdated
from apps.transcription.models import Edit, Segment, Transcript
from apps.transcription.tests.rows import CAFE, keep_transcript, keep_translation

pytestmark = pytest.mark.django_db
AS_PART = {"HX-Request": "true"}


def state_of(row):
    rows = row.segments.order_by("start", "id")
    kept = [tuple(each.items()) for each in map(editing.whole, rows)]
    return str(kept), dict(Transcript.objects.get(pk=row.pk).speakers)


def segments(row):
    return list(row.segments.order_by("start", "id"))


def url_of(name, row, segment=None):
    return reverse(f"transcription:{name}", args=[row.pk, *([segment.pk] if segment else [])])


@pytest.fixture
def row(editor, provider):
    return keep_transcript(editor, provider)


@pytest.fixture
def colleague(team, make_member):
    return make_member(team, Role.EDITOR, "colleague@harbour.example")


# --- Text --------------------------------------------------------------------------------------
def test_a_corrected_text_keeps_what_was_heard(as_editor, row):
    first = segments(row)[0]
    answer = as_editor.post(url_of("segment", row, first), {"text": " How did  the plates hold up? ", "was": first.text}, headers=AS_PART)
    assert answer.status_code == 200 and "How did the plates hold up?" in answer.text and f'id="s-{first.pk}"' in answer.text
    assert 'data-key-undo aria-label="Undo" title="Undo">' in answer.text
    first.refresh_from_db()
    assert (first.text, first.heard) == ("How did the plates hold up?", CAFE[0][3]) and len(first.words) == len(CAFE[0][3].split())
    assert Transcript.objects.get().is_edited
    answer = as_editor.post(url_of("original", row, first), headers=AS_PART)
    assert CAFE[0][3] in answer.text and answer.status_code == 200


def test_it_corrects_by_a_page_of_its_own(as_editor, row):
    first = segments(row)[0]
    page = as_editor.get(url_of("segment", row, first)).text
    assert "<html" in page and first.text in page and "Split" in page
    answer = as_editor.post(url_of("segment", row, first), {"text": "Other words", "was": first.text})
    assert answer.status_code == 303 and answer["Location"].endswith(f"/#s-{first.pk}")


def test_an_empty_text_removes_the_segment_and_undo_brings_it_back(as_editor, row):
    before = state_of(row)
    first = segments(row)[0]
    answer = as_editor.post(url_of("segment", row, first), {"text": "  ", "was": first.text}, headers=AS_PART)
    assert f'data-gone="s-{first.pk} "' in answer.text and len(segments(row)) == len(CAFE) - 1
    assert as_editor.post(url_of("undo", row), headers=AS_PART).status_code == 200
    assert state_of(row) == before and not Transcript.objects.get().is_edited


def test_a_text_that_changed_meanwhile_is_not_written_over(as_editor, row, colleague):
    first = segments(row)[0]
    editing.correct(colleague, row, first.pk, "What the colleague wrote", first.text)
    for headers in ({}, AS_PART):
        answer = as_editor.post(url_of("segment", row, first), {"text": "My words", "was": first.text}, headers=headers)
        assert answer.status_code == 422 and "What the colleague wrote" in answer.text and "My words" in answer.text
    first.refresh_from_db()
    assert first.text == "What the colleague wrote"
    answer = as_editor.post(url_of("segment", row, first), {"text": "My words", "was": first.text})
    assert answer.status_code == 303 and Segment.objects.get(pk=first.pk).text == "My words"


def test_the_same_words_by_two_are_no_conflict(row, editor, colleague):
    first = segments(row)[0]
    for member in (editor, colleague):
        editing.correct(member, row, first.pk, "The same", first.text)
    assert Edit.objects.count() == 1


def test_a_segment_that_a_colleague_removed_is_told(as_editor, row, editor, colleague):
    first, second, *_rest = segments(row)
    editing.join(colleague, row, first.pk)
    with pytest.raises(Gone):
        editing.correct(editor, row, second.pk, "x", second.text)
    assert as_editor.post(url_of("segment", row, second), {"text": "x", "was": "y"}, headers=AS_PART).status_code == 404


# --- Cuts --------------------------------------------------------------------------------------
def test_a_split_takes_the_time_of_the_word(as_editor, row):
    second = segments(row)[1]
    head = "Better than the ones we had before."
    answer = as_editor.post(url_of("split", row, second), {"head": head, "text": second.text, "was": second.text}, headers=AS_PART)
    assert answer.status_code == 200
    first, later = segments(row)[1:3]
    word = second.words[7]
    assert (first.text, later.text) == (head, second.text.removeprefix(head).strip())
    assert later.start == word[1] and first.end == second.words[6][2] and later.end == second.end
    assert [*first.words, *later.words] == second.words and later.words[0] == word
    assert f"{first.heard} {later.heard}" == second.heard and later.speaker == second.speaker


def test_a_split_without_word_times_goes_by_letters(editor, provider):
    row = keep_transcript(editor, provider, [(10.0, 20.0, "", "abcd efgh")], with_words=False)
    (segment,) = segments(row)
    editing.split(editor, row, segment.pk, head="abcd", text=segment.text, was=segment.text)
    first, second = segments(row)
    assert 14 < first.end < 15 and 15 < second.start < 16 and (first.text, second.text) == ("abcd", "efgh")


@pytest.mark.parametrize(("head", "cut"), [("Bett", "Better"), ("Better th", "Better"), ("Better tha", "Better than"), ("", "Better")])
def test_no_word_is_cut(row, editor, head, cut):
    second = segments(row)[1]
    editing.split(editor, row, second.pk, head=head, text=second.text, was=second.text)
    assert segments(row)[1].text == cut or head == "Bett"
    assert segments(row)[1].text.split(" ")[-1] in second.text.split(" ")


def test_a_split_takes_what_was_typed_along(row, editor):
    second = segments(row)[1]
    editing.split(editor, row, second.pk, head="Much better", text="Much better than before. We lost four.", was=second.text)
    first, later = segments(row)[1:3]
    assert (first.text, later.text) == ("Much better", "than before. We lost four.") and first.start < first.end <= later.start
    assert Edit.objects.count() == 1


def test_one_word_is_not_split(as_editor, editor, provider):
    row = keep_transcript(editor, provider, [(0, 1, "", "Yes.")])
    (segment,) = segments(row)
    answer = as_editor.post(url_of("split", row, segment), {"head": "Y", "text": "Yes.", "was": "Yes."}, headers=AS_PART)
    assert answer.status_code == 409 and "between two words" in answer.text


def test_writing_without_blanks_is_cut_between_letters(editor, provider):
    row = keep_transcript(editor, provider, [(0, 8, "", "今日は晴れです。明日は雨です。")], with_words=False)
    (segment,) = segments(row)
    editing.split(editor, row, segment.pk, head="今日は晴れです。", text=segment.text, was=segment.text)
    assert [each.text for each in segments(row)] == ["今日は晴れです。", "明日は雨です。"]
    editing.join(editor, row, segment.pk)
    assert [each.text for each in segments(row)] == ["今日は晴れです。明日は雨です。"]


def test_two_become_one(as_editor, row):
    first, second, *_rest = segments(row)
    answer = as_editor.post(url_of("join", row, first), headers=AS_PART)
    assert f'data-gone="s-{second.pk} "' in answer.text
    one = segments(row)[0]
    assert (one.start, one.end, one.text) == (first.start, second.end, f"{first.text} {second.text}")
    assert one.words == [*first.words, *second.words] and one.speaker == "A" and one.heard == f"{first.heard} {second.heard}"


def test_the_last_one_has_nobody_to_join(as_editor, row):
    answer = as_editor.post(url_of("join", row, segments(row)[-1]), headers=AS_PART)
    assert answer.status_code == 409 and "There is no segment after this one." in answer.text


# --- Speakers ----------------------------------------------------------------------------------
def test_a_name_is_for_all_and_two_of_one_name_are_one(as_editor, row):
    answer = as_editor.post(url_of("speakers", row), {"label.1": "A", "name.1": "Anna", "label.2": "B", "name.2": "Owner"}, headers=AS_PART)
    assert answer.text.count(">Anna</span></span><p") == 2 and "0:08, 21 %" in answer.text
    as_editor.post(url_of("speakers", row), {"label.1": "B", "name.1": "Anna"}, headers=AS_PART)
    page = as_editor.get(url_of("transcript", row)).text
    assert "100 %" in page and "Owner" not in page
    for _time in range(2):
        as_editor.post(url_of("undo", row))
    assert Transcript.objects.get().speakers == {}


def test_another_one_says_this(as_editor, row):
    first = segments(row)[0]
    for posted, speaker in (({"speaker": "B"}, "B"), ({"speaker": "+", "name": "Carla Neumann"}, "Carla Neumann"), ({"speaker": ""}, "")):
        assert as_editor.post(url_of("speaker", row, first), posted, headers=AS_PART).status_code == 200
        first.refresh_from_db()
        assert first.speaker == speaker


# --- Back and forth ----------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(6))
def test_every_chain_of_changes_goes_back_and_forth(row, editor, seed):
    """Any changes in any order: undone one by one each state is the one before, redone it is the one after."""
    chance = random.Random(seed)
    states = [state_of(row)]
    for _step in range(14):
        before = Edit.objects.count()
        one_change(chance, row, editor)
        if Edit.objects.count() > before:
            states.append(state_of(row))
    for _round in range(2):
        for state in reversed(states[:-1]):
            editing.undo(editor, row)
            assert state_of(row) == state
        with pytest.raises(Impossible):
            editing.undo(editor, row)
        assert not Transcript.objects.get().is_edited
        for state in states[1:]:
            editing.redo(editor, row)
            assert state_of(row) == state
    with pytest.raises(Impossible):
        editing.redo(editor, row)


def one_change(chance, row, member):
    here = segments(row)
    one = chance.choice(here)
    words = one.text.split()
    act = chance.choice(("text", "text", "split", "join", "speaker", "names", "original", "remove"))
    if act == "text":
        words[chance.randrange(len(words))] = chance.choice(("kiln", "glaze", "東京", "شاي", "a-b"))
        editing.correct(member, row, one.pk, " ".join(words), one.text)
    elif act == "split" and len(words) > 1:
        editing.split(member, row, one.pk, head=" ".join(words[: chance.randrange(1, len(words))]), text=one.text, was=one.text)
    elif act == "join" and one != here[-1]:
        editing.join(member, row, one.pk)
    elif act == "speaker":
        editing.give_to(member, row, one.pk, chance.choice(("A", "B", "Carla", "")))
    elif act == "names":
        editing.name_speakers(member, row, {chance.choice("AB"): chance.choice(("Anna", "Ben", ""))})
    elif act == "original":
        editing.hear_again(member, row, one.pk)
    elif act == "remove" and len(here) > 2:
        editing.correct(member, row, one.pk, "", one.text)


def test_a_new_change_ends_what_could_be_redone(row, editor):
    first, second, *_rest = segments(row)
    editing.correct(editor, row, first.pk, "One", first.text)
    editing.undo(editor, row)
    editing.correct(editor, row, second.pk, "Two", second.text)
    with pytest.raises(Impossible):
        editing.redo(editor, row)
    assert [edit.number for edit in Edit.objects.all()] == [1]


def test_each_takes_back_his_own_and_nothing_of_others(row, editor, colleague):
    first, second, *_rest = segments(row)
    editing.correct(editor, row, first.pk, "Mine", first.text)
    editing.correct(colleague, row, second.pk, "Theirs", second.text)
    editing.undo(editor, row)
    assert [each.text for each in segments(row)[:2]] == [first.text, "Theirs"]
    editing.redo(editor, row)
    editing.correct(colleague, row, first.pk, "Theirs too", "Mine")
    with pytest.raises(Impossible, match="Somebody has changed this since"):
        editing.undo(editor, row)
    editing.undo(colleague, row)
    editing.undo(editor, row)
    assert segments(row)[0].text == first.text


def test_a_change_that_cannot_be_undone_says_so(as_editor, row, editor, colleague):
    first = segments(row)[0]
    editing.correct(editor, row, first.pk, "Mine", first.text)
    editing.join(colleague, row, first.pk)
    answer = as_editor.post(url_of("undo", row), headers=AS_PART)
    assert answer.status_code == 409 and "Somebody has changed this since" in answer.text
    assert "Somebody has changed this since" in as_editor.post(url_of("undo", row), follow=True).text


def test_a_part_that_was_heard_anew_makes_old_changes_impossible_but_harms_nothing(row, editor):
    first = segments(row)[0]
    editing.correct(editor, row, first.pk, "Mine", first.text)
    row.segments.all().delete()
    with pytest.raises(Impossible):
        editing.undo(editor, row)


# --- Who, and what goes along ------------------------------------------------------------------
def test_a_translation_stays_and_is_told_to_be_older(as_editor, row, editor):
    other = keep_translation(row, editor)
    first, second, *_rest = segments(row)
    editing.correct(editor, row, first.pk, "New words", first.text)
    editing.give_to(editor, row, second.pk, "A")
    page = as_editor.get(url_of("transcript", row), {"in": other.pk}).text
    assert page.count("data-older") == 1 and "de: How did the first set" in page
    editing.undo(editor, row)
    editing.undo(editor, row)
    assert "data-older" not in as_editor.get(url_of("transcript", row), {"in": other.pk}).text


@pytest.mark.parametrize("name", ["segment", "split", "join", "original", "speaker"])
def test_a_viewer_and_another_team_change_nothing(client, row, viewer, other_team, make_member, name):
    first = segments(row)[0]
    before = state_of(row)
    client.force_login(viewer.user)
    assert client.post(url_of(name, row, first), {"text": "x", "was": first.text}).status_code == 403
    client.force_login(make_member(other_team, Role.OWNER).user)
    assert client.post(url_of(name, row, first), {"text": "x", "was": first.text}).status_code == 404
    assert state_of(row) == before


def test_a_segment_of_another_transcript_is_not_found(as_editor, row, editor, provider):
    stranger = segments(keep_transcript(editor, provider))[0]
    assert as_editor.get(url_of("segment", row, stranger)).status_code == 404
    assert as_editor.post(url_of("join", row, stranger)).status_code == 404


def test_it_wants_to_know_what_the_text_was(as_editor, row, editor):
    first = segments(row)[0]
    assert as_editor.post(url_of("segment", row, first), {"text": "x"}).status_code == 422
    with pytest.raises(Outdated):
        editing.split(editor, row, first.pk, head="How", text=first.text, was="Something else")
