"""The check of lines of JSON: by what they are for, told in words, before a file goes anywhere, and again by another rule."""

import json
import pathlib
import re
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from apps.accounts.models import Team
from apps.files import checking
from apps.files.content import write_whole
from apps.files.looking import Watch, check_before_sending
from apps.files.models import Copy, File, Kind, Piece, Remote
from apps.files.purposes import BY_WORD, OFFERED
from apps.files.sentences import MADE, PLAIN, WHATS, sentence_of
from apps.files.tests.brought import look, looked_at
from apps.providers.models import Model, ModelAccess, ModelFact, Provider
from jsonl import CODES
from jsonl.faults import WHATS as KNOWN_WHATS

pytestmark = pytest.mark.django_db


def example(question: str = "Is the bowl oven safe?", answer: str = "Yes, up to 220 °C.") -> bytes:
    said = [("system", "Answer as Harbour Ceramics."), ("user", question), ("assistant", answer)]
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in said]}, ensure_ascii=False).encode()


def request_line(number: int, **body: Any) -> bytes:
    asked = {"model": "plain-1", "messages": [{"role": "user", "content": f"Text {number}"}], **body}
    return json.dumps({"custom_id": f"r-{number}", "method": "POST", "url": "/v1/chat/completions", "body": asked}).encode()


GOOD = b"\n".join(example(f"Question {number}?") for number in range(1, 213)) + b"\n"
BROKEN = b"\n".join(
    b'{"messages": [{"role": "user", "content": "Is the bowl}]}' if number == 18 else example(f"Question {number}?")
    for number in range(1, 31)
)


def check_page(client: Any, file: File, **headers: str) -> str:
    return str(client.get(reverse("files:check", args=[file.pk]), headers=headers).text)


def test_it_says_that_all_is_well(team: Team, as_editor: Any) -> None:
    file = looked_at(team, "replies.jsonl", GOOD, purpose="fine-tune")
    assert (file.kind, file.check_method, file.flaws) == (Kind.JSONL, "chat", 0)
    page = check_page(as_editor, file)
    assert "All 212 examples are valid." in page
    assert "Longest example: about" in page
    assert "No duplicates." in page
    assert "Example 1 of 212" in page
    assert "Wanted answer" in page


def test_it_names_the_line_and_what_is_wrong(team: Team, as_editor: Any) -> None:
    file = looked_at(team, "replies.jsonl", BROKEN, purpose="fine-tune")
    assert file.flaws == 1
    page = check_page(as_editor, file)
    assert "Line 18 is not valid: a quote is missing near “" in page
    assert "bowl" in page
    assert f'href="/files/{file.pk}/preview/?line=18"' in page
    shown = as_editor.get(f"/files/{file.pk}/preview/?line=18", headers={"HX-Request": "true"}).text
    assert "Line 18 of 30" in shown
    assert "As it stands in the file" in shown
    assert "<html" not in shown


def test_it_does_not_send_what_would_be_refused(team: Team, provider: Provider) -> None:
    wish = {"purpose": "fine-tune", "provider": provider, "remote": Remote.WAITING}
    held = looked_at(team, "bad.jsonl", BROKEN, **wish)
    assert held.remote == Remote.NONE
    assert "Line 18 is not valid" in held.sentence
    assert held.sentence.endswith("It was not sent.")
    good = looked_at(team, "good.jsonl", GOOD, **wish)
    assert (good.copy, good.remote, good.sentence) == (Copy.READY, Remote.WAITING, "")
    other = looked_at(team, "bad.jsonl", BROKEN, purpose="user_data", provider=provider, remote=Remote.WAITING)
    assert other.remote == Remote.WAITING
    none = looked_at(team, "photo.jsonl", b"\x89PNG\r\n\x1a\n" + bytes(90), **wish)
    assert (none.remote, none.flaws) == (Remote.NONE, 1)
    assert "no lines of JSON" in none.sentence


