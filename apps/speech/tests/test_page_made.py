"""The list of what was spoken, page by page: what was looked for stays what is looked for."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from apps.speech.models import Speech
from apps.speech.views import ON_A_PAGE

AS_PART = {"HX-Request": "true"}


@pytest.mark.parametrize("words", ["R&D", "100 % + 1 = #2", "a?b&after=1", "Größe"])
def test_it_keeps_what_was_looked_for(as_editor, team, words):
    for number in range(ON_A_PAGE + 1):
        Speech.objects.create(team=team, text=f"{words} {number:03}", name=f"{words} {number:03}", key=f"k{number}")
        Speech.objects.create(team=team, text=f"R {number:03}", name=f"R {number:03}", key=f"other{number}")
    page = as_editor.get("/speech/", {"q": words}).content.decode()
    (more,) = {html.unescape(address) for address in re.findall(r'hx-get="([^"]*after=[^"]*)"', page)}
    assert parse_qs(urlsplit(more).query)["q"] == [words]
    rest = as_editor.get(more, headers=AS_PART).content.decode()
    assert re.findall(r'dir="auto">([^<]+)</a>', rest) == [html.escape(f"{words} 000")] and "Show more" not in rest
