"""No page of Similarity grows with what rows say, and a page that waits asks for little."""

import pytest
from django.urls import reverse

from apps.similarity import views
from apps.similarity.models import Finding, Row, RowSet, Side
from apps.similarity.showing import FIRST_OF_A_SET, SETS_ON_A_PAGE
from apps.similarity.tests.conftest import LINES, words_of

pytestmark = pytest.mark.django_db(transaction=True)
HX = {"HTTP_HX_REQUEST": "true"}


def field_of(page):
    return page.text.split('id="text"')[1].split("</textarea>")[0]


def test_rows_of_before_fill_the_field_as_far_as_it_goes(compared, as_editor, monkeypatch):
    compared()
    row = RowSet.objects.get()
    Row.objects.filter(set=row, place=3).update(text="long " * 180_000)
    page = as_editor.get(reverse("similarity:new"), {"like": str(row.pk)})
    assert "old boat" in field_of(page)
    assert len(page.text) < 100_000
    assert "it has the first 3 of 5." in words_of(page.text)
    assert "bring them as a file" in page.text
    Row.objects.filter(set=row).update(text="ä" * 100)
    monkeypatch.setattr(views, "LIKE_BYTES", 500)  # two bytes each
    page = as_editor.get(reverse("similarity:new"), {"like": str(row.pk)})
    assert "it has the first 2 of 5." in words_of(page.text)


def test_it_names_the_file_that_is_to_be_chosen_again(compared, as_editor, monkeypatch):
    compared("", files=[("things.csv", b"text\nred apple\nold boat\n")])
    monkeypatch.setattr(views, "LIKE_BYTES", 12)
    page = as_editor.get(reverse("similarity:new"), {"like": str(RowSet.objects.get().pk)})
    assert "choose the file “things.csv” again" in page.text
    monkeypatch.undo()
    page = as_editor.get(reverse("similarity:new"), {"like": str(RowSet.objects.get().pk)})
    assert "choose the file" not in page.text


@pytest.fixture
def many_sets(compared, as_editor):
    """45 sets of 12 rows each, of about 300 letters."""
    text = "\n".join(f"thing{n} " * 40 for n in range(45) for _again in range(12))
    return compared("", files=[("a.csv", f"text\n{text}\n".encode())])


def test_it_shows_sets_of_almost_the_same_a_page_at_a_time(many_sets, as_editor):
    first = as_editor.get(many_sets, {"tab": "same"}, **HX)
    assert "540 rows say almost the same, in 45 sets." in first.text
    assert first.text.count("<table") == SETS_ON_A_PAGE
    assert first.text.count("<tr><td") == SETS_ON_A_PAGE * FIRST_OF_A_SET
    assert "2 more" in first.text
    assert len(first.content) < 200_000
    last = as_editor.get(many_sets, {"tab": "same", "after": "40"}, **HX)
    assert last.text.count("<table") == 5
    assert "Next sets" in first.text
    assert "Next sets" not in last.text
    one = as_editor.get(many_sets, {"tab": "same", "set": "45"}, **HX)
    assert one.text.count("<tr><td") == 12
    for odd in ({"after": "x"}, {"after": "99999999"}, {"set": "46"}, {"set": "²"}):
        assert as_editor.get(many_sets, {"tab": "same", **odd}).status_code == 200


@pytest.mark.parametrize(("tab", "name", "wish"), [("same", "limit", "0.2"), ("groups", "groups", "2")])
def test_a_page_that_waits_for_a_wish_asks_for_its_card_alone(compared, as_editor, carry_out, tab, name, wish):
    compared()
    side = Side.objects.get()
    page = as_editor.get(as_editor.post(reverse(f"similarity:{name}", args=[side.pk]), {name: wish}).url)
    card = reverse("similarity:side", args=[side.pk])
    assert page.text.count('hx-trigger="every') == 1
    assert f'hx-get="{card}?found=5" hx-trigger="every 1s"' in page.text
    assert 'hx-trigger="similarity-found from:body"' in page.text
    waiting = as_editor.get(f"{card}?found=5", **HX)
    assert "HX-Trigger" not in waiting
    assert len(waiting.content) < 5_000
    carry_out()
    ready = as_editor.get(f"{card}?found=5", **HX)
    assert ready["HX-Trigger"] == "similarity-found"
    assert "every 1s" not in ready.text


def test_it_offers_the_limit_of_the_pair_that_is_most_alike(compared, as_editor, carry_out):
    address = compared(LINES)
    words = words_of(as_editor.get(address, {"tab": "same"}).text)
    pair = Finding.objects.get(kind="nearest").told["pair"]
    assert f"No two rows are as alike as 0.95. Most alike are row {pair[0] + 1} and row {pair[1] + 1} ({pair[2]:.2f})." in words
    offer = as_editor.get(address, {"tab": "same"}).text.split('name="limit" value="')[1].split('"')[0]
    assert float(offer) <= pair[2] < float(offer) + 0.01
    page = as_editor.post(reverse("similarity:limit", args=[Side.objects.get().pk]), {"limit": offer})
    assert "No two rows" not in as_editor.get(page.url).text  # being found
    carry_out()
    assert "rows say almost the same" in as_editor.get(page.url).text


def test_texts_with_nothing_in_common_have_no_limit_on_offer(compared, as_editor):
    address = compared()
    told = Finding.objects.get(kind="nearest")
    told.told["pair"][2] = -0.1
    told.save()
    page = as_editor.get(address, {"tab": "same"})
    assert "(-0.10)" in page.text
    assert "as the limit" not in page.text
    told.told["pair"][2] = 0.9486
    told.save()
    assert "(0.9486)" in as_editor.get(address, {"tab": "same"}).text
