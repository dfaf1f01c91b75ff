"""A call as others would write it: curl, Python with the `openai` package, JSON. Keys are never in it."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from apps.providers.connections import KEY_OF, NotReady, connection_of
from apps.providers.models import Provider
from apps.runs import registry
from apps.runs.models import Run
from apps.runs.operations import InputFile, Operation
from apps.runs.outcomes import with_copies
from gateway import AddressPolicy, Connection, describe

METHODS = {
    "/chat/completions": "chat.completions.create",
    "/completions": "completions.create",
    "/responses": "responses.create",
    "/embeddings": "embeddings.create",
    "/moderations": "moderations.create",
    "/images/generations": "images.generate",
    "/images/edits": "images.edit",
    "/images/variations": "images.create_variation",
    "/audio/transcriptions": "audio.transcriptions.create",
    "/audio/translations": "audio.translations.create",
    "/audio/speech": "audio.speech.create",
}
SPEECH: Final = "/audio/speech"
WORDS: Final = frozenset({"model", "prompt", "language", "user"})  # fields of forms that stay text, also where it is a number
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
OF_FILES: Final = re.compile(r"/(files|uploads)(/[^/]+){0,2}$")
YES_OR_NO: Final = {"true": True, "false": False}


def show(
    operation: Operation, provider: Provider, model: str, params: Mapping[str, Any], files: Sequence[InputFile] = ()
) -> dict[str, str]:
    """The call that these parameters would make, as {"curl", "python", "json"}. Of the files only the names are looked at."""
    request = operation.build_request(model, params, files)
    return snippets_for(describe(connection_without_key(provider), request))


def connection_without_key(provider: Provider) -> Connection:
    """For describing only: a provider without a usable key can still be shown."""
    try:
        connection = connection_of(provider)
    except NotReady:
        return Connection(provider.base_url, "", provider.dialect, AddressPolicy(), provider.api_version)
    return connection


def sent(run: Run) -> dict[str, Any] | None:
    """The request of a run as it was sent, keys masked."""
    if not run.request:
        return None
    return with_copies({name: value for name, value in run.request.items() if name != KEY_OF}, run.params)


def snippets_of(run: Run) -> dict[str, str]:
    """The call of a run: as sent, or as it would be sent if it was not yet."""
    request = sent(run)
    if request is None:
        return show(registry.get(run.operation), run.provider, run.model, run.params)
    return snippets_for(request)


def snippets_for(request: Mapping[str, Any]) -> dict[str, str]:
    """All forms of a described request (see `gateway.describe`)."""
    return {"curl": as_curl(request), "python": as_python(request), "json": as_json(request)}


def as_json(request: Mapping[str, Any]) -> str:
    body = request.get("json")
    return json.dumps(body if body is not None else _texts_of(request), indent=2, ensure_ascii=False)


def as_curl(request: Mapping[str, Any]) -> str:
    lines = [f"curl -X {request['method']} {shlex.quote(request['url'])}"]
    for name, value in request.get("headers", {}).items():
        if name.lower() not in {"user-agent", "content-length", "host", "accept"} and not _is_multipart(name, value):
            lines.append(f'  -H "{name}: {value}"')
    if request.get("json") is not None:
        lines.append(f"  -d {shlex.quote(as_json(request))}")
    lines += [f"  {_text_option(value)} {shlex.quote(f'{name}={value}')}" for name, value in request.get("fields", ())]
    lines += [f"  -F {shlex.quote(_file_field(part))}" for part in request.get("files", ())]
    if file := _written_file(request):
        lines.append(f"  -o {file}")
    return " \\\n".join(lines)


def _is_multipart(name: str, value: str) -> bool:
    return name.lower() == "content-type" and value.startswith("multipart/")


def _text_option(value: str) -> str:
    """With `-F`, curl would take some texts for the name of a file or of a type."""
    return "--form-string" if value.startswith(("@", "<")) or ";" in value else "-F"


def _file_field(part: Mapping[str, str]) -> str:
    """A name with marks that curl reads itself stands in quotation marks."""
    name = part["name"]
    if re.search(r'[",;\\]', name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{part['field']}=@{name};type={part['content_type']}"


def _written_file(request: Mapping[str, Any]) -> str:
    """The name under which the answer is saved, where it is a file; empty for one that can be read."""
    body = request.get("json")
    if not isinstance(body, Mapping) or split_url(str(request["url"]))[1] != SPEECH or body.get("stream_format") == "sse":
        return ""
    format = str(body.get("response_format", "mp3"))
    return f"speech.{format if format.isalnum() else 'mp3'}"


def as_python(request: Mapping[str, Any]) -> str:
    """With the official package where it has a method for the path, and it takes all of the body."""
    base, path = split_url(str(request["url"]))
    method = METHODS.get(path)
    values = {**_fields_of(request), **_opened_files(request)} if "json" not in request else request["json"]
    if method is None or not isinstance(values, Mapping):
        return as_plain_post(request)
    arguments = "".join(f"    {name}={value!r},\n" for name, value in values.items() if name.isidentifier())
    head = f'import os\n\nfrom openai import OpenAI\n\nclient = OpenAI(base_url="{base}", api_key=os.environ["OPENAI_API_KEY"])\n'
    return f"{head}answer = client.{method}(\n{arguments})\n{_use_of(request, values)}"


def _use_of(request: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The lines that do something with `answer`."""
    if file := _written_file(request):
        return f'answer.write_to_file("{file}")\n'
    if values.get("stream"):
        return "for event in answer:\n    print(event)\n"
    return "print(answer.text)\n" if values.get("stream_format") == "sse" else "print(answer)\n"


