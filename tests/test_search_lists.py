"""What somebody looks for in a list, and where a page of it begins, may be anything."""

import uuid

import pytest

from apps.core.listing import as_id, page_by_id
from apps.moderation.models import Check

LISTS = ["/safety/", "/similarity/", "/speech/", "/transcribe/", "/chat/past/"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", LISTS)
def test_it_looks_for_words_without_what_no_database_takes(as_editor, page):
    answer = as_editor.get(page, {"q": " va\x00se "})
    assert answer.status_code == 200 and "\x00" not in answer.content.decode()
    assert 'value="vase"' in answer.content.decode()


@pytest.mark.django_db
def test_it_goes_on_from_page_to_page(team):
    made = [Check.objects.create(team=team, key=str(number)).pk for number in range(5)][::-1]
    seen, last = page_by_id(Check.objects.all(), "", 2)
    after, pages = last, [seen]
    while after:
        seen, after = page_by_id(Check.objects.all(), after, 2)
        pages.append(seen)
    assert [[row.pk for row in page] for page in pages] == [made[:2], made[2:4], made[4:]]
    assert page_by_id(Check.objects.all(), "no id", 2) == ([], "")
    assert as_id("\x00") == uuid.UUID(int=0)
