"""What is asked for in the calls about files, checked and turned into values."""

from dataclasses import dataclass

from starlette.requests import Request

from engines.errors import ApiError, invalid, too_large
from engines.fields import Fields
from engines.files.limits import LEAST_SECONDS, MOST_BYTES, MOST_PER_PAGE, MOST_SECONDS
from engines.files.names import plain_name
from engines.files.purposes import check_format, check_purpose, check_size, default_seconds
from engines.files.store import NewFile, no_such_file, number_in
from engines.form_parts import SentFile
from engines.forms import Form, TextFields

ANCHOR, SECONDS = "expires_after[anchor]", "expires_after[seconds]"


@dataclass(frozen=True, slots=True)
class PageAsk:
    """`after`: the number in the id of the last file that the caller has."""

    after: int | None
    most: int
    order: str
    purpose: str | None


def read_page(request: Request) -> PageAsk:
    """Parameters that nobody knows are passed over: some clients add their own to every address."""
    fields = TextFields(dict(request.query_params))
    most = fields.integer("limit", 1, MOST_PER_PAGE, MOST_PER_PAGE) or MOST_PER_PAGE
    order = fields.choice("order", ("asc", "desc"), "desc")
    return PageAsk(read_after(fields), most, order, fields.text("purpose"))


def read_after(fields: Fields) -> int | None:
    after = fields.text("after")
    if after is None:
        return None
    number = number_in(after)
    if number is None:
        raise invalid(no_such_file(after).message, "after")
    return number


def read_new_file(form: Form) -> tuple[NewFile, SentFile]:
    form.fields.refuse_unknown({"purpose", ANCHOR, SECONDS, "file"})
    sent = only_file(form, "file")
    purpose = check_purpose(form.fields.required_text("purpose"))
    name = plain_name(sent.name, "file")
    check_format(purpose, name, "file")
    check_size(purpose, sent.size, "file")
    return NewFile(name, purpose, read_form_seconds(form.fields) or default_seconds(purpose)), sent


def only_file(form: Form, field: str, most_bytes: int = MOST_BYTES) -> SentFile:
    """The one file of a form, which must stand in that field, hold something and not too much."""
    if form.fields.has(field):
        raise invalid(f"'{field}' must be a file.", field, "invalid_type")
    if strange := next((file for file in form.files if file.field != field), None):
        raise invalid(f"There is no file '{strange.field}' here.", strange.field, "unknown_parameter")
    if not form.files or (not form.files[0].size and not form.files[0].name):
        raise invalid(f"'{field}' is missing: send one file.", field, "missing_required_parameter")
    if len(form.files) > 1:
        raise invalid("There can be one file only.", field, "array_above_max_length")
    (sent,) = form.files
    if sent.size > most_bytes:
        raise too_large_file(field, most_bytes)
    if not sent.size:
        raise invalid("The file is empty.", field, "empty_file")
    return sent


def too_large_file(field: str, most_bytes: int) -> ApiError:
    error = too_large(f"'{field}'", most_bytes)
    error.param = field
    return error


def read_form_seconds(fields: TextFields) -> int | None:
    if not fields.has(ANCHOR) and not fields.has(SECONDS):
        return None
    fields.one_of(ANCHOR, ("created_at",))
    fields.require(SECONDS)
    return fields.integer(SECONDS, LEAST_SECONDS, MOST_SECONDS)


def read_json_seconds(body: Fields) -> int | None:
    after = body.object("expires_after")
    if after is None:
        return None
    after.refuse_unknown({"anchor", "seconds"})
    after.one_of("anchor", ("created_at",))
    after.require("seconds")
    return after.integer("seconds", LEAST_SECONDS, MOST_SECONDS)
