"""The functions of a team: made as a table or from JSON, bounded, and an address only by an admin."""

import json

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.chat import fields, schemas
from apps.chat.models import Function

pytestmark = pytest.mark.django_db
NEW = "/chat/functions/new/"
TABLE = {"name": "search", "description": "Looks.", "shape": "table", "f0.name": "query", "f0.kind": "text", "f0.required": "yes"}


@pytest.fixture
def as_admin(client, team, make_member):
    client.force_login(make_member(team, "admin").user)
    return client


def test_it_makes_a_function_from_a_table(as_editor, team):
    more = {
        "f1.name": "limit",
        "f1.kind": "whole",
        "f1.meaning": "at most",
        "f2.name": "",
        "f3.name": "sort",
        "f3.kind": "choice",
        "f3.choices": "new, old",
    }
    assert as_editor.post(NEW, TABLE | more).status_code == 303
    function = team.functions.get()
    assert function.parameters == {
        "type": "object",
        "properties": {
            "query": {"type": "string"},
            "limit": {"type": "integer", "description": "at most"},
            "sort": {"type": "string", "enum": ["new", "old"]},
        },
        "required": ["query"],
        "additionalProperties": False,
    }
    page = as_editor.get(reverse("chat:function", args=[function.pk])).content.decode()
    assert 'value="limit"' in page and 'value="new, old"' in page
    assert "search" in as_editor.get(reverse("chat:functions")).content.decode()


def test_it_takes_a_function_as_the_api_has_it(as_editor, team):
    pasted = {
        "type": "function",
        "function": {
            "name": "roll",
            "description": "Dice",
            "parameters": {"type": "object", "properties": {"n": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}},
        },
    }
    assert as_editor.post(NEW, {"shape": "json", "schema": json.dumps(pasted)}).status_code == 303
    function = team.functions.get()
    assert (function.name, function.description) == ("roll", "Dice")
    assert function.parameters == pasted["function"]["parameters"]
    assert "anyOf" in as_editor.get(reverse("chat:function", args=[function.pk])).content.decode()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{\n "type": "object"\n "properties": {}\n}', "Line 3: a comma or a closing bracket is missing"),
        ('{"a": }', "Line 1: a value is missing"),
        ("", "Line 1: a value is missing at the end."),
        ('{"type": "object",\n}', "Line 2: "),
        ("[]", "Line 1: this must be an object"),
        ('{\n"type": "array"}', "Line 2: a function takes its inputs as an object"),
        ('{"type": "object",\n"properties": {\n"a": {\n"type": "text"}}}', "Line 4: “text” is no type."),
        ('{"type": "object",\n"required": ["b"],\n"properties": {}}', "Line 2: “b” is required"),
        ('{"type": "object",\n"properties": {"a": {"enum":\n[]}}}', "Line 2: “enum” must be a list"),
        ('{"properties": {"a":\n"text"}}', "Line 1: a schema is an object"),
        ('{"properties": ["a"]}', "“properties” must be an object"),
        ('{"properties": {"a": {"type": "number", "default": NaN}}}', "NaN is no value of JSON"),
        ('{"properties": {"a": ' * 12 + "{}" + "}}" * 12, "nested too deeply"),
        ("[" * 9000, "nested too deeply"),
        ('{"name": "f", "parameters": {\n"type": "object", "properties": {"a": 3}}}', "Line 2: a schema is an object"),
        ('{"a": "x', "a closing quote is missing"),
        ('{"a": "\\x"}', "a backslash"),
        ("{" + " " * 20_000 + "}", "the most is 20000"),
    ],
)
def test_it_says_in_which_line_a_schema_is_wrong(text, told):
    with pytest.raises(schemas.BadSchema) as found:
        schemas.read_pasted(text)
    assert told in str(found.value)


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"name": "two words"}, "Take 1 to 64 letters"),
        ({"name": ""}, "Take 1 to 64 letters"),
        ({"f0.name": "two words"}, "Row 1: “two words” is no name."),
        ({"f1.name": "query"}, "Row 2: the name “query” stands there twice."),
        ({"f0.kind": "choice", "f0.choices": "one"}, "Row 1: a choice needs at least two words"),
        ({"f0.name": "", "f0.meaning": "what"}, "Row 1 has no name."),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_typed(as_editor, team, posted, told):
    page = as_editor.post(NEW, TABLE | posted)
    assert page.status_code == 422 and told in page.content.decode() and "Looks." in page.content.decode()
    assert not team.functions.exists()


