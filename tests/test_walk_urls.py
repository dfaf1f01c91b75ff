"""Every address by every method in every role of two teams, with real rows of one of them behind the ids.

An address that has no line in `ADDRESSES` fails: whoever adds one says here who may do what with it.
"""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import Invitation, Membership, Team, User
from apps.chat.import_models import Import
from apps.chat.models import Conversation, Function, FunctionCall, Share, Turn
from apps.chat.tests.attached import make_attachment
from apps.files.models import File
from apps.files.tests.rows import make_file
from apps.images.pictures.tests.drawing import picture
from apps.images.tests.rows import keep_edit, keep_picture
from apps.moderation.tests.rows import make_check
from apps.providers.models import ModelFact, Provider
from apps.runs.models import Run, RunFile
from apps.similarity.tests.rows import make_set
from apps.speech.tests.rows import make_speech
from apps.transcription.tests.rows import keep_transcript, keep_translation
from tests.belongings import make_mask, make_recording

pytestmark = pytest.mark.django_db
ROLES = ("viewer", "editor", "admin", "owner")
READS, CHANGES = ("GET", "HEAD"), ("POST", "PUT", "PATCH", "DELETE")
METHODS = (*READS, *CHANGES, "OPTIONS", "TRACE")
LOST = ("removed", "locked")
HANDLER = ClientHandler(enforce_csrf_checks=False)
SECRETS = ("Harbour office", "clay pots", "Loopback", "plain-1", "@harbour.example")
ALL = "everybody"


@dataclass(frozen=True)
class Address:
    """The least role that may read and that may change; empty: nobody can, the method is not there."""

    read: str = ""
    change: str = ""
    takes: tuple[str, ...] = ()  # ids of `rows`
    words: tuple[str, ...] = ()  # parts of the address that are no ids
    query: tuple[tuple[str, str], ...] = ()  # a field of the query, with the id of `rows` in it
    ends: bool = False  # whoever may change it takes it away for those who come later
    body: tuple[tuple[str, str], ...] = ()  # a field of the form, with the id of `rows` in it
    own: bool = False  # belongs to the account: also for somebody who is in no team

    @property
    def has_ids(self) -> bool:
        return bool(self.takes or self.query or self.body)


