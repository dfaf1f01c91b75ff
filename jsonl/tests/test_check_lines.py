"""Each line is judged as the service would judge it."""

import io
import json
import re
import time

import pytest

import jsonl
from jsonl import tuning
from jsonl.checking import LARGEST, METHODS
from jsonl.problems import ERRORS
from jsonl.tests.cases import ASK, CALL, CALLING, CHAT, GRADED, PAIRS, PICTURE, REQUESTS, ROWS, SAY, TOOL, chat, pair, request, seen

EVERY = [
    *(("chat", *case) for case in CHAT),
    *(("preference", *case) for case in PAIRS),
    *(("reinforcement", *case) for case in GRADED),
    *(("batch", *case) for case in REQUESTS),
    *(("evals", *case) for case in ROWS),
]
# What no line alone can have: these have tests of their own below, and in test_survive_files.
OF_FILES = {
    *(
        "empty",
        "utf16",
        "few",
        "many_lines",
        "large",
        "many_inputs",
        "many_images",
        "long_line",
        "utf8",
        "id_twice",
        "url_other",
        "model_other",
    ),
    *("bom", "crlf", "blank", "same_example", "not_compared"),
}


def codes_of(report: jsonl.Report) -> list[str]:
    return sorted(problem.code for problem in report.problems if problem.code != "few")


def checked(body: str | bytes, method: str = "chat", **more: object) -> jsonl.Report:
    return jsonl.check(io.BytesIO(body if isinstance(body, bytes) else body.encode()), method, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "what", "line", "codes"), EVERY, ids=[f"{case[0]}: {case[1]}" for case in EVERY])
def test_it_finds_what_is_wrong_with_a_line(method: str, what: str, line: str, codes: list[str]) -> None:
    report = checked(line + "\n", method)
    assert codes_of(report) == sorted(codes), what
    assert all(problem.line == 1 for problem in report.problems if problem.code != "few")
    assert all(code in jsonl.CODES for code in report.counts)
    json.dumps(report.as_dict())
    for problem in report.problems:  # whoever writes the sentences puts these values in
        named = set(re.findall(r"`(\w+)`", jsonl.CODES[problem.code])) - {"custom_id"}
        assert named == problem.values.keys(), problem.code


def test_it_has_good_and_bad_lines_for_everything() -> None:
    """A case whose name is there twice, or a rule that no case breaks, would be looked at by nobody."""
    assert len({(method, what) for method, what, _line, _codes in EVERY}) == len(EVERY) >= 200
    for method in METHODS.keys() - {""}:
        good, bad = ([case for case in EVERY if case[0] == method and bool(case[3]) is is_bad] for is_bad in (False, True))
        assert len(good) >= 4 and len(bad) >= 6, method
    for endpoint in jsonl.ENDPOINTS:
        of_it = [case for case in EVERY if case[0] == "batch" and f'"url": "{endpoint}"' in case[2]]
        assert {bool(case[3]) for case in of_it} == {True, False}, endpoint
    assert {code for case in EVERY for code in case[3]} == jsonl.CODES.keys() - OF_FILES


@pytest.mark.parametrize(
    ("line", "what", "near"),
    [
        ('{"messages": [{"role": "user", "content": "the bowl}]}', "quote", "the bowl"),
        ('{"a": 1 "b": 2}', "comma", '"b"'),
        ('{"a": 1,}', "name", "}"),
        ("{'a': 1}", "name", "'a'"),
        ('{"a" 1}', "colon", "1"),
        ('{"a": bowl}', "value", "bowl"),
        ('{"a": 1} x', "extra", "x"),
        ('{"a": "b\tc"}', "control", "b c"),
        ('{"a": "\\q"}', "escape", "\\q"),
        ('{"a": Infinity}', "number", "Infinity"),
        ('{"a": [1, 2', "end", "[1, 2"),
        ("[" * 100_000, "deep", "[[["),
        ('{"a": ' + "9" * 5_000 + "}", "size", "999"),
        ('{"a": ' + "9" * 400 + "}", "size", "999"),
        ('{"a": "1e999", "b": -12e999}', "size", "e999"),
    ],
)
def test_it_says_where_a_line_stops_being_json(line: str, what: str, near: str) -> None:
    [problem] = [each for each in checked(line).problems if each.code != "few"]
    assert (problem.code, problem.values["what"]) == ("json", what)
    assert near in problem.values["near"]
    assert len(problem.values["near"]) <= 50


