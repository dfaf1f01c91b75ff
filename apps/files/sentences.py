"""What a check found, in words: each code of `jsonl` with its values becomes a sentence that says what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.templatetags.core import count
from apps.files.checking import NOT_LINES, TUNING, is_error

Values = Mapping[str, Any]
FIXES: Final = {
    "utf16": gettext_lazy("The letters become UTF-8."),
    "bom": gettext_lazy("The invisible mark at the beginning goes."),
    "crlf": gettext_lazy("Line ends of Windows become plain ones."),
    "blank": gettext_lazy("Empty lines go."),
}
ROLES: Final = {
    "system": gettext_lazy("instructions"),
    "developer": gettext_lazy("instructions"),
    "user": gettext_lazy("the person"),
    "assistant": gettext_lazy("the assistant"),
    "tool": gettext_lazy("a tool"),
    "function": gettext_lazy("a tool"),
}
WHATS: Final = {
    "quote": gettext_lazy("a quote is missing near “%(near)s”"),
    "comma": gettext_lazy("a comma is missing near “%(near)s”"),
    "name": gettext_lazy("a name without double quotes, or a comma too many, near “%(near)s”"),
    "colon": gettext_lazy("a colon is missing near “%(near)s”"),
    "value": gettext_lazy("a value is missing or is no JSON near “%(near)s”"),
    "extra": gettext_lazy("something stands behind its end near “%(near)s”"),
    "control": gettext_lazy("a line break or a tab stands inside a text near “%(near)s”"),
    "escape": gettext_lazy("a backslash is followed by a wrong letter near “%(near)s”"),
    "number": gettext_lazy("“%(near)s” is no number of JSON"),
    "end": gettext_lazy("it stops in the middle, near “%(near)s”"),
    "deep": gettext_lazy("too many brackets stand in each other"),
    "size": gettext_lazy("a number in it is too large"),
}
# Sentences that only have values put into them. What depends on a number or a size is a function below.
PLAIN: Final = {
    NOT_LINES: gettext_lazy("The file has no lines of JSON. Choose another file, or another purpose."),
    "empty": gettext_lazy("There is no line with anything in it."),
    "utf16": gettext_lazy("The file is written in UTF-16, and UTF-8 is wanted."),
    "utf8": gettext_lazy("A letter is not written in UTF-8, at byte %(column)s near “%(near)s”."),
    "not_object": gettext_lazy("The line is a %(found)s, and an object in { } is wanted."),
    "surrogate": gettext_lazy("Half of a letter stands in it, as \\ud800. Write the letter itself."),
    "missing": gettext_lazy("“%(name)s” is missing."),
    "no_list": gettext_lazy("“%(name)s” is no list, or an empty one."),
    "no_text": gettext_lazy("“%(name)s” is no text, or an empty one."),
    "no_object": gettext_lazy("“%(name)s” is no object in { }."),
    "no_flag": gettext_lazy("“%(name)s” is neither true nor false."),
    "message": gettext_lazy("Message %(at)s is no object in { }."),
    "role": gettext_lazy("Message %(at)s has the role “%(role)s”, which does not exist."),
    "no_content": gettext_lazy("Message %(at)s says nothing."),
    "content": gettext_lazy("The content of message %(at)s is neither a text nor a list of parts."),
    "part": gettext_lazy("Message %(at)s has a part of the type “%(found)s”, which its role cannot say."),
    "image_role": gettext_lazy("Message %(at)s has a picture, and only the user may show one."),
    "image_address": gettext_lazy("The picture of message %(at)s has no address that can be used."),
    "image_kind": gettext_lazy("The picture of message %(at)s is of the kind “%(found)s”. JPEG, PNG and WebP are taken."),
    "line_images": gettext_lazy("It has %(have)s pictures, and %(most)s are the most for one example."),
    "weight": gettext_lazy("Message %(at)s has the weight %(found)s. 0 or 1 is taken."),
    "weight_role": gettext_lazy("Message %(at)s has a weight, which only answers have."),
    "no_assistant": gettext_lazy("Nobody answers: there is no message of the assistant."),
    "last_assistant": gettext_lazy("The last message is not an answer of the assistant, but of %(role)s."),
    "nothing_learnt": gettext_lazy("Every answer has the weight 0, so nothing is learned from it."),
    "call": gettext_lazy("A call of a tool in message %(at)s is not complete: “%(name)s” is missing or wrong."),
    "call_json": gettext_lazy("Message %(at)s calls “%(tool)s” with arguments that are no JSON object."),
    "call_open": gettext_lazy("The call “%(id)s” of message %(at)s gets no answer before somebody else speaks."),
    "call_unknown": gettext_lazy("Message %(at)s answers the call “%(id)s”, which nobody made."),
    "tool": gettext_lazy("Tool %(at)s is not complete: “%(name)s” is missing or wrong."),
    "tool_name": gettext_lazy("Tool %(at)s is called “%(found)s”. Letters, digits, _ and - are taken, 64 at most."),
    "tool_twice": gettext_lazy("Two tools are called “%(name)s”."),
    "one_answer": gettext_lazy("“%(name)s” has %(have)s messages of the assistant, and exactly one is wanted."),
    "same_answers": gettext_lazy("The better and the worse answer are the same."),
    "last_user": gettext_lazy("The last message before the answers is not the user’s, but of %(role)s."),
    "old_names": gettext_lazy("“%(name)s” is an old name. Write “%(now)s”."),
    "id": gettext_lazy("“custom_id” is missing or empty."),
    "id_twice": gettext_lazy("The custom_id “%(id)s” was used before."),
    "method": gettext_lazy("The method is “%(found)s”, and POST is wanted."),
    "url": gettext_lazy("The address “%(found)s” takes no batch."),
    "url_version": gettext_lazy("The address “%(found)s” lacks its beginning. Write “%(wanted)s”."),
    "url_other": gettext_lazy("The address is “%(found)s”, and the lines before have “%(wanted)s”. One file takes one."),
    "model_other": gettext_lazy("The model is “%(found)s”, and the lines before have “%(wanted)s”. One file takes one."),
    "stream": gettext_lazy("It asks for a stream, which a batch does not give. Take “stream” out."),
    "inputs": gettext_lazy("The input is neither a text nor a list of texts."),
    "picture": gettext_lazy("A picture that is to be edited has neither an address nor the id of a file."),
    "bom": gettext_lazy("The file begins with an invisible mark (BOM)."),
    "same_example": gettext_lazy("It is the same as an earlier line."),
    "key": gettext_lazy("“%(name)s” is not known there, and may be refused."),
    "key_twice": gettext_lazy("“%(name)s” stands twice in one object. The last one counts."),
    "nul": gettext_lazy("A text has the letter NUL in it."),
    "blank_answer": gettext_lazy("Message %(at)s, an answer, is empty."),
    "tool_unknown": gettext_lazy("Message %(at)s calls “%(tool)s”, which is not among the tools."),
    "function_role": gettext_lazy("Message %(at)s has the role “function”, which was replaced by tools."),
    "last_not_user": gettext_lazy("The last message is not the user’s, but of %(role)s."),
    "not_compared": gettext_lazy("From line %(line)s on nobody looked for doubles: there are too many lines."),
}


def _few(values: Values) -> str:
    have = int(values["have"])
    words = ngettext("There is %(have)s example, and %(least)s are needed.", "There are %(have)s examples, and %(least)s are needed.", have)
    return words % {"have": count(have), "least": count(values["least"])}


def _blank(values: Values) -> str:
    return ngettext("%(have)s line is empty.", "%(have)s lines are empty.", int(values["have"])) % {"have": count(values["have"])}


def _crlf(values: Values) -> str:
    words = ngettext("%(have)s line ends as on Windows.", "%(have)s lines end as on Windows.", int(values["have"]))
    return words % {"have": count(values["have"])}


def _large(values: Values) -> str:
    words = _("The file has %(have)s, and %(most)s are taken. Cut it into parts.")
    return words % {"have": filesizeformat(values["have"]), "most": filesizeformat(values["most"])}


def _many_lines(values: Values) -> str:
    return _("There are %(have)s requests, and %(most)s are taken in one file. Cut it into parts.") % _counted(values)


def _many_inputs(values: Values) -> str:
    return _("There are %(have)s texts in all requests, and %(most)s are taken in one file.") % _counted(values)


def _many_images(values: Values) -> str:
    return _("There are %(have)s examples with pictures, and %(most)s are taken.") % _counted(values)


def _long_text(values: Values) -> str:
    return _("“%(name)s” has %(have)s letters, and %(most)s are taken.") % ({"name": values["name"]} | _counted(values))


def _many_entries(values: Values) -> str:
    return _("“%(name)s” has %(have)s entries, and %(most)s are taken.") % ({"name": values["name"]} | _counted(values))


def _image_size(values: Values) -> str:
    told = {"at": values["at"], "have": filesizeformat(values["have"]), "most": filesizeformat(values["most"])}
    return _("The picture of message %(at)s has %(have)s, and %(most)s are taken.") % told


def _long_line(values: Values) -> str:
    return _("The line is longer than %(most)s, and was not read.") % {"most": filesizeformat(values["most"])}


def _json(values: Values) -> str:
    return _("It is no JSON: %(what)s.") % {"what": _what(values)}


def _what(values: Values) -> str:
    return str(WHATS.get(str(values.get("what")), WHATS["value"])) % {"near": values.get("near", "")}


def _counted(values: Values) -> dict[str, str]:
    return {name: count(values[name]) for name in ("have", "most")}


MADE: Final[Mapping[str, Callable[[Values], str]]] = {
    "few": _few,
    "blank": _blank,
    "crlf": _crlf,
    "large": _large,
    "many_lines": _many_lines,
    "many_inputs": _many_inputs,
    "many_images": _many_images,
    "image_size": _image_size,
    "long_text": _long_text,
    "many_entries": _many_entries,
    "long_line": _long_line,
    "json": _json,
}


def sentence_of(problem: Mapping[str, Any]) -> str:
    """Without its line. `problem`: {"code", "line", "values"}."""
    code, values = str(problem["code"]), dict(problem.get("values", {}))
    if code in MADE:
        return MADE[code](values)
    if "role" in values and code != "role":
        values["role"] = str(ROLES.get(str(values["role"]), values["role"]))
    return str(PLAIN[code]) % values if code in PLAIN else _("Something is wrong: %(code)s.") % {"code": code}


# --- All of it in a few words --------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Result:
    """`level`: "ok", "warn" or "bad". `line`: the first one that is wrong, 0 for none."""

    level: str
    words: str
    line: int = 0


def result_of(report: Mapping[str, Any]) -> Result:
    if not report.get("errors"):
        return Result("warn" if report.get("warnings") else "ok", " ".join(_all_is_well(report)))
    problems = [problem for problem in report.get("problems", []) if is_error(problem["code"])]
    first = min(problems, key=lambda problem: problem["line"] or float("inf"))
    if not first["line"]:
        return Result("bad", " ".join(sentence_of(problem) for problem in problems[:2]))
    return Result("bad", " ".join((_first_words(first), *_others(report))), first["line"])


def _first_words(problem: Mapping[str, Any]) -> str:
    line = {"line": count(problem["line"])}
    if problem["code"] == "json":
        return _("Line %(line)s is not valid: %(what)s.") % {**line, "what": _what(problem["values"])}
    return _("Line %(line)s is not valid.") % line + " " + sentence_of(problem)


def _others(report: Mapping[str, Any]) -> list[str]:
    others = int(report.get("broken", 1)) - 1
    if others < 1:
        return []
    return [ngettext("%(n)s other line is not valid.", "%(n)s other lines are not valid.", others) % {"n": count(others)}]


def _all_is_well(report: Mapping[str, Any]) -> list[str]:
    examples, method = int(report.get("examples", 0)), report.get("method")
    words = {"n": count(examples)}
    if method == "batch":
        told = [ngettext("The only request is valid.", "All %(n)s requests are valid.", examples) % words]
    elif method in TUNING:
        told = [ngettext("The only example is valid.", "All %(n)s examples are valid.", examples) % words]
    elif method == "evals":
        told = [ngettext("The only row is valid.", "All %(n)s rows are valid.", examples) % words]
    else:
        told = [ngettext("The only line is JSON.", "All %(n)s lines are JSON.", examples) % words]
    if report.get("longest") and report.get("tokens"):
        tokens = int(report["longest"]["tokens"])
        longest = ngettext("Longest example: about %(n)s token.", "Longest example: about %(n)s tokens.", tokens)
        if method == "evals":
            longest = ngettext("Longest row: about %(n)s token.", "Longest row: about %(n)s tokens.", tokens)
        elif method == "batch":
            longest = ngettext("Longest request: about %(n)s token.", "Longest request: about %(n)s tokens.", tokens)
        told.append(longest % {"n": count(tokens)})
    return [*told, *filter(None, [_doubles(report), _mendable(report)])]


def _mendable(report: Mapping[str, Any]) -> str:
    number = len(report.get("fixes", []))
    words = ngettext("%(n)s small thing can be repaired.", "%(n)s small things can be repaired.", number)
    return words % {"n": count(number)} if number else ""


def _doubles(report: Mapping[str, Any]) -> str:
    """Two requests of one name are an error; examples may stand twice."""
    number = int(report.get("counts", {}).get("same_example", 0))
    if not number:
        return "" if report.get("counts", {}).get("not_compared") else _("No duplicates.")
    return ngettext("%(n)s is the same as an earlier one.", "%(n)s are the same as an earlier one.", number) % {"n": count(number)}
