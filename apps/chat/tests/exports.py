"""Short ways to an export of ChatGPT and to what is read of it."""

import io

from apps.chat.chatgpt import Marks, Talk, opened
from tests.chatgpt_export import as_json, conversation, node


def read(content: bytes, skip: int = 0):
    with opened(io.BytesIO(content)) as archive:
        return list(archive.entries(Marks(), skip))


def read_one(mapping, current="", **more):
    (entry,) = read(as_json([conversation(1, mapping, current, **more)]))
    return entry


def chain(*messages):
    """One message after the other."""
    keys = [str(number) for number in range(len(messages))]
    return {
        key: node(key, keys[place - 1] if place else None, messages[place], keys[place + 1 : place + 2]) for place, key in enumerate(keys)
    }


def texts(talk):
    assert isinstance(talk, Talk), talk
    return [(each.parent, "answer" if each.is_answer else "question", each.text) for each in talk.said]
