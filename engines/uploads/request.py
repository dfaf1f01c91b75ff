"""What is asked for in the calls about uploads, checked and turned into values."""

import re
from typing import Any

from engines.errors import invalid
from engines.fields import Fields
from engines.files.names import plain_name
from engines.files.purposes import check_format, check_purpose, check_size, default_seconds
from engines.files.request import read_json_seconds
from engines.files.store import NewFile
from engines.uploads.limits import MOST_BYTES, MOST_MIME_TYPE, MOST_PARTS

MD5 = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)


def read_new_upload(values: dict[str, Any]) -> tuple[NewFile, int]:
    """What the file will be, and how many bytes it will have."""
    body = Fields(values)
    body.refuse_unknown({"filename", "purpose", "bytes", "mime_type", "expires_after"})
    name = plain_name(body.required_text("filename"), "filename")
    purpose = check_purpose(body.required_text("purpose"))
    body.require("bytes")
    size = body.integer("bytes", 1, MOST_BYTES) or 0
    body.required_text("mime_type")
    body.text("mime_type", longest=MOST_MIME_TYPE)
    check_format(purpose, name, "filename")
    check_size(purpose, size, "bytes")
    return NewFile(name, purpose, read_json_seconds(body) or default_seconds(purpose)), size


def read_completion(values: dict[str, Any]) -> tuple[list[str], str | None]:
    """The ids of the parts in their order, and the MD5 sum of all of them, if it is to be compared."""
    body = Fields(values)
    body.refuse_unknown({"part_ids", "md5"})
    part_ids = body.full_array("part_ids", MOST_PARTS)
    for index, part_id in enumerate(part_ids):
        if not isinstance(part_id, str):
            raise body.wrong_type(f"part_ids[{index}]", "a string", part_id)
    md5 = body.text("md5")
    if md5 is not None and not MD5.fullmatch(md5):
        raise invalid("'md5' must be 32 hexadecimal digits.", "md5")
    return part_ids, md5
