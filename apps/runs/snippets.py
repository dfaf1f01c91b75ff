"""A call as others would write it: curl, Python with the `openai` package, JSON. Keys are never in it."""

import json
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from apps.providers.connections import KEY_OF, NotReady, connection_of
from apps.providers.models import Provider
from apps.runs import registry
from apps.runs.models import Run
from apps.runs.operations import Operation
from apps.runs.outcomes import with_copies
from gateway import AddressPolicy, Connection, describe

METHODS = {
    "/chat/completions": "chat.completions.create",
    "/responses": "responses.create",
    "/embeddings": "embeddings.create",
    "/moderations": "moderations.create",
    "/images/generations": "images.generate",
    "/audio/speech": "audio.speech.create",
}


def show(operation: Operation, provider: Provider, model: str, params: Mapping[str, Any]) -> dict[str, str]:
    """The call that these parameters would make, as {"curl", "python", "json"}."""
    request = operation.build_request(model, params, ())
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
    return json.dumps(body if body is not None else dict(request.get("fields", ())), indent=2, ensure_ascii=False)


def as_curl(request: Mapping[str, Any]) -> str:
    lines = [f"curl -X {request['method']} {shlex.quote(request['url'])}"]
    for name, value in request.get("headers", {}).items():
        if name.lower() not in {"user-agent", "content-length", "host", "accept"} and not _is_multipart(name, value):
            lines.append(f'  -H "{name}: {value}"')
    if request.get("json") is not None:
        lines.append(f"  -d {shlex.quote(as_json(request))}")
    lines += [f"  -F {shlex.quote(f'{name}={value}')}" for name, value in request.get("fields", ())]
    lines += [f"  -F {shlex.quote(_file_field(part))}" for part in request.get("files", ())]
    return " \\\n".join(lines)


def _is_multipart(name: str, value: str) -> bool:
    return name.lower() == "content-type" and value.startswith("multipart/")


def _file_field(part: Mapping[str, str]) -> str:
    return f"{part['field']}=@{part['name']};type={part['content_type']}"


def as_python(request: Mapping[str, Any]) -> str:
    """With the official package where it has a method for the path, and it takes all of the body."""
    base, path = split_url(str(request["url"]))
    body = request.get("json")
    method = METHODS.get(path)
    if method is None or not isinstance(body, Mapping):
        return as_plain_post(request)
    arguments = "".join(f"    {name}={value!r},\n" for name, value in body.items() if name.isidentifier())
    head = f'import os\n\nfrom openai import OpenAI\n\nclient = OpenAI(base_url="{base}", api_key=os.environ["OPENAI_API_KEY"])\n'
    tail = "for event in answer:\n    print(event)\n" if body.get("stream") else "print(answer)\n"
    return f"{head}answer = client.{method}(\n{arguments})\n{tail}"


def as_plain_post(request: Mapping[str, Any]) -> str:
    return (
        'import os\n\nfrom openai import OpenAI\n\nclient = OpenAI(base_url="{base}", api_key=os.environ["OPENAI_API_KEY"])\n'
        'print(client.post("{path}", body={body!r}, cast_to=object))\n'
    ).format(base=split_url(str(request["url"]))[0], path=split_url(str(request["url"]))[1], body=request.get("json"))


def split_url(url: str) -> tuple[str, str]:
    """Base and path: the path is what follows the longest known end of the address."""
    path = urlsplit(url).path
    known = next((end for end in METHODS if path.endswith(end)), "/" + path.rsplit("/", 1)[-1])
    return url.split("?", 1)[0][: -len(known)], known