def test_it_names_the_byte_that_is_no_utf8() -> None:
    [problem] = [each for each in checked(b'{"messages": "caf\xe9"}').problems if each.code != "few"]
    assert (problem.code, problem.values["column"]) == ("utf8", 18)


def test_it_wants_ten_examples() -> None:
    report = checked("\n".join(chat({**ASK, "content": f"{n}?"}, SAY) for n in range(9)))
    assert dict(report.problems[-1].values) == {"have": 9, "least": 10}
    report = checked("\n".join(chat({**ASK, "content": f"{n}?"}, SAY) for n in range(10)))
    assert (report.is_ready, report.examples, report.problems) == (True, 10, [])


def test_it_tells_marks_line_ends_and_empty_lines() -> None:
    body = "\ufeff" + chat(ASK, SAY) + "\r\n\r\n  \n" + chat(SAY, SAY) + "\r\n"
    report = checked(body)
    assert report.fixes == ["bom", "crlf", "blank"]
    assert report.counts["blank"] == 1
    found = {problem.code: problem.values.get("have") for problem in report.problems}
    assert (found["crlf"], found["blank"], report.examples, report.lines) == (3, 2, 2, 4)


def test_it_reads_behind_two_marks() -> None:
    assert checked("\ufeff\ufeff" + chat(ASK, SAY)).counts == {"bom": 1, "few": 1}


def test_it_tells_another_encoding_at_once() -> None:
    report = checked(chat(ASK, SAY).encode("utf-16"))
    assert (codes_of(report), report.fixes, report.is_ready) == (["utf16"], ["utf16"], False)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_it_tells_another_encoding_without_a_mark(encoding: str) -> None:
    assert codes_of(checked(chat(ASK, SAY).encode(encoding))) == ["utf16"]


def test_it_finds_examples_that_are_written_in_another_way() -> None:
    spaced = json.dumps(json.loads(chat(ASK, SAY)), separators=(" , ", " : "), ensure_ascii=True)
    report = checked("\n".join([chat(ASK, SAY), spaced]))
    assert [(problem.code, problem.line) for problem in report.problems[:1]] == [("same_example", 2)]


def test_many_names_take_no_time() -> None:
    names = ", ".join(f'"n{number}": 1' for number in range(100_000))
    began = time.process_time()
    report = checked("{" + names + ', "n5": 2}', "")
    assert [dict(problem.values) for problem in report.problems] == [{"name": "n5"}]
    assert time.process_time() - began < 5


def test_it_reads_calls_and_tools_too() -> None:
    report = checked(chat(ASK, CALLING, tools=[TOOL]))
    texts = [ASK["content"], "stock", CALL["function"]["arguments"], json.dumps([TOOL], separators=(",", ":"))]
    assert (report.characters, report.tokens) == (sum(map(len, texts)),) * 2


def test_it_wants_the_endpoint_that_was_chosen() -> None:
    report = checked(request("a"), "batch", endpoint="/v1/responses")
    [problem] = report.problems
    assert (problem.code, dict(problem.values)) == ("url_other", {"found": "/v1/chat/completions", "wanted": "/v1/responses"})


def test_it_keeps_little_of_long_names() -> None:
    report = checked(request(messages=[ASK], model="m" * 100_000), "batch")
    assert report.models == {"m" * 200: 1}


def test_it_finds_lines_that_stand_twice() -> None:
    report = checked("\n".join([chat(ASK, SAY), chat(SAY, SAY), chat(ASK, SAY)]))
    assert [(problem.code, problem.line) for problem in report.problems[:1]] == [("same_example", 3)]


@pytest.mark.parametrize("body", ["", "\n\n", "  \n"])
def test_it_says_that_there_is_nothing(body: str) -> None:
    assert "empty" in codes_of(checked(body))


