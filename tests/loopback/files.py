"""Files, uploads in parts, batches and fine-tuning jobs of the loopback provider, with trouble on demand.

`POST /_files` takes what is wished as JSON, all of it optional:

    {"trouble": [{"on": "POST /v1/uploads/[^/]+/parts", "do": "500", "times": 2, "seconds": 1, "after": 3}],
     "make": 100000, "files": [raw entries], "batches": [raw], "jobs": [raw],
     "has_range": true, "has_pages": true, "is_endless": true, "has_accounts": true, "lifetime": 60,
     "upload_seconds": 3600, "refused": ["user_data"]}

`on` is searched in "METHOD /path"; `do`: a status with OpenAI's error, "die" (the connection closes without a byte), "half" (it closes in
the middle of the answer), "kept" (the work is done, and the answer is a 500), "lost" (the work is done, and the connection closes),
"slow" (`seconds` before it begins). `times`: how often, `after` how many calls. `GET /_files` tells what is there and what was called.
`is_endless`: each page of the files has ids that nobody saw, and another page follows. `has_accounts`: who has another key than the one
that a file was sent with finds no such file. `lifetime`: seconds that every new file lives, whatever was asked; 0 for ever. Contents lie
on the disk, so a file of gigabytes costs no memory.
"""

import asyncio
import hashlib
import json
import pathlib
import re
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.loopback.frames import error
from tests.loopback.wire import Exchange

LARGEST_PAGE = 10_000
BLOCK = 1024 * 1024
WISHES = (
    *("has_range", "has_pages", "is_endless", "has_accounts", "lifetime", "upload_seconds"),
    *("refused", "batches", "jobs", "trouble"),
)
_BOUNDARY = re.compile(r'multipart/form-data;\s*boundary="?([^";]+)"?', re.I)
_NAMES = re.compile(rb'form-data; name="([^"]*)"(?:; filename="([^"]*)")?')
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_ROUTE = re.compile(r"/v1/(files|uploads|batches|fine_tuning/jobs)(?:/([^/]+))?(?:/(content|parts|complete|cancel))?")