ADDRESSES = {
    "home": Address("viewer"),
    "health": Address("admin"),
    "healthz": Address(ALL),
    "readyz": Address(ALL),
    "jump": Address("viewer"),
    "help": Address("viewer"),
    "help_keys": Address("viewer"),
    "help_words": Address("viewer"),
    "help_failures": Address("viewer"),
    "setup:start": Address(ALL, ALL),
    "setup:provider": Address("owner", "owner"),
    "setup:test_provider": Address("", "owner", ("provider",)),
    "setup:models": Address("owner", "owner"),
    "setup:done": Address("owner"),
    "account_login": Address(ALL, ALL),
    "account_logout": Address(ALL, ALL),
    "account_inactive": Address(ALL),
    "account_change_password": Address("viewer", "viewer", own=True),
    "account_reset_password": Address(ALL, ALL),
    "account_reset_password_done": Address(ALL),
    "account_reset_password_from_key": Address(ALL, ALL, ("uidb36", "key")),
    "account_reset_password_from_key_done": Address(ALL),
    "accounts:settings": Address("viewer"),
    "accounts:profile": Address("viewer", "viewer"),
    "accounts:change_address": Address("", "viewer"),
    "accounts:look": Address("viewer", "viewer"),
    "accounts:theme": Address("", ALL),
    "accounts:sessions": Address("viewer"),
    "accounts:end_other_sessions": Address("", "viewer"),
    "accounts:end_session": Address("", "viewer", ("session",), ends=True),
    "accounts:data": Address("admin", "admin"),
    "accounts:export_data": Address("", "owner"),
    "accounts:delete_data": Address("", "owner"),
    "accounts:people": Address("viewer"),
    "accounts:invite": Address("", "admin"),
    "accounts:revoke_invitation": Address("", "admin", ("invitation",)),
    "accounts:change_role": Address("", "admin", ("member",)),
    "accounts:lock_out": Address("", "admin", ("member",)),
    "accounts:let_in": Address("", "admin", ("member",)),
    "accounts:remove_member": Address("admin", "admin", ("member",), ends=True),
    "accounts:team": Address("viewer", "admin"),
    "accounts:switch": Address("", "viewer", body=(("team", "team"),)),
    "accounts:new_team": Address(),
    "accounts:leave_team": Address("viewer", "viewer"),
    "accounts:give_team": Address("", "owner"),
    "accounts:delete_team": Address("", "owner"),
    "accounts:audit": Address("admin"),
    "accounts:export_audit": Address("", "admin"),
    "accounts:invitation": Address(ALL, ALL, ends=True),
    "accounts:open_invitation": Address(ALL, ALL, ("key",)),
    "providers:list": Address("viewer"),
    "providers:new": Address("admin", "admin"),
    "providers:connect_builtin": Address("", "admin"),
    "providers:edit": Address("admin", "admin", ("provider",)),
    "providers:test": Address("", "admin", ("provider",)),
    "providers:answers_by": Address("", "admin", ("provider",)),
    "providers:delete": Address("admin", "admin", ("provider",), ends=True),
    "providers:models": Address("viewer", "", ("provider",)),
    "providers:edit_model": Address("viewer", "", ("provider", "model")),
    "model_rules:list": Address("viewer"),
    "model_rules:new": Address("admin", "admin"),
    "model_rules:edit": Address("viewer", "admin", ("rule",)),
    "model_rules:delete": Address("", "admin", ("rule",), ends=True),
    "providers:picker": Address("viewer"),
    "providers:remove_key": Address("", "admin", ("provider",)),
    "providers:own_key": Address("viewer", "editor", ("provider",)),
    "providers:remove_own_key": Address("", "viewer", ("provider",)),
    "runs:live": Address("viewer", query=(("runs", "run"),)),
    "runs:history": Address("viewer"),
    "runs:export": Address("viewer"),
    "runs:receipt": Address("viewer", "", ("run",)),
    "runs:stop": Address("", "editor", ("run",)),
    "runs:again": Address("", "editor", ("run",)),
    "runs:file": Address("viewer", "", ("run", "file")),
    "chat:home": Address("viewer", "editor"),
    "chat:past": Address("viewer"),
    "chat:new_settings": Address("viewer", "editor"),
    "chat:new_instructions": Address("", "editor"),
    "chat:new_variables": Address("", "editor"),
    "chat:variables": Address("", "editor", ("conversation",)),
    "chat:new_request": Address("viewer", "viewer"),
    "chat:imports": Address("editor", "editor"),
    "chat:import": Address("editor", "", ("import",)),
    "chat:stop_import": Address("", "editor", ("import",)),
    "chat:again_turn": Address("", "editor", ("conversation", "imported")),
    "chat:branch_turn": Address("", "editor", ("conversation", "imported")),
    "chat:functions": Address("viewer"),
    "chat:new_function": Address("editor", "editor"),
    "chat:function": Address("editor", "editor", ("function",)),
    "chat:delete_function": Address("", "editor", ("function",), ends=True),
    "chat:calls": Address("viewer", "editor", ("run",)),
    "chat:fill_call": Address("", "editor", ("run",)),
    "chat:stop_filling": Address("", "editor", ("filling",)),
    "chat:again": Address("", "editor", ("run",)),
    "chat:again_way": Address("", "editor", ("run",), words=("thinking",)),
    "chat:again_with": Address("editor", "editor", ("run",), words=("once",)),
    "chat:ways": Address("editor", "", ("run",)),
    "chat:branch": Address("", "editor", ("run",)),
    "chat:edit_turn": Address("editor", "editor", ("conversation", "turn")),
    "chat:switch": Address("", "editor", ("conversation", "turn")),
    "chat:conversation": Address("viewer", "editor", ("conversation",)),
    "chat:stop": Address("", "editor", ("conversation",)),
    "chat:settings": Address("viewer", "editor", ("conversation",)),
    "chat:instructions": Address("", "editor", ("conversation",)),
    "chat:request": Address("viewer", "viewer", ("conversation",)),
    "chat:see_turn": Address("viewer", "", ("conversation", "turn")),
    "chat:export": Address("viewer", "", ("conversation",), ("md",)),
    "chat:tag_words": Address("viewer"),
    "chat:add_tag": Address("", "editor", ("conversation",)),
    "chat:remove_tag": Address("", "editor", ("conversation",)),
    "chat:share": Address("", "editor", ("conversation",)),
    "chat:shared": Address("viewer"),
    "chat:sharing_rule": Address("", "admin"),
    "chat:withdraw": Address("", "editor", ("share",)),
    "chat:read_shared": Address("viewer", "", ("share_token",)),
    "chat:rename": Address("", "editor", ("conversation",)),
    "chat:delete": Address("", "editor", ("conversation",), ends=True),
    "chat:restore": Address("", "editor", ("conversation",)),
    "completions:new": Address("viewer", "editor"),
    "completions:settings": Address("viewer", "editor"),
    "completions:request": Address("viewer", "viewer"),
    "completions:text": Address("viewer", "", ("continued",)),
    "images:gallery": Address("viewer"),
    "images:zip": Address("", "viewer", body=(("picture", "picture"),)),
    "images:delete_several": Address("", "editor", body=(("picture", "picture"),)),
    "images:restore_several": Address("", "editor", body=(("picture", "picture"),)),
    "images:choose": Address("viewer"),
    "images:upload": Address("editor", "editor"),
    "images:new": Address("viewer", "editor"),
    "images:settings": Address("viewer", "editor", words=("make",)),
    "images:request": Address("viewer", "viewer", words=("make",)),
    "images:mask_file": Address("viewer", "", ("mask",)),
    "images:mask_delete": Address("", "editor", ("mask",), ends=True),
    "images:picture": Address("viewer", "", ("picture",)),
    "images:file": Address("viewer", "", ("picture",)),
    "images:thumbnail": Address("viewer", "", ("picture",)),
    "images:description": Address("viewer", "", ("picture",)),
    "images:changes": Address("viewer", "", ("picture",)),
    "images:rename": Address("", "editor", ("picture",)),
    "images:edit": Address("viewer", "editor", ("picture",)),
    "images:mask": Address("", "editor", ("picture",)),
    "images:variations": Address("viewer", "editor", ("picture",)),
    "speech:new": Address("viewer", "editor"),
    "speech:settings": Address("viewer", "editor"),
    "speech:request": Address("viewer", "viewer"),
    "speech:sample": Address("", "editor"),
    "speech:speech": Address("viewer", "", ("speech",)),
    "speech:add_voice": Address("", "editor", ("speech",)),
    "speech:rename": Address("", "editor", ("speech",)),
    "speech:delete": Address("", "editor", ("speech",), ends=True),
    "speech:restore": Address("", "editor", ("speech",)),
    "speech:take": Address("viewer", "", ("take",)),
    "speech:file": Address("viewer", "", ("take",)),
    "speech:again": Address("", "editor", ("take",)),
    "speech:stop": Address("", "editor", ("take",)),
    "moderation:new": Address("viewer", "editor"),
    "moderation:settings": Address("viewer", "editor"),
    "moderation:limits": Address("", "editor"),
    "moderation:request": Address("viewer", "viewer"),
    "moderation:check": Address("viewer", "", ("check",)),
    "moderation:begin": Address("", "editor", ("check",)),
    "moderation:add_model": Address("", "editor", ("check",)),
    "moderation:another_column": Address("", "editor", ("check",)),
    "moderation:rename": Address("", "editor", ("check",)),
    "moderation:delete": Address("", "editor", ("check",), ends=True),
    "moderation:restore": Address("", "editor", ("check",)),
    "moderation:export": Address("viewer", "", ("check",), words=("csv",)),
    "moderation:row": Address("viewer", "", ("check", "place")),
    "moderation:picture": Address("viewer", "", ("check", "place")),
    "moderation:judging": Address("viewer", "", ("judging",)),
    "moderation:again": Address("", "editor", ("judging",)),
    "moderation:stop": Address("", "editor", ("judging",)),
    "moderation:replace": Address("", "editor", ("judging",)),
    "moderation:show_request": Address("viewer", "", ("judging",)),
    "before_sending:rules": Address("admin", "admin"),
    "chat:new_attach": Address("", "editor"),
    "chat:attach": Address("", "editor", ("conversation",)),
    "chat:attachment": Address("viewer", "", ("attachment",)),
    "chat:attachment_small": Address("viewer", "", ("attachment",)),
    "images:ask": Address("", "editor", ("picture",)),
    "chat:check": Address("", "editor", ("conversation",)),
    "images:check": Address("", "editor", body=(("picture", "picture"),)),
    "similarity:new": Address("viewer", "editor"),
    "similarity:preview": Address("", "editor"),
    "similarity:settings": Address("viewer", "editor"),
    "similarity:request": Address("viewer", "viewer"),
    "similarity:set": Address("viewer", "", ("set",)),
    "similarity:search": Address("", "editor", ("set",)),
    "similarity:add_side": Address("", "editor", ("set",)),
    "similarity:other_column": Address("", "editor", ("set",)),
    "similarity:rename": Address("", "editor", ("set",)),
    "similarity:delete": Address("", "editor", ("set",), ends=True),
    "similarity:restore": Address("", "editor", ("set",)),
    "similarity:export_csv": Address("viewer", "", ("set",)),
    "similarity:export_json": Address("viewer", "", ("set",)),
    "similarity:side": Address("viewer", "", ("side",)),
    "similarity:again": Address("", "editor", ("side",)),
    "similarity:stop": Address("", "editor", ("side",)),
    "similarity:groups": Address("", "editor", ("side",)),
    "similarity:limit": Address("", "editor", ("side",)),
    "similarity:remove": Address("", "editor", ("side",)),
    "similarity:export_npy": Address("viewer", "", ("side",)),
    "catalog:list": Address("viewer"),
    "catalog:retirements": Address("viewer"),
    "catalog:sync": Address("", "admin", ("provider",)),
    "catalog:add": Address("admin", "admin", ("provider",)),
    "catalog:model": Address("viewer", "admin", ("model",)),
    "catalog:mark": Address("", "admin", ("model",)),
    "catalog:allow_setting": Address("", "admin", ("model",)),
    "catalog:forget": Address("", "admin", ("model",)),
    "catalog:make_default": Address("", "admin", ("model",)),
    "catalog:remove": Address("", "admin", ("model",), ends=True),
    "catalog:access": Address("", "admin", ("model",)),
    "catalog:try": Address("", "editor", ("model",)),
    "catalog:told": Address("", "editor", ("model",)),
    "catalog:delete": Address("admin", "admin", ("tuned",)),
    "catalog:replace": Address("viewer", "", ("model",)),
    "catalog:ask": Address("", "editor", ("model",)),
    "catalog:use": Address("admin", "admin", ("model",)),
    "files:list": Address("viewer"),
    "files:totals": Address("viewer"),
    "files:begin": Address("", "editor"),
    "files:upload": Address("", "editor"),
    "files:start": Address("", "editor"),
    "files:zip": Address("", "viewer", body=(("file", "kept_file"),)),
    "files:delete": Address("", "editor", body=(("file", "kept_file"),)),
    "files:restore": Address("", "editor", body=(("file", "kept_file"),)),
    "files:file": Address("viewer", "", ("kept_file",)),
    "files:row": Address("viewer", "", ("kept_file",)),
    "files:piece": Address("", "editor", ("kept_file", "number")),
    "files:finish": Address("", "editor", ("kept_file",)),
    "files:cancel": Address("", "editor", ("kept_file",)),
    "files:content": Address("viewer", "", ("kept_file",)),
    "files:thumbnail": Address("viewer", "", ("kept_file",)),
    "files:rename": Address("", "editor", ("kept_file",)),
    "files:preview": Address("viewer", "", ("kept_file",)),
    "files:check": Address("viewer", "editor", ("kept_file",)),
    "files:problems": Address("viewer", "", ("kept_file",)),
    "files:fix": Address("", "editor", ("kept_file",)),
    "files:undo_made": Address("", "editor", ("kept_file",)),
    "files:edit": Address("editor", "editor", ("kept_file",)),
    "files:as_examples": Address("editor", "editor", ("kept_file",)),
    "files:sync": Address("viewer", "editor"),
    "files:remote": Address("viewer", "", ("stored",)),
    "files:request": Address("viewer", "", ("stored",)),
    "files:send": Address("", "editor", ("stored",)),
    "files:fetch": Address("", "editor", ("stored",)),
    "files:stop": Address("", "editor", ("stored",)),
    "files:again": Address("", "editor", ("stored",)),
    "files:expiry": Address("", "editor", ("stored",)),
    "files:remove": Address("", "editor", ("stored",)),
    "transcription:start": Address("", "editor", body=(("recordings", "recording"),)),
    "transcription:settings": Address("viewer", "editor"),
    "transcription:request": Address("viewer", "viewer"),
    "transcription:working": Address("viewer", "", ("transcript",)),
    "transcription:part_again": Address("", "editor", ("transcript", "number")),
    "transcription:stop": Address("", "editor", ("transcript",)),
    "transcription:again": Address("editor", "", ("transcript",)),
    "transcription:compare": Address("viewer", "", ("transcript", "transcript")),
    "transcription:translate": Address("", "editor", ("transcript",)),
    "transcription:ask": Address("", "editor", ("transcript",)),
    "transcription:translation": Address("viewer", "", ("translation",)),
    "transcription:translate_again": Address("", "editor", ("translation",)),
    "transcription:translate_stop": Address("", "editor", ("translation",)),
    "transcription:new": Address("viewer"),
    "transcription:upload": Address("", "editor"),
    "transcription:begin": Address("", "editor"),
    "transcription:recording": Address("viewer", "", ("recording",)),
    "transcription:piece": Address("", "editor", ("recording", "number")),
    "transcription:finish": Address("", "editor", ("recording",)),
    "transcription:sound": Address("viewer", "", ("recording",)),
    "transcription:rename_recording": Address("", "editor", ("recording",)),
    "transcription:delete_recording": Address("", "editor", ("recording",), ends=True),
    "transcription:restore_recording": Address("", "editor", ("recording",)),
    "transcription:transcript": Address("viewer", "", ("transcript",)),
    "transcription:rename": Address("", "editor", ("transcript",)),
    "transcription:delete": Address("", "editor", ("transcript",), ends=True),
    "transcription:restore": Address("", "editor", ("transcript",)),
    "transcription:segment": Address("editor", "editor", ("transcript", "segment")),
    "transcription:split": Address("", "editor", ("transcript", "segment")),
    "transcription:join": Address("", "editor", ("transcript", "segment")),
    "transcription:original": Address("", "editor", ("transcript", "segment")),
    "transcription:speaker": Address("", "editor", ("transcript", "segment")),
    "transcription:speakers": Address("", "editor", ("transcript",)),
    "transcription:undo": Address("", "editor", ("transcript",)),
    "transcription:redo": Address("", "editor", ("transcript",)),
    "transcription:preview": Address("viewer", "", ("transcript",)),
    "transcription:choose_export": Address("viewer", "", ("transcript",)),
    "transcription:export": Address("viewer", "", ("transcript",), words=("vtt",)),
}


