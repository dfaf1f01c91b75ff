"""Files that are made of others: repaired, edited, out of a table. The file as it was is never lost, and a double click makes one."""

import json
import re
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import Team
from apps.core.storing import DiskFull
from apps.files import making
from apps.files.models import Copy, File, Remote
from apps.files.tests.brought import content_of, look, looked_at
from apps.files.tests.test_check_lines import BROKEN, GOOD, example
from apps.providers.models import Provider

pytestmark = pytest.mark.django_db
WINDOWS = b"\xef\xbb\xbf" + b"\r\n\r\n".join(example(str(number)) for number in range(12)) + b"\r\n"
PLAIN = b"".join(example(str(number)) + b"\n" for number in range(12))


def address(name: str, file: File) -> str:
    return reverse(f"files:{name}", args=[file.pk])


def alive(team: Team) -> list[File]:
    return list(File.objects.alive().filter(team=team).order_by("added_at"))


def newest(team: Team) -> File:
    return look(alive(team)[-1])


# --- Repairs -------------------------------------------------------------------------------------
def test_it_repairs_a_file_and_checks_it(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "replies.jsonl", WINDOWS, purpose="fine-tune")
    page = as_editor.get(address("check", old)).text
    assert "Repair all" in page
    assert as_editor.post(address("fix", old), {"fix": ["bom", "crlf", "blank"]}).status_code == 303
    new = newest(team)
    assert content_of(new) == PLAIN
    assert (new.name, new.purpose, new.flaws, new.check_report["warnings"]) == ("replies.jsonl", "fine-tune", 0, 0)
    assert [file.pk for file in alive(team)] == [new.pk]
    assert File.objects.get(pk=old.pk).deleted_at is not None
    page = as_editor.get(address("check", new)).text
    assert "took the place" in page
    assert "Repair" not in page


def test_it_makes_one_for_a_double_click(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "replies.jsonl", WINDOWS)
    for _click in range(2):
        as_editor.post(address("fix", old), {"fix": ["bom"]})
    assert File.objects.filter(team=team).count() == 2
    new = newest(team)
    assert as_editor.post(address("fix", old), {"fix": ["bom"]}).url == address("check", new)
    assert File.objects.filter(team=team).count() == 2


def test_it_brings_the_old_one_back_and_repairs_it_again(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "replies.jsonl", WINDOWS)
    as_editor.post(address("fix", old), {"fix": ["bom", "crlf"]})
    new = newest(team)
    assert as_editor.post(address("undo_made", new)).url == address("check", old)
    assert [file.pk for file in alive(team)] == [old.pk]
    assert content_of(old) == WINDOWS
    assert as_editor.post(address("undo_made", new)).url == reverse("files:list")
    as_editor.post(address("fix", old), {"fix": ["bom", "crlf"]})
    assert [file.pk for file in alive(team)] == [new.pk]
    assert alive(team)[0].copy == Copy.READY


def test_it_reads_utf16(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "replies.jsonl", PLAIN.decode().encode("utf-16"), purpose="fine-tune")
    assert "UTF-16" in as_editor.get(address("check", old)).text
    as_editor.post(address("fix", old), {"fix": ["utf16"]})
    assert content_of(newest(team)) == PLAIN


def test_it_sends_what_was_held_back_when_it_is_repaired(team: Team, as_editor: Any, provider: Provider) -> None:
    body = PLAIN.decode().encode("utf-16")
    old = looked_at(team, "a.jsonl", body, purpose="fine-tune", provider=provider, remote=Remote.WAITING, lifetime=3600)
    assert old.remote == Remote.NONE
    as_editor.post(address("fix", old), {"fix": ["utf16"]})
    new = newest(team)
    assert (new.remote, new.provider, new.lifetime) == (Remote.WAITING, provider, 3600)


def test_it_leaves_what_lies_at_a_provider_in_the_list(team: Team, as_editor: Any, provider: Provider) -> None:
    old = looked_at(team, "a.jsonl", WINDOWS, purpose="fine-tune", provider=provider, remote=Remote.THERE, remote_id="file-1")
    as_editor.post(address("fix", old), {"fix": ["bom"]})
    new = newest(team)
    assert {file.pk for file in alive(team)} == {old.pk, new.pk}
    assert new.remote == Remote.NONE