class FileDesk:
    """What a project at the provider holds."""

    def __init__(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="loopback-files-"))
        self.forget()

    def forget(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()
        self.files: dict[str, Any] = {}
        self.stored: dict[str, list[pathlib.Path]] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, tuple[str, pathlib.Path]] = {}
        self.batches: list[Any] = []
        self.jobs: list[Any] = []
        self.trouble: list[dict[str, Any]] = []
        self.calls: Counter[str] = Counter()
        self.has_range, self.has_pages, self.is_endless, self.upload_seconds = True, True, False, 3600
        self.has_accounts, self.lifetime = False, None
        self.lifetime: int | None
        self.owners: dict[str, str] = {}  # files and the key that each was sent with
        self.refused: list[str] = ["user_data", "assistants"]

    def takes(self, path: str) -> bool:
        return path == "/_files" or _ROUTE.fullmatch(path) is not None

    async def answer(self, exchange: Exchange, path: str) -> None:
        if path == "/_files":
            self._control(exchange)
            return
        found = _ROUTE.fullmatch(path)
        assert found
        part, name, act = found[1], unquote(found[2] or ""), found[3] or ""
        self.calls[f"{exchange.method} {part}{'/id' if name else ''}{f'/{act}' if act else ''}"] += 1
        trouble = self._trouble(f"{exchange.method} {path}")
        if trouble and await self._fail_before(exchange, trouble):
            return
        if part == "files" and self._is_of_others(exchange, name):
            self._no_such(exchange, name)
            return
        work = self._work(exchange.method, part, name, act)
        if work is None:
            exchange.whole(404, error(f"Unknown request URL: {exchange.method} {exchange.path}.", code="unknown_url"))
        elif trouble and trouble["do"] in {"kept", "lost", "half"}:
            await self._work_and_fail(exchange, trouble["do"], work)
        else:
            await work(exchange)

    def _work(self, method: str, part: str, name: str, act: str) -> Callable[[Exchange], Awaitable[None]] | None:
        routes: dict[tuple[str, str, bool, str], Any] = {
            ("GET", "files", False, ""): self.list_files,
            ("POST", "files", False, ""): self.take_file,
            ("GET", "files", True, ""): lambda exchange: self.show_file(exchange, name),
            ("DELETE", "files", True, ""): lambda exchange: self.delete_file(exchange, name),
            ("GET", "files", True, "content"): lambda exchange: self.give_content(exchange, name),
            ("POST", "uploads", False, ""): self.begin_upload,
            ("POST", "uploads", True, "parts"): lambda exchange: self.take_part(exchange, name),
            ("POST", "uploads", True, "complete"): lambda exchange: self.complete(exchange, name),
            ("POST", "uploads", True, "cancel"): lambda exchange: self.cancel(exchange, name),
            ("GET", "batches", False, ""): lambda exchange: self.list_things(exchange, self.batches),
            ("GET", "fine_tuning/jobs", False, ""): lambda exchange: self.list_things(exchange, self.jobs),
        }
        work: Callable[[Exchange], Awaitable[None]] | None = routes.get((method, part, bool(name), act))
        return work

    def _is_of_others(self, exchange: Exchange, name: str) -> bool:
        return self.has_accounts and self.owners.get(name, exchange.record.key) != exchange.record.key

    # what goes wrong

    def _trouble(self, what: str) -> dict[str, Any] | None:
        for each in self.trouble:
            if not re.search(each["on"], what) or each.get("times", 1) <= 0:
                continue
            if each.get("after", 0) > 0:
                each["after"] -= 1
                continue
            each["times"] = each.get("times", 1) - 1
            return each
        return None

    async def _fail_before(self, exchange: Exchange, trouble: dict[str, Any]) -> bool:
        """Whether that was all."""
        do = str(trouble["do"])
        await asyncio.sleep(trouble.get("seconds", 0))
        if do.isdigit():
            headers = {"retry-after": "1"} if do == "429" else {}
            exchange.whole(
                int(do), error(trouble.get("says", "Trouble was wished for."), code=trouble.get("code", "trouble")), headers=headers
            )
        elif do == "die":
            exchange.close()
        return do.isdigit() or do == "die"

    async def _work_and_fail(self, exchange: Exchange, do: str, work: Callable[[Exchange], Awaitable[None]]) -> None:
        shown, exchange.whole = exchange.whole, lambda *args, **named: None  # type: ignore[method-assign]
        if do == "half":
            exchange.whole = shown  # type: ignore[method-assign]
            head = exchange.head
            exchange.head = lambda status, headers, length=None: head(status, headers, (length or 0) + 1000)  # type: ignore[method-assign]
        await work(exchange)
        if do == "kept":
            shown(500, error("The server had an error while it processed your request."))
        else:
            exchange.close()

    # files

    async def list_files(self, exchange: Exchange) -> None:
        entries = list(reversed(self.files.values()))
        if self.has_accounts:
            entries = [entry for entry in entries if not self._is_of_others(exchange, entry["id"])]
        if self.is_endless:
            ids = [f"file-{secrets.token_hex(12)}" for _ in range(3)]
            body = {"object": "list", "data": [{"id": each, "object": "file", "filename": each, "bytes": 1} for each in ids]}
            exchange.whole(200, json.dumps({**body, "has_more": True}).encode())
            return
        await self.list_things(exchange, entries)

    async def list_things(self, exchange: Exchange, entries: list[Any]) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(exchange.path).query).items()}
        limit = int(query.get("limit", LARGEST_PAGE))
        if limit > LARGEST_PAGE:
            exchange.whole(400, error("limit is too large", param="limit"))
            return
        if "purpose" in query:
            entries = [entry for entry in entries if isinstance(entry, dict) and entry.get("purpose") == query["purpose"]]
        if not self.has_pages:
            exchange.whole(200, json.dumps({"object": "list", "data": entries}).encode())
            return
        ids = [entry.get("id") if isinstance(entry, dict) else None for entry in entries]
        if "after" in query and query["after"] not in ids:
            exchange.whole(404, error(f"No such object: {query['after']}", code="not_found"))
            return
        start = ids.index(query["after"]) + 1 if "after" in query else 0
        body = {"object": "list", "data": entries[start : start + limit], "has_more": start + limit < len(entries)}
        exchange.whole(200, json.dumps(body).encode())

    def _add(self, name: str, purpose: str, paths: list[pathlib.Path], seconds: int | None) -> dict[str, Any]:
        seconds = seconds if self.lifetime is None else self.lifetime
        entry: dict[str, Any] = {
            "id": f"file-{secrets.token_hex(12)}",
            "object": "file",
            "bytes": sum(path.stat().st_size for path in paths),
            "created_at": int(time.time()),
            "expires_at": int(time.time()) + seconds if seconds else None,
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        }
        self.files[entry["id"]] = entry
        self.stored[entry["id"]] = paths
        return entry

    async def take_file(self, exchange: Exchange) -> None:
        form = self._form(exchange)
        if form is None or "file" not in form or not form.get("purpose"):
            exchange.whole(400, error("Missing required parameter: 'file' or 'purpose'.", param="file"))
            return
        name, path = form["file"]
        seconds = int(form.get("expires_after[seconds]", 0)) or None
        entry = self._add(name, form["purpose"], [path], seconds)
        self.owners[entry["id"]] = exchange.record.key
        exchange.whole(200, json.dumps(entry).encode())

    async def show_file(self, exchange: Exchange, name: str) -> None:
        if name not in self.files:
            self._no_such(exchange, name)
            return
        exchange.whole(200, json.dumps(self.files[name]).encode())

    async def delete_file(self, exchange: Exchange, name: str) -> None:
        if self.files.pop(name, None) is None:
            self._no_such(exchange, name)
            return
        for path in self.stored.pop(name, []):
            path.unlink(missing_ok=True)
        exchange.whole(200, json.dumps({"id": name, "object": "file", "deleted": True}).encode())

    async def give_content(self, exchange: Exchange, name: str) -> None:
        entry = self.files.get(name)
        if entry is None:
            self._no_such(exchange, name)
            return
        if entry["purpose"] in self.refused:
            exchange.whole(400, error(f"Not allowed to download files of purpose: {entry['purpose']}"))
            return
        size = sum(path.stat().st_size for path in self.stored.get(name, []))
        start, end, status = 0, size, 200
        asked = _RANGE.fullmatch(exchange.headers.get("range", ""))
        if asked and self.has_range:
            start, end, status = int(asked[1]), min(int(asked[2]) + 1, size), 206
        told = {"content-range": f"bytes {start}-{end - 1}/{size}"} if status == 206 else {}
        exchange.head(status, {"content-type": "application/octet-stream", **told}, end - start)
        await self._write(exchange, self.stored.get(name, []), start, end)
        exchange.end()

    async def _write(self, exchange: Exchange, paths: list[pathlib.Path], start: int, end: int) -> None:
        at = 0
        for path in paths:
            size = path.stat().st_size
            first, last = max(start, at), min(end, at + size)
            with path.open("rb") as source:
                source.seek(max(0, first - at))
                while first < last:
                    block = source.read(min(BLOCK, last - first))
                    first += len(block)
                    exchange.write(block)
                    await exchange.drain()
            at += size

    def _no_such(self, exchange: Exchange, name: str) -> None:
        exchange.whole(404, error(f"No such File object: {name}", code="not_found", param="id"))

    def _form(self, exchange: Exchange) -> dict[str, Any] | None:
        """Fields as texts, files as (name, path); pictures are not looked at, and nothing is held twice."""
        found = _BOUNDARY.fullmatch(exchange.headers.get("content-type", "").strip())
        if not found:
            return None
        form: dict[str, Any] = {}
        view, mark = exchange.body, b"--" + found[1].encode()
        at = view.find(mark)
        while at >= 0 and view[at + len(mark) : at + len(mark) + 2] == b"\r\n":
            head_end = view.index(b"\r\n\r\n", at)
            following = view.index(b"\r\n" + mark, head_end + 2)
            names = _NAMES.search(view[at:head_end])
            assert names
            content = memoryview(view)[head_end + 4 : following]
            form[names[1].decode()] = (names[2].decode(), self._keep(content)) if names[2] is not None else bytes(content).decode()
            at = following + 2
        return form

    def _keep(self, content: memoryview) -> pathlib.Path:
        path = self.folder / secrets.token_hex(12)
        path.write_bytes(content)
        return path

    # uploads

    async def begin_upload(self, exchange: Exchange) -> None:
        body = json.loads(exchange.body or b"{}")
        if not isinstance(body, dict) or not {"filename", "purpose", "bytes", "mime_type"} <= body.keys():
            exchange.whole(400, error("Missing required parameter: 'filename'.", param="filename"))
            return
        upload = {"id": f"upload_{secrets.token_hex(12)}", "object": "upload", "status": "pending", **body}
        upload |= {"created_at": int(time.time()), "expires_at": int(time.time()) + self.upload_seconds}
        self.uploads[upload["id"]] = upload
        exchange.whole(200, json.dumps(upload).encode())

    def _pending(self, exchange: Exchange, name: str) -> dict[str, Any] | None:
        upload = self.uploads.get(name)
        if upload is None:
            exchange.whole(404, error(f"No such Upload object: {name}", code="not_found"))
            return None
        if upload["status"] == "pending" and upload["expires_at"] <= time.time():
            upload["status"] = "expired"
        if upload["status"] != "pending":
            exchange.whole(400, error(f"Upload {name} is {upload['status']}.", code=f"upload_{upload['status']}"))
            return None
        return upload

    async def take_part(self, exchange: Exchange, name: str) -> None:
        if self._pending(exchange, name) is None:
            return
        form = self._form(exchange)
        if form is None or "data" not in form:
            exchange.whole(400, error("Missing required parameter: 'data'.", param="data"))
            return
        part = f"part_{secrets.token_hex(12)}"
        self.parts[part] = (name, form["data"][1])
        exchange.whole(200, json.dumps({"id": part, "object": "upload.part", "upload_id": name, "created_at": int(time.time())}).encode())

    async def complete(self, exchange: Exchange, name: str) -> None:
        upload = self._pending(exchange, name)
        if upload is None:
            return
        body = json.loads(exchange.body or b"{}")
        ids = body.get("part_ids", [])
        if any(part not in self.parts or self.parts[part][0] != name for part in ids):
            exchange.whole(400, error("A part is not of this upload.", param="part_ids"))
            return
        paths = [self.parts[part][1] for part in ids]
        if sum(path.stat().st_size for path in paths) != upload["bytes"]:
            exchange.whole(400, error("The parts have another size than the upload."))
            return
        if body.get("md5") and body["md5"] != _md5(paths):
            exchange.whole(400, error("The MD5 does not match."))
            return
        seconds = (upload.get("expires_after") or {}).get("seconds")
        upload |= {"status": "completed", "file": self._add(upload["filename"], upload["purpose"], paths, seconds)}
        exchange.whole(200, json.dumps(upload).encode())

    async def cancel(self, exchange: Exchange, name: str) -> None:
        upload = self._pending(exchange, name)
        if upload is not None:
            upload["status"] = "cancelled"
            exchange.whole(200, json.dumps(upload).encode())

    # what tests wish and see

    def _control(self, exchange: Exchange) -> None:
        wish = json.loads(exchange.body) if exchange.body else {}
        for name in (
            "has_range",
            "has_pages",
            "is_endless",
            "has_accounts",
            "lifetime",
            "upload_seconds",
            "refused",
            "batches",
            "jobs",
            "trouble",
        ):
            if name in wish:
                setattr(self, name, wish[name])
        for number, entry in enumerate(wish.get("files", [])):
            self.files[entry.get("id") if isinstance(entry, dict) and isinstance(entry.get("id"), str) else f"odd-{number}"] = entry
        for number in range(wish.get("make", 0)):
            entry = {"id": f"file-made{number:07}", "object": "file", "bytes": number, "created_at": 1_700_000_000 + number}
            self.files[str(entry["id"])] = {**entry, "filename": f"made-{number}.jsonl", "purpose": "batch", "status": "processed"}
        for each in wish.get("delete", []):
            self.files.pop(each, None)
        for name, text in wish.get("contents", {}).items():
            self.stored[name] = [self._keep(memoryview(text.encode()))]
        files = list(self.files.values()) if len(self.files) <= 1000 else []
        told = {"files": files, "count": len(self.files), "calls": dict(self.calls), "uploads": list(self.uploads.values())}
        told |= {"sums": {name: _sha256(paths) for name, paths in self.stored.items()} if "sums" in exchange.path else {}}
        told |= {"parts": len(self.parts)}
        exchange.whole(200, json.dumps(told).encode())


def _md5(paths: list[pathlib.Path]) -> str:
    return _sum(hashlib.md5(usedforsecurity=False), paths)


def _sha256(paths: list[pathlib.Path]) -> str:
    return _sum(hashlib.sha256(), paths)


def _sum(digest: Any, paths: list[pathlib.Path]) -> str:
    for path in paths:
        with path.open("rb") as source:
            while block := source.read(BLOCK):
                digest.update(block)
    return str(digest.hexdigest())