def names_of(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield f"{space}{each.name}"
        else:
            yield from names_of(each, f"{space}{each.namespace}:" if each.namespace else space)


@pytest.fixture
def rows(team, provider, make_member) -> dict[str, Any]:
    """One conversation with an answer, a picture and one made from it, as a team has them."""
    Team.objects.filter(pk=team.pk).update(name="Harbour office")
    member = make_member(team, "editor", "asker@harbour.example")
    asker = member.user
    model = provider.models.create(name="plain-1", is_typed=True)
    tuned = provider.models.create(name="ft:plain-1:harbour::1")
    conversation = Conversation.objects.create(team=team, person=asker, title="About clay pots")
    run = Run.objects.create(
        team=team, person=asker, operation="chat.reply", provider=provider, provider_label="Loopback", model="plain-1",
        summary="About clay pots", params={"messages": []}, text="Answer on clay pots", status="completed", key="k", fingerprint="-",
        queued_at=timezone.now(), parent_kind="chat", parent_id=conversation.pk,
    )  # fmt: skip
    question = Turn.objects.create(conversation=conversation, text="Why clay pots?")
    answer = Turn.objects.create(conversation=conversation, parent=question, run=run)
    attached = make_attachment(conversation, question, asker, name="About clay pots.png")
    rule = ModelFact.objects.create(team=team, model_pattern="plain-*", note="Made of clay pots")
    function = Function.objects.create(team=team, name="clay_pots", description="Finds clay pots")
    filling = FunctionCall.objects.create(team=team, answer=answer, position=0, key="k", address="https://example.org/", state="done")
    ids = {"rule": rule, "provider": provider, "model": model, "tuned": tuned, "run": run, "conversation": conversation}
    turns = [{"by": "", "text": "Why clay pots?", "at": timezone.now().isoformat()}]
    shared = {"person": asker, "title": "About clay pots", "turns": turns}
    ids["share"] = Share.objects.create(team=team, conversation=conversation, token="open-token", **shared)
    ids |= {"turn": question, "function": function, "filling": filling, "attachment": attached}
    ids |= {"team": team, "member": member}
    ids["imported"] = Turn.objects.create(conversation=conversation, parent=question, text="Of clay pots", said_by="gpt-4o")
    ids["import"] = Import.objects.create(team=team, person=asker, name="About clay pots.zip", key="k", state="reading")
    asked = {"provider": provider, "model": "plain-1", "params": {"prompt": "About clay pots"}, "key": "p", "fingerprint": "-"}
    ended = {"text": " and more clay pots", "status": "completed", "queued_at": timezone.now()}
    ids["continued"] = Run.objects.create(team=team, person=asker, operation="completions.continue", **asked, **ended)
    original = keep_picture(member, name="About clay pots", description="About clay pots")
    ids["picture"] = keep_edit(member, original, picture((48, 32)), name="About clay pots", description="About clay pots", model="plain-1")
    ids["mask"] = make_mask(team, name="About clay pots")
    ids["file"] = RunFile(run=run, role="output", name="clay pots.png", content_type="image/png", size=3)
    ids["file"].file.save("x", ContentFile(b"pot"))
    there = {"provider": provider, "remote": "there", "remote_id": "file-1", "purpose": "batch"}
    ids["stored"] = File.objects.create(team=team, person=asker, name="About clay pots", key="k", added_at=timezone.now(), **there)
    ids["invitation"] = Invitation.objects.create(team=team, token_hash="-", expires_at=timezone.now() + datetime.timedelta(days=1))
    ids["session"] = UserSession.objects.create(user=asker, ip="192.0.2.7", session_key="k" * 32)
    ids["take"] = make_speech(team, provider)
    ids["judging"] = make_check(team, provider)
    ids["check"] = ids["judging"].check_of
    ids["speech"] = ids["take"].speech
    ids["side"] = make_set(team, provider)
    ids["set"] = ids["side"].set
    ids["kept_file"] = make_file(team, name="About clay pots.jsonl")
    ids["recording"] = make_recording(team, name="About clay pots")
    spoken = [(0, 2, "A", "About clay pots"), (2, 4, "B", "Of clay pots")]
    ids["transcript"] = keep_transcript(member, provider, spoken, recording=ids["recording"])
    ids["segment"] = ids["transcript"].segments.first()
    ids["translation"] = keep_translation(ids["transcript"], member)
    return {
        **{name: row.pk for name, row in ids.items()},
        "uidb36": "1",
        "share_token": "open-token",
        "key": "x-y",
        "number": 0,
        "place": 1,
    }


@pytest.fixture
def visitors(team, other_team, make_member) -> dict[str, Client]:
    """Nobody, those who lost the team, those of another team, and one of each role; the powerful ones last, since what they do counts."""
    lost = {"removed": make_member(team, "admin", "removed@lost.example"), "locked": make_member(team, "admin", "locked@lost.example")}
    lost["removed"].delete()
    Membership.objects.filter(pk=lost["locked"].pk).update(disabled_at=timezone.now())
    others = {f"other {role}": make_member(other_team, role, f"{role}@elsewhere.example") for role in ROLES}
    own = {role: make_member(team, role, f"{role}@harbour.example") for role in ROLES}
    people = {**lost, **others, **own}
    return {"stranger": browser_of(None)} | {name: browser_of(membership.user) for name, membership in people.items()}


def browser_of(person: User | None) -> Client:
    """All share one handler: to make one reads the list of all static files."""
    client = Client(raise_request_exception=False)
    client.handler = HANDLER
    if person:
        client.force_login(person)
    return client


def url_of(name: str, rows: dict[str, Any]) -> str:
    address = ADDRESSES[name]
    query = "&".join(f"{field}={rows[row]}" for field, row in address.query)
    return reverse(name, args=[*(rows[part] for part in address.takes), *address.words]) + (f"?{query}" if query else "")


def ask(client: Client, method: str, name: str, rows: dict[str, Any]) -> Any:
    body = "&".join(f"{field}={rows[row]}" for field, row in ADDRESSES[name].body) if method == "POST" else ""
    return client.generic(method, url_of(name, rows), body, content_type="application/x-www-form-urlencoded")


DONE = frozenset({200, 204, 302, 303, 409, 422})
OPEN = DONE | {401, 403, 405, 429, 503}  # 429: the pages of accounts count how often they are asked


def expected(address: Address, visitor: str, method: str) -> frozenset[int]:
    """Which answers are right; for what is not allowed a refusal, whichever comes first."""
    least = address.read if method in READS else address.change if method in CHANGES else ""
    if ALL in {address.read, address.change} or (address.own and visitor in LOST):
        return OPEN | ({404} if address.ends else set())
    if visitor == "stranger":
        return frozenset({302, 403, 405})
    if visitor in LOST:
        return frozenset({403, 405})
    if visitor.startswith("other "):
        # In his own team he is what he is: where that is not enough, he is told so before anything is looked up.
        needed = [ROLES.index(role) for role in (address.read, address.change) if role]
        is_told = ROLES.index(visitor.removeprefix("other ")) < max(needed, default=0)
        return frozenset({404, 405} | ({403} if is_told else set())) if address.has_ids else OPEN
    if not least or ROLES.index(visitor) < ROLES.index(least):
        return frozenset({403, 405, 429} | ({404} if address.ends else set()) | ({200} if method == "OPTIONS" else set()))
    return DONE | ({404} if address.ends else set()) | ({405} if method in {"HEAD", "PUT", "PATCH", "DELETE"} else set()) | {429}


def methods_for(visitor: str, address: Address) -> tuple[str, ...]:
    """Each method for those who may do something, and for a stranger; for those of another team where there is an id to try."""
    if visitor in {*ROLES, "stranger"}:
        return METHODS
    return ("GET", "POST", "DELETE") if visitor in LOST or address.has_ids else ("GET",)


def test_it_knows_every_address():
    assert set(names_of(get_resolver())) == set(ADDRESSES), "say in ADDRESSES who may do what there"


@pytest.mark.parametrize("name", ADDRESSES)
def test_it_opens_to_whom_it_should_and_to_nobody_else(name, rows, visitors):
    url = url_of(name, rows)
    for visitor, client in visitors.items():
        for method in methods_for(visitor, ADDRESSES[name]):
            response = ask(client, method, name, rows)
            told = f"{method} {url} by {visitor}: {response.status_code}"
            assert response.status_code in expected(ADDRESSES[name], visitor, method), told
            assert "Content-Security-Policy" in response.headers, told
            if response.status_code == 302 and visitor == "stranger" and ADDRESSES[name].read != ALL:
                assert ADDRESSES[name].change == ALL or response["Location"].startswith("/sign-in/"), told
            if visitor in LOST and response.status_code == 403:
                assert "You are in no team" in response.content.decode(), told
            if visitor not in ROLES and not response.streaming:
                assert not [secret for secret in SECRETS if secret in response.content.decode()], told


@pytest.mark.parametrize("name", [name for name, address in ADDRESSES.items() if address.has_ids and address.read != ALL])
def test_it_asks_for_the_role_in_the_team_of_the_row(name, rows, team, other_team, make_member):
    """Owner of one team and viewer of the other: the row decides which of the two counts, the page before it does not."""
    member = make_member(other_team, "owner", "both@elsewhere.example")
    Membership.objects.create(team=team, user=member.user, role="viewer")
    for method in ("GET", "POST", "DELETE"):
        status = ask(browser_of(member.user), method, name, rows).status_code
        assert status in expected(ADDRESSES[name], "viewer", method), f"{method} {name}: {status}"


@pytest.mark.parametrize("name", [name for name, address in ADDRESSES.items() if address.change])
def test_it_changes_nothing_without_the_token_of_a_form(name, rows, team, make_member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(team, "owner", "boss@harbour.example").user)
    url = url_of(name, rows)
    for body, content_type in (
        (b"", "application/x-www-form-urlencoded"),
        (b'{"message": "x"}', "text/plain"),
        (b"{}", "application/json"),
    ):
        assert client.post(url, body, content_type=content_type).status_code == 403


@pytest.mark.parametrize("name", [name for name, address in ADDRESSES.items() if address.takes and "key" not in address.takes])
def test_it_answers_404_to_ids_of_nothing(name, rows, team, make_member):
    client = browser_of(make_member(team, "owner", "boss@harbour.example").user)
    nothing = {name: 0 if isinstance(pk, int) else uuid.uuid4() for name, pk in rows.items()}
    for method in ("GET", "POST"):
        assert client.generic(method, url_of(name, nothing)).status_code in {404, 405}


# --- Foreign ids in places where no address has them -------------------------------------------
@pytest.fixture
def theirs(other_team, make_member, rows) -> dict[str, Any]:
    """The same things again, of another team, and a client of its owner."""
    owner = make_member(other_team, "owner", "owner@elsewhere.example")
    provider = Provider.objects.create(
        team=other_team, name="Theirs", base_url="http://127.0.0.1:9/v1", private_origin="http://127.0.0.1:9"
    )
    model = provider.models.create(name="their-model")
    conversation = Conversation.objects.create(team=other_team, person=owner.user, settings={"model": str(model.pk)})
    client = Client()
    client.force_login(owner.user)
    return {"client": client, "provider": provider, "model": model, "conversation": conversation}


def test_it_streams_nothing_if_one_run_of_many_is_foreign(theirs, rows, other_team):
    own = Run.objects.create(
        team=other_team, operation="chat.reply", provider=theirs["provider"], model="m", key="k", fingerprint="-",
        queued_at=timezone.now(), status="completed",
    )  # fmt: skip
    assert theirs["client"].get(reverse("runs:live"), {"runs": [str(own.pk), str(rows["run"])]}).status_code == 404


def test_it_takes_no_place_in_a_foreign_conversation(theirs, rows):
    url = reverse("chat:conversation", args=[theirs["conversation"].pk])
    foreign = Turn.objects.get(run_id=rows["run"])
    assert theirs["client"].get(url, {"leaf": str(foreign.pk)}).status_code == 404
    posted = {"message": "Hello", "key": str(uuid.uuid4()), "parent": str(foreign.pk), "leaf": str(foreign.pk)}
    assert theirs["client"].post(url, posted).status_code == 303
    question = Turn.objects.get(text="Hello")
    assert (question.parent_id, question.conversation_id) == (None, theirs["conversation"].pk)
    assert "clay pots" not in str(Run.objects.latest("id").params)


def test_it_gives_no_model_below_another_provider(theirs, rows):
    url = reverse("providers:edit_model", args=[theirs["provider"].pk, rows["model"]])
    assert theirs["client"].get(url).status_code == 404
    for name in ("model", "make_default", "remove", "access", "use", "ask"):
        posted = {"purpose": "writing", "who": "owner", "with": str(theirs["model"].pk), "question": "Why?"}
        assert theirs["client"].post(reverse(f"catalog:{name}", args=[rows["model"]]), posted).status_code == 404


def test_it_puts_no_foreign_model_in_the_place_of_an_own_one(theirs, rows):
    url = reverse("catalog:use", args=[theirs["model"].pk])
    theirs["client"].post(url, {"with": str(rows["model"])})
    assert Conversation.objects.get(pk=theirs["conversation"].pk).settings["model"] == str(theirs["model"].pk)


def test_it_takes_no_model_of_another_team_for_a_default(theirs, rows):
    theirs["client"].post(reverse("setup:models"), {"writing": str(rows["model"]), "cheap": str(rows["model"])})
    theirs["client"].post(reverse("chat:new_settings"), {"model": str(rows["model"]), "shown.model": ""})
    assert "plain-1" not in theirs["client"].get(reverse("chat:home")).content.decode()


def test_it_gives_the_same_key_to_each_team_apart(theirs, rows):
    key = str(uuid.uuid4())
    for client in (theirs["client"], browser_of(Run.objects.get(pk=rows["run"]).person)):
        assert client.post(reverse("chat:home"), {"message": "The same words", "key": key}).status_code == 303
    assert Run.objects.filter(summary="The same words").values("team").distinct().count() == 2


def test_it_narrows_history_to_no_foreign_person(theirs, rows):
    asker = Run.objects.get(pk=rows["run"]).person
    page = theirs["client"].get(reverse("runs:history"), {"person": str(asker.pk), "q": "clay"}).content.decode()
    assert "clay pots" not in page and "asker@harbour.example" not in page


def test_it_gives_no_foreign_team_to_a_foreign_heir(theirs, rows, other_team):
    """Ids in bodies: a member of another team, another team itself, a person in a filter."""
    heir = {"heir": str(rows["member"]), "confirmed": other_team.name}
    assert theirs["client"].post(reverse("accounts:give_team"), heir).status_code == 422
    assert theirs["client"].post(reverse("accounts:switch"), {"team": str(rows["team"])}).status_code == 404
    asker = Run.objects.get(pk=rows["run"]).person
    assert "asker@harbour.example" not in theirs["client"].get(reverse("accounts:audit"), {"person": str(asker.pk)}).text


def test_it_exports_nothing_of_another_team(theirs, rows, team):
    record(Membership.objects.get(pk=rows["member"]), "provider.added", target="About clay pots")
    table = theirs["client"].post(reverse("accounts:export_audit")).text
    assert "clay pots" not in table and "harbour.example" not in table
