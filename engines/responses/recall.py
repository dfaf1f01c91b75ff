"""What one request reads of the stored responses, at most so much in sum: a few small ids may stand for a lot."""

import zlib
from typing import Any

import orjson

from engines.errors import ApiError, invalid
from engines.responses.items import Item
from engines.responses.limits import MOST_RECALLED_BYTES, MOST_TURNS, MOST_UNPACKED_BYTES
from engines.responses.shelf import Shelf

PREVIOUS = "previous_response_id"


class Recall:
    """For one request. All methods raise ApiError 400 when it asks for too much: `param` is what it asked by."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.room = MOST_RECALLED_BYTES  # of items
        self.unpacking = MOST_UNPACKED_BYTES  # of everything that lies beside them, too

    def find_item(self, item_id: str) -> Item | None:
        row = self.shelf.row_of_item(item_id)
        if row is None:
            return None
        items = [*self.unpack(row["input"], "input"), *self.unpack(row["response"], "input")["output"]]
        item = next((each for each in items if each["id"] == item_id), None)
        self.take([item], "input")
        return item

    def context_of(self, response_id: str) -> list[Item]:
        """All items up to the end of that response, the oldest first."""
        turns: list[list[Item]] = []
        wanted: str | None = response_id
        while wanted and len(turns) < MOST_TURNS:
            row = self.shelf.row_before(wanted)
            if row is None:
                raise invalid(f"Previous response with id '{wanted}' not found.", PREVIOUS, "previous_response_not_found")
            response = self.unpack(row["response"], PREVIOUS)
            if response["status"] not in ("completed", "incomplete"):
                message = f"The response '{wanted}' is {response['status']}; only one that has ended well can be continued."
                raise invalid(message, PREVIOUS)
            turns.append([*self.unpack(row["input"], PREVIOUS), *response["output"]])
            self.take(turns[-1], PREVIOUS)
            wanted = response["previous_response_id"]
        return [item for turn in reversed(turns) for item in turn]

    def unpack(self, packed: bytes, param: str) -> Any:
        """Never more than there is room for: what repeats itself is a thousand times as long as it lies there."""
        box = zlib.decompressobj()
        opened = box.decompress(packed, self.unpacking + 1)
        self.unpacking -= len(opened)
        if self.unpacking < 0:
            raise too_much(param)
        return orjson.loads(opened)

    def take(self, items: list[Any], param: str) -> None:
        self.room -= len(orjson.dumps(items))
        if self.room < 0:
            raise too_much(param)


def too_much(param: str) -> ApiError:
    message = f"The stored items that this request stands on are larger than {MOST_RECALLED_BYTES} bytes. Begin a new conversation."
    return invalid(message, param, "context_length_exceeded")