def test_it_says_when_there_is_no_room_for_it(team: Team, as_editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old = looked_at(team, "replies.jsonl", WINDOWS)
    as_editor.post(address("fix", old), {"fix": ["bom"]})
    new = File.objects.get(copy=Copy.LOOKING)

    def full(*_args: Any) -> None:
        raise DiskFull

    monkeypatch.setattr("apps.files.content.stored_piece", full)
    look(new)
    assert [file.pk for file in alive(team)] == [old.pk]
    waiting = as_editor.get(address("check", new), headers={"HX-Request": "true"})
    assert waiting["HX-Redirect"] == address("check", old)
    assert "no room" in as_editor.get(address("check", old)).text


def test_it_goes_on_after_a_kill_in_the_middle(team: Team, as_editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old = looked_at(team, "replies.jsonl", WINDOWS)
    as_editor.post(address("fix", old), {"fix": ["bom", "crlf", "blank"]})
    new = File.objects.get(copy=Copy.LOOKING)
    with monkeypatch.context() as patched:
        patched.setattr(making, "_replace", lambda *_args: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            look(new)
    assert File.objects.get(pk=old.pk).deleted_at is None
    assert content_of(look(new)) == PLAIN
    assert File.objects.get(pk=old.pk).deleted_at is not None


# --- Editing -------------------------------------------------------------------------------------
def test_it_edits_a_line_and_checks_the_file(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "replies.jsonl", BROKEN, purpose="fine-tune")
    page = as_editor.get(address("edit", old) + "?line=18")
    assert 'data-line="18"' in page.text
    mended = BROKEN.replace(b"bowl}]}", b'bowl?"}, {"role": "assistant", "content": "Yes"}]}')
    form = {"text": mended.decode().replace("\n", "\r\n"), "key": "k1"}
    assert as_editor.post(address("edit", old), form).status_code == 303
    new = newest(team)
    assert as_editor.post(address("edit", old), form).url == address("check", new)
    assert File.objects.filter(team=team).count() == 2
    assert content_of(new) == mended
    assert (new.flaws, new.check_method, new.name) == (0, "chat", "replies.jsonl")


def test_it_keeps_line_ends_of_a_table(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "replies.csv", b"a,b\r\n1,2\r\n")
    as_editor.post(address("edit", old), {"text": "a,b\r\n1,3\r\n", "key": "k"})
    assert content_of(newest(team)) == b"a,b\r\n1,3\r\n"


def test_it_changes_nothing_where_nothing_was_changed(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "a.csv", b"a,b\r\n1,2\r\n")
    assert as_editor.post(address("edit", old), {"text": "a,b\r\n1,2\r\n", "key": "k"}).url == address("check", old)
    assert File.objects.filter(team=team).count() == 1


def test_it_tells_that_a_colleague_saved_meanwhile(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "notes.txt", b"Cobalt\n")
    as_editor.post(address("edit", old), {"text": "Cobalt and iron\n", "key": "theirs"})
    theirs = newest(team)
    page = as_editor.post(address("edit", old), {"text": "Mine <b>\n", "key": "mine"})
    assert page.status_code == 409
    assert "This file was saved meanwhile, by a colleague or in another tab." in page.text
    assert "Mine &lt;b&gt;" in page.text
    assert f'action="{address("edit", theirs)}"' in page.text
    assert as_editor.get(address("edit", old)).url == address("edit", theirs)
    as_editor.post(address("edit", theirs), {"text": "Both\n", "key": "both"})
    assert content_of(newest(team)) == b"Both\n"


def test_it_saves_what_was_typed_after_going_back(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "notes.txt", b"Cobalt\n")
    as_editor.post(address("edit", old), {"text": "Iron\n", "key": "k"})
    first = newest(team)
    page = as_editor.post(address("edit", old), {"text": "Iron and tin\n", "key": "k"})
    assert (page.status_code, "Iron and tin" in page.text) == (409, True)
    assert f'action="{address("edit", first)}"' in page.text
    as_editor.post(address("undo_made", first))
    assert as_editor.post(address("edit", old), {"text": "Iron and tin\n", "key": "k"}).status_code == 303
    assert content_of(newest(team)) == b"Iron and tin\n"
    assert len(alive(team)) == 1


def test_it_knows_of_which_files_a_draft_may_be(team: Team, as_editor: Any) -> None:
    old = looked_at(team, "notes.txt", b"1\n")
    as_editor.post(address("edit", old), {"text": "2\n", "key": "k"})
    second = newest(team)
    as_editor.post(address("edit", second), {"text": "3\n", "key": "k"})
    third = newest(team)
    assert f'data-earlier="{second.pk} {old.pk}"' in as_editor.get(address("edit", third)).text
    assert f'data-saved="{second.pk} {old.pk}"' in as_editor.get(address("check", third)).text
    File.objects.filter(pk=old.pk).update(details={"made": {"of": str(third.pk), "what": "edit", "how": {}}})  # a ring
    assert f'data-earlier="{second.pk} {old.pk} {third.pk}"' in as_editor.get(address("edit", third)).text


@pytest.mark.parametrize(
    ("remote", "words"),
    [
        (Remote.NONE, "goes to the bin for 30 days"),
        (Remote.GONE, "goes to the bin for 30 days"),
        (Remote.THERE, "keeps the file as it is, under the same File ID"),
        (Remote.SENDING, "keeps the file as it is, under the same File ID"),
        (Remote.UNCLEAR, "that is not known yet"),
    ],
)
def test_it_says_what_becomes_of_the_file_as_it_was(team: Team, as_editor: Any, provider: Provider, remote: str, words: str) -> None:
    old = looked_at(team, "a.jsonl", WINDOWS, purpose="fine-tune", provider=provider)
    File.objects.filter(pk=old.pk).update(remote=remote, remote_id="file-1")
    assert words in as_editor.get(address("edit", old)).text
    assert words in as_editor.get(address("check", old)).text
    as_editor.post(address("edit", old), {"text": "{}\n", "key": "k"})
    assert (File.objects.get(pk=old.pk).deleted_at is not None) == ("bin" in words)
    assert newest(team).remote == Remote.NONE


def test_it_says_that_what_was_held_back_goes_when_it_is_right(team: Team, as_editor: Any, provider: Provider) -> None:
    old = looked_at(team, "a.jsonl", BROKEN, purpose="fine-tune", provider=provider, remote=Remote.WAITING)
    assert f"The new one goes to {provider} when nothing is wrong with it." in as_editor.get(address("edit", old)).text


def test_it_keeps_what_was_typed_when_it_cannot_be_saved(team: Team, as_editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    old = looked_at(team, "notes.txt", b"Cobalt\n")
    assert as_editor.post(address("edit", old), {"text": " \n", "key": "k"}).status_code == 422
    refused = as_editor.post(address("edit", old), {"text": " \n", "key": "k"}).text
    assert "data-unsaved" in refused
    assert "data-unsaved" not in as_editor.get(address("edit", old)).text
    long = as_editor.post(address("edit", old), {"text": "x" * 1_000_001, "key": "k"})
    assert (long.status_code, "too long" in long.text, "x" * 1000 in long.text) == (422, True, True)

    def full(*_args: Any) -> None:
        raise DiskFull

    monkeypatch.setattr("apps.files.content.stored_piece", full)
    page = as_editor.post(address("edit", old), {"text": "Iron\n", "key": "k"})
    assert (page.status_code, "Iron" in page.text) == (507, True)
    assert [file.pk for file in alive(team)] == [old.pk]


def test_it_edits_no_pictures_and_nothing_large(team: Team, as_editor: Any, client: Any, viewer: Any) -> None:
    picture = looked_at(team, "a.bin", b"\x00\x01\x02" * 50)
    large = looked_at(team, "a.txt", b"Cobalt\n" * 150_000)
    for file in (picture, large):
        page = as_editor.get(address("edit", file))
        assert page.status_code == 409
        assert "<textarea" not in page.text
    client.force_login(viewer.user)
    assert client.get(address("edit", large)).status_code == 403


# --- Tables --------------------------------------------------------------------------------------
CSV = 'Question;Answer;Note\r\nIs the “bowl” oven safe?;Yes.;x\r\nAnd the plate?;"No;\nnever";\r\n;;\r\nNo answer?;;y\r\n'


def test_it_shows_the_first_lines_before_it_makes_any(team: Team, as_editor: Any) -> None:
    table = looked_at(team, "replies.csv", CSV.encode())
    page = as_editor.get(address("as_examples", table)).text
    assert "Is the “bowl” oven safe?" in page
    assert "Wanted answer" in page
    assert "Make “replies.jsonl”" in page
    part = as_editor.get(
        address("as_examples", table) + "?method=chat&column-question=3&column-answer=1&has_header=1", headers={"HX-Request": "true"}
    )
    assert "<html" not in part.text
    said = re.findall(r'class="c-k">([^<]*)</p><p[^>]*>([^<]*)<', part.text)
    assert said == [("Person", "x"), ("Wanted answer", "Is the “bowl” oven safe?"), ("Person", "y"), ("Wanted answer", "No answer?")]
    assert File.objects.count() == 1


def test_it_makes_examples_of_all_rows(team: Team, as_editor: Any) -> None:
    table = looked_at(team, "replies.csv", CSV.encode())
    form = {"method": "chat", "column-question": "1", "column-answer": "2", "has_header": "1", "instructions": "Be brief.", "key": "k"}
    for _click in range(2):
        assert as_editor.post(address("as_examples", table), form).status_code == 303
    new = newest(team)
    lines = [json.loads(line) for line in content_of(new).splitlines()]
    said = [[message["content"] for message in line["messages"]] for line in lines]
    assert said == [["Be brief.", "Is the “bowl” oven safe?", "Yes."], ["Be brief.", "And the plate?", "No;\nnever"]]
    assert (new.name, new.purpose, new.check_method) == ("replies.jsonl", "fine-tune", "chat")
    assert new.check_report["counts"] == {"few": 1}
    assert {file.pk for file in alive(team)} == {table.pk, new.pk}


@pytest.mark.parametrize("endpoint", ["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/completions", "/v1/moderations"])
def test_it_makes_a_batch_that_is_valid(team: Team, as_editor: Any, endpoint: str) -> None:
    table = looked_at(team, "texts.csv", b"id,text\na-1,Bowl\n,Plate\n")
    form = {
        "method": "batch",
        "column-question": "2",
        "column-custom_id": "1",
        "column-instructions": "0",
        "endpoint": endpoint,
        "model": "plain-1",
    }
    assert (
        as_editor.post(address("as_examples", table), {**form, "has_header": "1", "instructions": "Describe it.", "key": "k"}).status_code
        == 303
    )
    new = newest(team)
    assert (new.check_method, new.flaws, new.check_report["warnings"]) == ("batch", 0, 0)
    assert [json.loads(line)["custom_id"] for line in content_of(new).splitlines()] == ["a-1", "row-3"]


def test_it_makes_pairs_that_are_valid(team: Team, as_editor: Any) -> None:
    rows = "".join(f"Q{number},good {number},bad {number}\n" for number in range(12))
    table = looked_at(team, "pairs.csv", ("prompt,chosen,rejected\n" + rows).encode())
    page = as_editor.get(address("as_examples", table) + "?method=preference").text
    assert "Preferred answer" in page
    form = {"method": "preference", "column-question": "1", "column-preferred": "2", "column-other": "3", "has_header": "1", "key": "k"}
    as_editor.post(address("as_examples", table), form)
    assert (newest(team).flaws, newest(team).check_report["warnings"]) == (0, 0)


def test_it_asks_for_the_columns_that_are_missing(team: Team, as_editor: Any) -> None:
    table = looked_at(team, "replies.csv", CSV.encode())
    page = as_editor.post(address("as_examples", table), {"method": "chat", "column-question": "1", "column-answer": "0", "key": "k"})
    assert (page.status_code, "Choose the column that holds it." in page.text) == (422, True)
    page = as_editor.post(address("as_examples", table), {"method": "chat", "column-question": "1", "column-answer": "1", "key": "k"})
    assert (page.status_code, "chosen twice" in page.text) == (422, True)
    page = as_editor.post(address("as_examples", table), {"method": "batch", "column-question": "1", "key": "k"})
    assert (page.status_code, "Type the name of the model" in page.text) == (422, True)
    assert as_editor.post(address("as_examples", table), {"column-question": "9" * 5000}).status_code == 422
    assert File.objects.count() == 1


def test_it_says_which_row_of_a_table_is_wrong(team: Team, as_editor: Any) -> None:
    body = "q,a\n" + "Is it?,Yes\n" * 30_000 + '"open,Yes\n'
    table = looked_at(team, "replies.csv", body.encode())
    as_editor.post(
        address("as_examples", table), {"method": "chat", "column-question": "1", "column-answer": "2", "has_header": "1", "key": "k"}
    )
    look(File.objects.get(copy=Copy.LOOKING))
    assert [file.pk for file in alive(team)] == [table.pk]
    assert "Row 30,002 opens a quote that is never closed." in as_editor.get(address("check", table)).text


def test_it_makes_lines_of_tables_only(team: Team, as_editor: Any) -> None:
    page = as_editor.get(address("as_examples", looked_at(team, "a.jsonl", GOOD)))
    assert (page.status_code, "Only a table can be made into lines of JSON." in page.text) == (409, True)
    form = {"method": "chat", "column-question": "1", "column-answer": "2", "key": "k"}
    assert as_editor.post(address("as_examples", File.objects.get()), form).status_code == 409
    assert File.objects.count() == 1