def test_it_adds_rows_without_scripts(as_editor, team):
    rows = {f"f{number}.name": f"n{number}" for number in range(4)}
    page = as_editor.post(NEW, TABLE | rows | {"add_rows": "yes"}).content.decode()
    assert 'name="f6.name"' in page and 'value="n3"' in page and not team.functions.exists()


def test_it_keeps_at_most_sixteen(as_editor, team):
    for number in range(16):
        Function.objects.create(team=team, name=f"f{number}")
    page = as_editor.post(NEW, TABLE)
    assert page.status_code == 422 and "16 functions" in page.content.decode()
    assert team.functions.count() == 16


def test_only_an_admin_gives_an_address(as_editor, team, make_member):
    as_editor.post(NEW, TABLE | {"address": "https://example.org/search"})
    function = team.functions.get()
    assert function.address == ""
    url = reverse("chat:function", args=[function.pk])
    as_editor.force_login(make_member(team, "admin").user)
    assert as_editor.post(url, TABLE | {"address": "https://example.org/search"}).status_code == 303
    assert team.functions.get().address == "https://example.org/search"
    assert AuditEntry.objects.get(act="function.address").details["after"] == "https://example.org/search"
    as_editor.force_login(make_member(team, "editor").user)
    assert as_editor.post(url, TABLE | {"name": "other"}).status_code == 403
    assert as_editor.post(reverse("chat:delete_function", args=[function.pk])).status_code == 403
    assert "only admins change it" in as_editor.get(url).content.decode()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://example.org/x", "must begin with https://"),
        ("https://localhost/x", "private network"),
        ("https://10.0.0.7/x", "private network"),
        ("https://169.254.169.254/latest", "never asked"),
        ("https://user:pw@example.org/", "user name or password"),
        ("ftp://example.org/", "must begin with http"),
        ("https://exa mple.org/", "a space"),
        ("https://example.org/#x", "from the # on"),
        ("javascript:alert(1)", "must begin with"),
    ],
)
def test_it_judges_addresses(as_admin, team, address, told):
    page = as_admin.post(NEW, TABLE | {"address": address})
    assert page.status_code == 422 and told in page.content.decode()
    assert not team.functions.exists()


def test_it_allows_one_private_address_where_an_admin_says_so(as_admin, team):
    assert as_admin.post(NEW, TABLE | {"address": "http://127.0.0.1:9/x", "allow_private": "on"}).status_code == 303
    assert team.functions.get().private_origin == "http://127.0.0.1:9"
    assert as_admin.post(NEW, TABLE | {"name": "b", "address": "http://169.254.169.254/", "allow_private": "on"}).status_code == 422


def test_it_hides_functions_of_other_teams(as_editor, other_team):
    theirs = Function.objects.create(team=other_team, name="theirs")
    assert as_editor.get(reverse("chat:function", args=[theirs.pk])).status_code == 404
    assert as_editor.post(reverse("chat:delete_function", args=[theirs.pk])).status_code == 404
    assert "theirs" not in as_editor.get(reverse("chat:functions")).content.decode()


def test_a_table_and_its_schema_are_the_same():
    rows = [
        fields.Field("a", "text", "words", True),
        fields.Field("b", "number"),
        fields.Field("c", "yesno"),
        fields.Field("d", "choice", "", False, ("x", "y")),
        fields.Field("e", "texts", "", True),
    ]
    assert fields.fields_of(fields.schema_of(rows)) == rows
    strict = fields.schema_of(rows, is_strict=True)
    assert strict["required"] == list("abcde") and strict["additionalProperties"] is False
    assert strict["properties"]["b"]["type"] == ["number", "null"] and strict["properties"]["d"]["enum"] == ["x", "y", None]
    assert fields.fields_of({"type": "object", "oneOf": []}) is None