@pytest.mark.parametrize(
    ("purpose", "line", "method"),
    [
        ("", example(), "chat"),
        ("", request_line(1), "batch"),
        ("", b'{"a": 1}', ""),
        ("batch", example(), "batch"),
        ("evals", example(), "evals"),
        ("", b'{"item": {"question": "2+2"}}', "evals"),
        ("fine-tune", request_line(1), "chat"),
        ("fine-tune", b'{"input": {"messages": []}, "preferred_output": [], "non_preferred_output": []}', "preference"),
        ("fine-tune", b'{"messages": [{"role": "user", "content": "2+2"}], "answer": "4"}', "reinforcement"),
    ],
)
def test_it_chooses_the_rules_by_purpose_and_by_the_first_lines(team: Team, purpose: str, line: bytes, method: str) -> None:
    assert looked_at(team, "a.jsonl", line + b"\n" + line, purpose=purpose).check_method == method


def test_it_checks_and_shows_rows_of_an_evaluation(team: Team, as_editor: Any) -> None:
    row = b'{"item": {"question": "Is the bowl oven safe?", "wanted": "Yes"}}\n'
    file = looked_at(team, "rows.jsonl", row + row.replace(b"bowl", b"mug"), purpose="evals")
    assert (file.flaws, file.details.get("examples")) == (0, None)
    page = check_page(as_editor, file)
    for words in ("All 2 rows are valid.", "Is the bowl oven safe?", "wanted", "Longest row: about"):
        assert words in page
    assert looked_at(team, "rows.jsonl", row + b'{"question": "2+2"}', purpose="evals").flaws == 1


def test_it_checks_again_by_another_rule(team: Team, as_editor: Any) -> None:
    file = looked_at(team, "a.jsonl", GOOD)
    address = reverse("files:check", args=[file.pk])
    page = as_editor.post(address, {"method": "batch"}, headers={"HX-Request": "true"})
    assert "It is being looked at." in page.text
    assert 'hx-trigger="every 2s"' in page.text
    assert as_editor.post(address, {"method": "preference"}).status_code == 303  # it is being looked at: nothing changes
    after = look(file)
    assert (after.check_method, after.copy, after.kind) == ("batch", Copy.READY, Kind.JSONL)
    assert after.flaws > 0
    fragment = check_page(as_editor, file, **{"HX-Request": "true"})
    assert "every 2s" not in fragment
    assert 'hx-swap-oob="true"' in fragment
    assert as_editor.post(address, {"method": "no such"}).status_code == 303
    assert File.objects.get(pk=file.pk).copy == Copy.READY


def test_it_is_checked_before_it_goes_for_another_purpose(team: Team) -> None:
    file = looked_at(team, "a.jsonl", GOOD)
    file.purpose = "fine-tune"
    assert not check_before_sending(file)
    File.objects.filter(pk=file.pk).update(purpose="batch", remote=Remote.WAITING)
    file = File.objects.get(pk=file.pk)
    assert check_before_sending(file)
    assert File.objects.get(pk=file.pk).copy == Copy.LOOKING
    after = look(file)
    assert (after.check_method, after.remote) == ("batch", Remote.NONE)
    assert not check_before_sending(looked_at(team, "a.txt", b"Cobalt\n", purpose="user_data"))


def test_it_lists_every_kind_of_problem_with_its_lines(team: Team, as_editor: Any) -> None:
    lines = [example("Same?"), example("Same?"), b"[1]", b"", b'{"messages": []}', b'{"messages": [{"role": "<b>", "content": "x"}]}']
    file = looked_at(team, "a.jsonl", b"\n".join([*lines, *[example(str(n)) for n in range(12)]]), purpose="fine-tune")
    page = check_page(as_editor, file)
    assert "The line is a list, and an object in { } is wanted." in page
    assert "“messages” is no list, or an empty one." in page
    assert "1 line is empty." in page
    assert "It is the same as an earlier line." in page
    assert "&lt;b&gt;" in page
    assert "<b>”" not in page
    table = b"".join(as_editor.get(reverse("files:problems", args=[file.pk]))).decode("utf-8-sig").splitlines()
    assert table[0] == "Line,How bad,What is wrong"
    assert '3,error,"The line is a list, and an object in { } is wanted."' in table
    assert any(row.startswith("2,warning,") for row in table)


