"""What the chat page shows, gathered for its templates."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from apps.accounts.access import may
from apps.accounts.models import Role
from apps.chat import several, tool_settings
from apps.chat.answer_settings import Answering, controls_of, read_saved
from apps.chat.chips import chips_of
from apps.chat.models import Conversation
from apps.chat.operations import estimate_of
from apps.chat.places import Place
from apps.chat.room import room_of
from apps.chat.threads import SHOWN_AT_ONCE, ShownTurn, Tree, load_tree, load_turns
from apps.chat.variable_views import form_context
from apps.providers.chosen import grouped
from apps.providers.presets import OWN, PRESETS
from apps.runs.costs import CHARACTERS_PER_TOKEN
from apps.runs.operations import Estimate
from apps.runs.services import fresh_key

STARTERS = (
    ("mail", _("Answer a message"), _("Write a friendly reply to this message, in at most five sentences:\n\n")),
    ("list-checks", _("Find the main points"), _("List the main points of this text, with one short quote for each:\n\n")),
    ("spell-check", _("Make a text clearer"), _("Rewrite this text in plain words. Keep every fact:\n\n")),
)


@dataclass(frozen=True, slots=True)
class Thread:
    """The part of a conversation that is on the page."""

    turns: Sequence[ShownTurn]
    leaf: uuid.UUID | None
    first: int  # position in the path of the first turn shown
    before: int  # where the turns before them would begin
    elsewhere: uuid.UUID | None = None  # an answer that is being written on another branch


def shown_path(conversation: Conversation, tree: Tree, asked_leaf: str) -> list[uuid.UUID]:
    """The path to the turn that the address names, or to the one that was written last."""
    leaf_id = conversation.leaf_id
    if asked_leaf:
        try:
            leaf_id = uuid.UUID(asked_leaf)
        except ValueError:
            raise Http404 from None
        if leaf_id not in tree:
            raise Http404
    return tree.path(tree.newest_leaf(leaf_id) if leaf_id in tree else tree.newest_leaf(None))


def load_thread(conversation: Conversation, tree: Tree, path: Sequence[uuid.UUID], query: Mapping[str, str]) -> Thread:
    """The turns from `first` on, by default the last thirty; only those before `until`, if that is named."""
    last_page = max(0, len(path) - SHOWN_AT_ONCE)
    first = min(_whole(query.get("first"), last_page), len(path))
    until = _whole(query.get("until"), len(path))
    turns = load_turns(conversation, tree, path[first:until])
    elsewhere = tree.written_elsewhere(path) if until == len(path) else None
    return Thread(turns, path[-1] if path else None, first, max(0, first - SHOWN_AT_ONCE), elsewhere)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default


def estimate_next(place: Place, answering: Answering, tree: Tree, path: Sequence[uuid.UUID], attached: int = 0) -> Estimate | None:
    """What the next message will cost at most, before the words that are still to be typed. `attached`: tokens of attachments."""
    if answering.choice is None:
        return None
    characters = tree.characters(path) + len(place.instructions)
    messages = len(path) + 1 + bool(place.instructions)
    return estimate_of(-(-characters // CHARACTERS_PER_TOKEN) + attached, messages, answering.parameters, answering.choice.facts.prices)


def panel_context(
    place: Place, errors: Mapping[str, str] | None = None, path: Sequence[uuid.UUID] | None = None, tree: Tree | None = None
) -> dict[str, Any]:
    """What the settings at the right show."""
    answering = read_saved(place.team, place.settings, place.request.membership)
    if tree is None:
        tree = load_tree(place.conversation) if place.conversation else Tree([])
    if path is None:
        path = shown_path(place.conversation, tree, "") if place.conversation else []
    controls = controls_of(answering, errors)
    if controls:
        controls.append(several.control(place.settings))
    chips, answers = chips_of(place, answering.choice, path), several.answers_of(place.settings)
    estimate = estimate_next(place, answering, tree, path, chips.tokens)
    return {
        "place": place,
        "answering": answering,
        **(tool_settings.shown(place.team, place.settings, answering.choice.facts, answering.parameters) if answering.choice else {}),
        **grouped(controls),
        "presets": PRESETS,
        "own_preset": OWN,
        "has_presets": any(control.setting.name in {"temperature", "verbosity", "reasoning_effort"} for control in controls),
        "estimate": estimate,
        "estimate_tokens": ((estimate.input_tokens or 0) + (estimate.output_tokens or 0)) * answers if estimate else 0,
        "estimate_cost": estimate.cost * answers if estimate and estimate.cost is not None else None,
        "answers": answers,
        **_room(answering, estimate),
        "chips": chips,
        "can_write": may(place.request.membership, Role.EDITOR),
    }


def _room(answering: Answering, estimate: Estimate | None) -> dict[str, Any]:
    """How much more the model can take, in tokens; None where nobody knows. Where it is full, the oldest turns are left out."""
    room = room_of(answering)
    if room is None or estimate is None or estimate.input_tokens is None:
        return {"room_left": None, "is_too_long": False}
    return {"room_left": max(0, room - estimate.input_tokens), "is_too_long": estimate.input_tokens > room}


def page_context(
    place: Place, query: Mapping[str, str], text: str = "", error: str = "", errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Everything on the page of a place."""
    tree, path = Tree([]), []
    thread = None
    if place.conversation:
        tree = load_tree(place.conversation)
        path = shown_path(place.conversation, tree, query.get("leaf", ""))
        thread = load_thread(place.conversation, tree, path, query)
    return {
        **panel_context(place, errors, path=path, tree=tree),
        "conversation": place.conversation,
        "thread": thread,
        "key": fresh_key(),
        "text": text,
        **form_context(place, text),
        "error": error,
        "starters": STARTERS,
        "tags": list(place.conversation.tags.all()) if place.conversation else [],
    }
