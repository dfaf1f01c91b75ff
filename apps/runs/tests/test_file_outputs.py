"""Files of a call whose operation only passes them on: looked at, filed and shown by the app that keeps that kind."""

import pytest

from apps.accounts.models import Team
from apps.runs import keepers, registry
from apps.runs.erasure import erase
from apps.runs.explanations import explain
from apps.runs.keepers import Keeper, Shown, brought_by, looked_at, show_with
from apps.runs.models import Run, RunFile
from apps.runs.operations import BadAnswer, OutputFile, Result

pytestmark = pytest.mark.django_db(transaction=True)


class Shelf(Keeper):
    """Keeps whatever begins with "pot", as teams: any row will do."""

    kind = "pot"

    def look(self, output, folder, number):
        if not output.read().startswith(b"pot"):
            raise BadAnswer("This is no pot.")
        path = folder / str(number)
        path.write_bytes(output.read() + b" on a shelf")
        return OutputFile(f"pot-{number}.txt", "text/plain", path=path, details={"pots": 1})

    def row_of(self, run, row, output):
        return Team(name=str(row.pk)) if output.details.get("pots") else None

    def shown(self, rows):
        found = set(Team.objects.filter(deleted_at=None).values_list("name", flat=True))
        return {row.pk: Shown(f"/pots/{row.position}/", "/pots/small/", "A pot", 3, 2) for row in rows if str(row.pk) in found}


@pytest.fixture(autouse=True)
def shelf(monkeypatch):
    monkeypatch.setitem(keepers._keepers, "pot", Shelf())


@pytest.fixture
def bring(carry_out, monkeypatch):
    """A call that brings files beside its text."""

    def bring(*bodies, model="steady-tokens3"):
        operation = registry.get("chat.reply")
        real = operation.finish

        def finish(state):
            result = real(state)
            result.files = [OutputFile(f"file-{number}", "application/octet-stream", body) for number, body in enumerate(bodies)]
            return result

        monkeypatch.setattr(operation, "finish", finish)
        monkeypatch.setattr(operation, "refine", lambda result, params, files: looked_at(result, "pot"))
        return carry_out(model)

    return bring


def test_it_is_kept_as_its_keeper_wants_it(bring):
    run = bring(b"pot one", b"pot two")
    assert [(row.name, row.file.read(), row.is_claimed) for row in run.files.all()] == [
        ("pot-0.txt", b"pot one on a shelf", True),
        ("pot-1.txt", b"pot two on a shelf", True),
    ]
    assert Team.objects.count() == 1 + 2 and run.notices == []


def test_what_its_keeper_refuses_is_said_in_a_sentence(bring):
    run = bring(b"pan", b"pot", b"pan")
    assert (run.status, run.files.count()) == ("completed", 1)
    assert run.notices == ["2 pictures of this answer cannot be shown."]


def test_nothing_left_of_an_answer_is_no_answer(bring):
    run = bring(b"pan", model="empty")
    assert (run.status, run.error_kind, run.files.count()) == ("failed", "bad_answer", 0)


def test_without_a_keeper_nothing_is_kept_unseen():
    result = looked_at(Result(text="So", files=[OutputFile("a", "image/png", b"x")]), "no such kind")
    assert (list(result.files), len(result.notices)) == ([], 1)


def test_it_is_shown_and_missed_where_its_keeper_says_so(bring, django_assert_num_queries):
    run = bring(b"pot one", b"pot two")
    assert [shown.url for shown in brought_by(run).shown] == ["/pots/0/", "/pots/1/"]
    Team.objects.filter(name=str(run.files.first().pk)).delete()
    fresh = Run.objects.get(pk=run.pk)
    with django_assert_num_queries(3):  # the files, the rows of the shelf, and those of pictures
        show_with([fresh])
    assert [shown.url for shown in brought_by(fresh).shown] == ["/pots/1/"] and brought_by(fresh).gone == 1


def test_files_without_a_word_are_an_answer_and_stay_when_its_words_go(bring):
    run = bring(b"pot", model="empty")
    assert (run.status, run.text, explain(run)) == ("completed", "", None)
    assert erase(Run.objects.filter(pk=run.pk), 10) == 1
    run = Run.objects.get(pk=run.pk)
    assert run.erased_at and explain(run) is None
    assert RunFile.objects.get().file.read() == b"pot on a shelf"