def test_it_has_a_sentence_for_everything_that_is_found() -> None:
    assert set(CODES) <= set(PLAIN) | set(MADE)
    assert set(KNOWN_WHATS) == set(WHATS)
    values = dict.fromkeys(("at", "name", "found", "wanted", "role", "tool", "id", "now", "near", "what", "column", "line"), "7%")
    values |= dict.fromkeys(("have", "least", "most"), 7)
    for code in CODES:
        told = {**values, "most": 7, "at": 7, "column": 7} if code in MADE else values
        assert len(sentence_of({"code": code, "line": 1, "values": told})) > 10
    assert "new_code" in sentence_of({"code": "new_code", "line": 1, "values": {}})


@pytest.mark.parametrize("purpose", [purpose.word for purpose in OFFERED])
def test_it_says_what_a_purpose_is_for_where_it_is_chosen_and_checked(team: Team, as_editor: Any, purpose: str) -> None:
    told = BY_WORD[purpose]
    assert f'<span data-purpose="{purpose}">{told.text}</span>' in as_editor.get(reverse("files:list")).text
    styles = (settings.BASE_DIR / "static/css/files-look.css").read_text()
    assert f'> [value="{purpose}"]:checked) [data-purpose="{purpose}"]' in styles
    page = check_page(as_editor, looked_at(team, "a.jsonl", GOOD, purpose=purpose))
    assert f"{told.title}: {told.text}" in page
    assert str(told.text) not in check_page(as_editor, looked_at(team, "a.jsonl", GOOD))


def base(team: Team, name: str, **prices: str) -> ModelFact:
    fact: ModelFact = ModelFact.objects.create(team=team, provider_pattern="*", model_pattern=name, prices=prices)
    return fact


def test_it_prices_half_a_batch(team: Team, provider: Provider, as_editor: Any) -> None:
    batch = looked_at(team, "b.jsonl", b"\n".join(request_line(number) for number in range(20)), purpose="batch")
    page = check_page(as_editor, batch)
    assert "price not known" in page
    assert f'href="{reverse("catalog:list")}"' in page
    Model.objects.create(provider=provider, name="plain-1", is_listed=True)
    assert "own server" in check_page(as_editor, batch)
    base(team, "plain-1", input="1000", output="1")
    assert f"about ${batch.check_report['tokens'] * 1000 / 1_000_000 / 2:.2f}" in check_page(as_editor, batch)


def test_it_prices_a_pass_for_the_base_model_that_is_chosen(team: Team, provider: Provider, as_editor: Any) -> None:
    training = looked_at(team, "t.jsonl", GOOD, purpose="fine-tune")
    page = check_page(as_editor, training)
    assert "Base model" not in page
    assert "shown when a provider has a model that can learn from it" in page
    small, large = (Model.objects.create(provider=provider, name=name, is_listed=True) for name in ("a-small", "b-large"))
    page = check_page(as_editor, training)
    assert "Choose one to see the cost" in page
    assert "Cost of one pass" not in page
    base(team, "a-small", input="1", output="2")
    base(team, "b-large", input="1", output="2", training="3000")
    tokens = training.check_report["tokens"]
    told = f"about ${tokens * 3000 / 1_000_000:,.2f}"
    assert told in check_page(as_editor, training)  # the one whose price is known is chosen
    address = reverse("files:check", args=[training.pk])
    part = as_editor.get(f"{address}?base={small.pk}", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert 'id="file-check"' not in part
    assert "price not known" in part
    assert f'href="{reverse("catalog:model", args=[small.pk])}#line-prices"' in part
    assert f'value="{small.pk}" selected' in part
    assert told in as_editor.get(f"{address}?base={large.pk}").text
    for strange in ("x", "\x00", "0" * 5000, str(training.pk)):
        assert told in as_editor.get(address, {"base": strange}).text


def test_it_offers_base_models_that_are_there_for_this_member(team: Team, provider: Provider, as_editor: Any) -> None:
    for name in ("hidden", "kept", "gone", "open"):
        Model.objects.create(provider=provider, name=name, is_listed=name != "gone")
    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern="hidden", is_hidden=True, prices={"training": "1"})
    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern="open", endpoints=["speech"], prices={"training": "0.5"})
    ModelAccess.objects.create(team=team, provider=provider, name="kept", role="owner")
    page = check_page(as_editor, looked_at(team, "t.jsonl", GOOD, purpose="fine-tune"))
    assert re.findall(r"<option value=\"[0-9a-f-]{36}\"[^>]*>([^<]*)<", page) == ["open"]