def _fields_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form as the package takes them: those in brackets as lists, numbers and yes or no as such."""
    return {
        name.removesuffix("[]"): value if isinstance(value, list) or name in WORDS else _typed(value)
        for name, value in _texts_of(request).items()
    }


def _texts_of(request: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """The fields of a form by their own names; those in brackets may be there several times."""
    texts: dict[str, Any] = {}
    for name, text in request.get("fields", ()):
        if name.endswith("[]"):
            texts.setdefault(name, []).append(text)
        else:
            texts[name] = text
    return texts


def _typed(text: str) -> Any:
    if NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return YES_OR_NO.get(text, text)


class _Code(str):
    """A piece of code among values."""

    def __repr__(self) -> str:
        return str(self)


def _opened_files(request: Mapping[str, Any]) -> dict[str, _Code]:
    """One file of a field as it is, several as a list; brackets in a name are the form's way to say so."""
    by_name: dict[str, list[str]] = {}
    for part in request.get("files", ()):
        name = json.dumps(part["name"], ensure_ascii=False)
        by_name.setdefault(str(part["field"]).removesuffix("[]"), []).append(f'open({name}, "rb")')
    return {name: _Code(opened[0] if len(opened) == 1 else f"[{', '.join(opened)}]") for name, opened in by_name.items()}


def as_plain_post(request: Mapping[str, Any]) -> str:
    return (
        'import os\n\nfrom openai import OpenAI\n\nclient = OpenAI(base_url="{base}", api_key=os.environ["OPENAI_API_KEY"])\n'
        'print(client.{method}("{path}"{body}, cast_to=object))\n'
    ).format(
        base=split_url(str(request["url"]))[0],
        path=split_url(str(request["url"]))[1],
        method=str(request["method"]).lower(),
        body="" if request["method"] == "GET" else f", body={request.get('json')!r}",
    )


def split_url(url: str) -> tuple[str, str]:
    """Base and path: the path is what follows the longest known end of the address."""
    path = urlsplit(url).path
    of_files = OF_FILES.search(path)
    known = of_files[0] if of_files else next((end for end in METHODS if path.endswith(end)), "/" + path.rsplit("/", 1)[-1])
    return url.split("?", 1)[0][: -len(known)], known