def test_it_counts_tokens_and_finds_the_longest() -> None:
    lines = [chat({**ASK, "content": "x" * n}, SAY) for n in (10, 500, 20)]
    report = checked("\n".join(lines), count=lambda text: len(text) // 4)
    assert report.longest == jsonl.Longest(2, 129)
    assert report.tokens == 2 + 125 + 5 + 3 * 4


def test_it_finds_an_id_that_was_used_before() -> None:
    report = checked("\n".join([request("a"), request("b"), request("a")]), "batch")
    assert [(problem.code, problem.line, problem.values["id"]) for problem in report.problems] == [("id_twice", 3, "a")]


def test_it_wants_one_address_and_one_model_in_a_batch() -> None:
    other = request("c", messages=[ASK], model="m-2")
    report = checked("\n".join([request("a"), request("b", url="/v1/responses", input="x"), other]), "batch")
    assert [(problem.code, problem.line) for problem in report.problems] == [("url_other", 2), ("model_other", 3)]
    assert (report.models, report.urls) == ({"m-1": 2, "m-2": 1}, {"/v1/chat/completions": 2, "/v1/responses": 1})


def test_it_wants_no_more_lines_and_texts_than_a_batch_takes() -> None:
    lines = "\n".join(request(f"row-{n}", url="/v1/embeddings", input=["a", "b"]) for n in range(50_001))
    found = {problem.code: problem.values["have"] for problem in checked(lines, "batch").problems}
    assert found == {"many_lines": 50_001, "many_inputs": 100_002}


def test_it_keeps_a_bounded_number_of_problems_and_counts_all() -> None:
    report = checked("\n".join("{" for _ in range(5_000)))
    assert (len([each for each in report.problems if each.code == "json"]), report.counts["json"], report.broken) == (100, 5_000, 5_000)


@pytest.mark.parametrize(
    ("line", "method"),
    [
        (chat(ASK, SAY), "chat"),
        (chat(ASK, CALLING, tools=[TOOL]), "chat"),
        (chat(ASK), "chat"),
        (chat(), "chat"),
        (pair(), "preference"),
        (json.dumps({"input": {}, "preferred_completion": []}), "preference"),
        (chat(ASK, reference="1"), "reinforcement"),
        (request(), "batch"),
        (json.dumps({"custom_id": "a", "response": {}}), ""),
        (json.dumps({"item": {}}), "evals"),
        (json.dumps({"item": {}, "price": 1}), ""),
        (json.dumps({"messages": "hello"}), ""),
        ("[]", ""),
        ("7", ""),
    ],
)
def test_it_knows_what_a_line_is_for(line: str, method: str) -> None:
    assert jsonl.method_of(json.loads(line)) == method


@pytest.mark.parametrize(("method", "limit"), [("chat", 512), ("preference", 512), ("reinforcement", 512), ("batch", 200)])
def test_it_wants_no_more_bytes_than_are_taken(method: str, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LARGEST[method] == limit * 1024 * 1024
    line = request() + "\n"
    monkeypatch.setitem(LARGEST, method, len(line))
    assert "large" not in checked(line, method).counts
    [problem] = [each for each in checked(line + "\n", method).problems if each.code == "large"]
    assert (problem.line, dict(problem.values)) == (0, {"have": len(line) + 1, "most": len(line)})


def test_it_wants_no_more_examples_with_pictures_than_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tuning.MOST_IMAGE_EXAMPLES == 50_000
    monkeypatch.setattr(tuning, "MOST_IMAGE_EXAMPLES", 12)
    lines = [chat(seen({"type": "text", "text": f"{number}?"}, PICTURE), SAY) for number in range(13)]
    assert checked("\n".join([*lines[:12], chat(ASK, SAY)])).counts == {}
    assert checked("\n".join(lines)).counts == {"many_images": 1}


def test_it_counts_lines_that_are_broken_and_not_their_faults() -> None:
    three = chat({"role": "bot"}, {"role": "bot"}, {"role": "bot"})
    report = checked("\n".join([three, chat(ASK, SAY), "{"]))
    assert (report.counts["role"], report.counts["json"], report.broken, report.examples, report.errors) == (3, 1, 2, 2, 6)
    assert (len(report.problems), {problem.code for problem in report.problems} <= set(ERRORS)) == (6, True)
    assert not report.is_ready


def test_a_warning_holds_nothing_up() -> None:
    report = checked("\n".join(chat({**ASK, "content": f"{n}?"}, SAY, source="shop") for n in range(10)))
    assert (report.warnings, report.errors, report.is_ready) == (10, 0, True)
    assert {problem.code for problem in report.problems} == {"key"}