def test_it_says_when_the_longest_example_does_not_fit_the_base_model(team: Team, provider: Provider, as_editor: Any) -> None:
    model = Model.objects.create(provider=provider, name="a-small", is_listed=True, context_tokens=8)
    training = looked_at(team, "t.jsonl", GOOD, purpose="fine-tune")
    assert training.check_report["longest"]["tokens"] > 8
    address = reverse("files:check", args=[training.pk]) + f"?base={model.pk}"
    assert "it reads 8 tokens at once" in as_editor.get(address).text
    Model.objects.update(context_tokens=8000)
    assert "tokens at once" not in as_editor.get(address).text


def test_it_lets_viewers_read_only(team: Team, client: Any, viewer: Any, other_team: Team, make_member: Any) -> None:
    file = looked_at(team, "a.jsonl", BROKEN)
    client.force_login(viewer.user)
    page = check_page(client, file)
    assert "Line 18" in page
    assert "Check again" not in page
    assert client.post(reverse("files:check", args=[file.pk]), {"method": ""}).status_code == 403
    client.force_login(make_member(other_team).user)
    for name in ("check", "preview", "problems", "edit", "as_examples"):
        assert client.get(reverse(f"files:{name}", args=[file.pk])).status_code == 404


@pytest.mark.skipif(not pathlib.Path("/proc/self/statm").exists(), reason="memory is read as Linux tells it")
def test_it_checks_sixty_thousand_lines_in_constant_memory(team: Team, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.RUN_LEASE, settings.RUN_LEASE_RENEW = 600, 300
    file = File.objects.create(
        team=team, name="big.jsonl", key="big", added_at="2026-01-01T00:00:00Z", copy=Copy.LOOKING, purpose="fine-tune"
    )
    lines = (example(f"Question {number}? " + "Is it oven safe? " * 20) + b"\n" for number in range(60_000))
    pieces = write_whole(file, lines)
    Piece.objects.bulk_create(pieces)
    size = sum(piece.size for piece in pieces)
    File.objects.filter(pk=file.pk).update(pieces=len(pieces), size=size, received=size)
    assert size > 25_000_000
    seen: list[int] = []
    real = Watch.tell

    def measuring(self: Watch, looked: int) -> None:
        seen.append(int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096)
        real(self, looked)

    monkeypatch.setattr(Watch, "tell", measuring)
    after = look(file)
    assert (after.flaws, after.check_report["examples"]) == (0, 60_000)
    assert len(seen) > 20
    assert max(seen) - seen[0] < 24_000_000  # of it 8 MB are what is kept of each line to find doubles


def test_it_knows_what_it_was_checked_for() -> None:
    report = {"errors": 0}
    assert checking.is_checked_for(File(kind=Kind.PICTURE, purpose="vision"))
    assert not checking.is_checked_for(File(kind=Kind.JSONL, purpose="batch"))
    assert checking.is_checked_for(File(kind=Kind.JSONL, purpose="batch", check_method="batch", check_report=report))
    assert not checking.is_checked_for(File(kind=Kind.JSONL, purpose="batch", check_method="chat", check_report=report))
    assert checking.is_checked_for(File(kind=Kind.JSONL, purpose="user_data", check_method="chat", check_report=report))
