"""What can be wrong with a line, or with a file as a whole. The words for it are whoever asks'."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# What the code means, and what `values` tell. An error is refused by the service, or would be lost there; a warning is not.
ERRORS: Final = {
    # The file
    "empty": "there is no line with anything in it",
    "utf16": "it is written in UTF-16 or UTF-32, and the service takes UTF-8",
    "few": "`have` examples, and `least` are needed",
    "many_lines": "more than `most` lines",
    "large": "`have` bytes, and `most` are taken",
    "many_inputs": "`have` texts in all requests, and `most` are taken",
    "many_images": "`have` examples with pictures, and `most` are taken",
    # A line as text
    "long_line": "more than `most` bytes in one line: it was not read",
    "utf8": "no UTF-8 at byte `column`",
    "json": "no JSON from character `column` on, `near` it; `what` is one of faults.WHATS",
    "not_object": "a `found` where an object is wanted",
    "surrogate": "half of a letter, which no text can have",
    # Fields
    "missing": "`name` is not there",
    "no_list": "`name` is no list, or an empty one",
    "no_text": "`name` is no text, or an empty one",
    "no_object": "`name` is no object",
    "no_flag": "`name` is neither true nor false",
    "long_text": "`name` has `have` letters, and `most` are taken",
    "many_entries": "`name` has `have` entries, and `most` are taken",
    # Messages; `at` counts from 1
    "message": "message `at` is no object",
    "role": "message `at` has the role `role`, which is none",
    "no_content": "message `at` says nothing",
    "blank_answer": "message `at`, an answer, is empty",
    "content": "message `at` has a content that is neither a text nor a list of parts",
    "part": "message `at` has a part of the type `found`, which `role` cannot say",
    "image_role": "message `at` has a picture, and only a user may show one",
    "image_address": "message `at` has a picture without an address that can be used",
    "image_kind": "message `at` has a picture of the kind `found`; JPEG, PNG and WEBP are taken",
    "image_size": "message `at` has a picture of `have` bytes, and `most` are taken",
    "line_images": "`have` pictures in one example, and `most` are taken",
    "weight": "message `at` has the weight `found`; 0 or 1 is taken",
    "weight_role": "message `at` has a weight, and only answers of the assistant have one",
    "no_assistant": "nobody answers: no message of the assistant",
    "last_assistant": "the last message is not the assistant's, but of `role`",
    "nothing_learnt": "every answer has the weight 0",
    "call": "message `at` has a call of a tool that is not complete: `name` is missing or wrong, as an id that another call has",
    "call_json": "message `at` calls `tool` with arguments that are no JSON object",
    "call_open": "the call `id` of message `at` is not answered before somebody else speaks",
    "call_unknown": "message `at` answers the call `id`, which nobody made",
    # Tools
    "tool": "tool `at` is not complete: `name` is missing or wrong",
    "tool_name": "tool `at` is called `found`: letters, digits, _ and -, 64 at most",
    "tool_twice": "two tools are called `name`",
    # Preference pairs
    "one_answer": "`name` has `have` messages, and exactly one of the assistant is wanted",
    "same_answers": "both answers are the same",
    "last_user": "the last message before the answers is not the user's, but of `role`",
    "old_names": "`name` is how it was called before: it is `now` today",
    # Batches
    "id": "`custom_id` is no text, or an empty one",
    "id_twice": "`custom_id` `id` was used before",
    "method": "the method is `found`, and POST is wanted",
    "url": "the address is `found`, which no batch takes",
    "url_version": "the address `found` lacks its beginning: `wanted`",
    "url_other": "the address is `found`, and all lines before have `wanted`",
    "model_other": "the model is `found`, and all lines before have `wanted`",
    "stream": "it asks for a stream, which a batch has none of",
    "inputs": "the input is neither a text nor a list of them",
    "picture": "a picture to be edited has neither an address nor the id of a file",
}
WARNINGS: Final = {
    "bom": "the file begins with an invisible mark (BOM)",
    "crlf": "`have` lines end as on Windows",
    "blank": "`have` lines are empty",
    "same_example": "the same as an earlier line",
    "key": "`name` is known to nobody there",
    "key_twice": "`name` stands twice in one object: the last one counts",
    "nul": "a text with the letter NUL",
    "tool_unknown": "message `at` calls `tool`, which is not among the tools",
    "function_role": "message `at` has the role of before the tools",
    "last_not_user": "the last message is not the user's, but of `role`",
    "not_compared": "from line `line` on nobody looked for doubles: there are too many lines",
}
CODES: Final = {**ERRORS, **WARNINGS}


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1; 0 is the file. `values` are of JSON, and what came from the file is cut short."""

    code: str
    line: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
