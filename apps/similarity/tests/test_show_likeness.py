"""The pages of Similarity: from the form to what is alike."""

import io
import json
import re
import uuid

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.providers.models import Model
from apps.similarity import held
from apps.similarity.finding import seen_by
from apps.similarity.models import RowSet, Side, digest_of
from apps.similarity.tests.conftest import LINES, words_of
from tests.loopback.embedding_models import PICKY, SIZED, WORDS

pytestmark = pytest.mark.django_db(transaction=True)
TABS = ("pairs", "map", "closest", "groups", "same", "rows")
HX = {"HTTP_HX_REQUEST": "true"}


def test_it_says_what_is_most_alike(compared, as_editor):
    page = as_editor.get(compared())
    assert "Most alike: row " in page.text
    assert "1 call" in words_of(page.text)


@pytest.mark.parametrize("tab", TABS)
def test_it_shows_every_tab(compared, as_editor, tab):
    page = as_editor.get(compared(), {"tab": tab})
    assert page.status_code == 200
    assert f'?tab={tab}" aria-current="page"' in page.text


def test_it_shows_pairs_in_nine_steps(compared, as_editor):
    address = compared()
    page = as_editor.get(address)
    assert page.text.count('<td class="h9">9</td>') >= 2  # the table is the same on both sides of its middle
    assert page.text.count('<td class="h0"') == 5
    values = as_editor.get(address, {"values": "1"})
    assert 'class="h9">0.' in values.text


def test_it_draws_a_map_with_names(compared, as_editor):
    page = as_editor.get(compared(), {"tab": "map"})
    assert page.text.count('class="point ') == 5
    assert "Distances are a rough picture" in page.text
    assert "principal components (PCA)" in page.text


def test_it_shows_groups_first_of_many_rows(compared, as_editor):
    address = compared("\n".join(f"{thing} word{n}" for n in range(35) for thing in ("apple apple", "boat boat")))
    page = as_editor.get(address)
    assert "the groups come first" in page.text
    assert 'href="?tab=pairs&amp;group=A"' in page.text
    inside = as_editor.get(address, {"tab": "pairs", "group": "A"})
    assert inside.text.count('class="h0"') == 35


def test_it_escapes_and_cuts_what_rows_say(compared, as_editor):
    address = compared("<script>alert(1)</script>\n" + "word " * 3000 + "\nsmall")
    for tab in TABS:
        page = as_editor.get(address, {"tab": tab})
        assert "<script>alert" not in page.text
        assert len(page.text) < 80_000


def test_it_finds_the_nearest_rows(compared, as_editor, carry_out):
    address = compared()
    page = as_editor.post(f"{address}search/", {"text": "a yellow apple"})
    assert page.url == f"{address}?tab=closest&q={digest_of('a yellow apple')}"
    assert "Your text is being read" in as_editor.get(page.url).text
    carry_out()
    found = as_editor.get(page.url)
    assert "Nearest to “a yellow apple”" in found.text
    assert words_of(found.text).index("red apple") < words_of(found.text).rindex("boat")
    assert as_editor.post(f"{address}search/", {"text": " "}).status_code == 422


def test_it_makes_as_many_groups_as_are_wanted(compared, as_editor, carry_out):
    address = compared()
    side = Side.objects.get()
    page = as_editor.post(reverse("similarity:groups", args=[side.pk]), {"groups": "2"})
    assert "New groups are being found" in as_editor.get(page.url).text
    carry_out()
    assert "The rows make 2 groups." in as_editor.get(address).text
    assert as_editor.post(reverse("similarity:groups", args=[side.pk]), {"groups": "0"}).status_code == 422
    as_editor.post(reverse("similarity:groups", args=[side.pk]), {"groups": ""})
    carry_out()
    assert Side.objects.get().wanted_groups is None


def test_it_finds_what_is_almost_the_same(compared, as_editor, carry_out):
    address = compared("red apple\nred apple\ngreen apple")
    assert "2 rows say almost the same, in 1 set." in as_editor.get(address, {"tab": "same"}).text
    side = Side.objects.get()
    page = as_editor.post(reverse("similarity:limit", args=[side.pk]), {"limit": "0.2"})
    carry_out()
    assert "3 rows say almost the same, in 1 set." in as_editor.get(page.url).text
    assert as_editor.post(reverse("similarity:limit", args=[side.pk]), {"limit": "2"}).status_code == 422


def test_it_puts_two_models_side_by_side(compared, as_editor, carry_out, reading):
    address = compared()
    model = Model.objects.get(provider=reading, name=SIZED)
    page = as_editor.post(f"{address}models/", {"model": str(model.pk), "shown.model": ""})
    assert page.url == address
    carry_out()
    page = as_editor.get(address)
    assert "They agree on " in page.text
    assert page.text.count('class="column"') == 2
    assert as_editor.get(address, {"tab": "map"}).text.count('<svg class="map"') == 2
    second = Side.objects.get(position=1)
    assert as_editor.post(reverse("similarity:remove", args=[second.pk])).status_code == 303
    assert as_editor.post(reverse("similarity:remove", args=[Side.objects.get().pk])).status_code == 409


def test_it_compares_a_column_of_a_table(compared, as_editor, carry_out):
    table = 'id;text;note\r\n1;"red; apple";"a\r\nb"\r\n2;=green apple;c\r\n3;old boat;d\r\n'.encode("utf-16")
    address = compared("", files=[("things.csv", table)], column="text")
    row = RowSet.objects.get()
    assert list(row.rows.values_list("number", "text")) == [(2, "red; apple"), (3, "=green apple"), (4, "old boat")]
    assert "Compare this column" in as_editor.get(address).text
    page = as_editor.post(f"{address}column/", {"column": "3", "key": "k" * 32})
    carry_out()
    assert "note" in as_editor.get(page.url).text
    assert RowSet.objects.count() == 2


def test_it_compares_files(compared, as_editor):
    address = compared("", files=[("one.txt", b"red apple"), ("two.txt", b"green apple"), ("three.txt", b"old boat")])
    page = as_editor.get(address)
    assert "one.txt" in page.text
    assert "Most alike: one.txt and two.txt" in page.text


def test_it_tells_what_a_file_has_before_it_is_sent(as_editor, reading):
    file = SimpleUploadedFile("things.csv", b"id,text\n1,red apple\n2,\n3,old boat\n")
    page = as_editor.post(reverse("similarity:preview"), {"file": file}, **HX)
    words = words_of(page.text)
    assert "2 rows" in words
    assert "1 row is empty and was left out: 3." in words
    assert "1 call" in words
    assert not RowSet.objects.exists()


@pytest.mark.parametrize(
    ("text", "files", "sentence"),
    [
        ("", (), "There is no text in it."),
        ("one line", (), "There is one row only."),
        ("\n \n", (), "There is no text in it."),
        ("", [("a.csv", b"text\nred\n" + b"x" * 1_000_001 + b"\n")], "Row 3 is longer than 1,000,000 bytes."),
        ("\n".join(f"row {n}" for n in range(20_001)), (), "row 20,001 is the first one too many"),
        ("", [("a.csv", b"text,b\n" + b'"fine",1\n' * 30 + b'"open,2\nred,3\n')], "opens a quote that is never closed"),
        ("", [("a.xlsx", b"PK\x03\x04" + b"\0" * 40 + b"[Content_Types].xml xl/workbook.xml")], "This file is"),
    ],
)
def test_it_names_what_cannot_be_read(post, text, files, sentence):
    page = post(text, files=files)
    assert page.status_code == 422
    assert sentence in page.text.replace("&#x27;", "'")
    assert not RowSet.objects.exists()


def test_it_keeps_what_databases_do_not_take_out(compared, as_editor):
    address = compared("red\x00apple\nold boat\n" + "a\ufffdb")
    assert as_editor.get(address).status_code == 200


def test_it_makes_one_set_of_a_double_click(post):
    key = uuid.uuid4().hex
    assert post(key=key).url == post(key=key).url
    assert post("something\nelse", key=key).status_code == 409


def test_it_tells_which_row_was_refused_and_compares_the_others(compared, as_editor):
    page = as_editor.get(compared("red apple\ngreen apple\na forbidden boat\nnew boat", model=PICKY))
    assert "Row 3 could not be read:" in page.text
    assert "Most alike: row 1 and row 2" in page.text
    assert "Try again" in page.text


def test_it_exports_all_that_was_found(compared, as_editor):
    address = compared("red apple\n=green apple\nold boat")
    table = b"".join(as_editor.get(f"{address}export.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert table[0].startswith("Row,File,Text,Place in the NPY file,Group")
    assert table[2].split(",")[2] == "'=green apple"
    found = json.loads(b"".join(as_editor.get(f"{address}export.json").streaming_content))
    assert [row["text"] for row in found] == ["red apple", "=green apple", "old boat"]
    assert found[0]["models"][0]["nearest_row"] == 2
    npy = b"".join(as_editor.get(reverse("similarity:export_npy", args=[Side.objects.get().pk])).streaming_content)
    units = np.load(io.BytesIO(npy))
    assert units.shape == (3, 64)
    assert np.allclose(np.linalg.norm(units, axis=1), 1, atol=1e-3)


def test_it_deletes_and_brings_back(compared, as_editor):
    address = compared()
    row = RowSet.objects.get()
    assert as_editor.post(f"{address}rename/", {"name": "Fruit"}).status_code == 303
    as_editor.post(f"{address}delete/")
    assert "Undo" in as_editor.get(reverse("similarity:new")).text
    assert as_editor.get(address).status_code == 404
    as_editor.post(f"{address}restore/")
    assert "Fruit" in as_editor.get(address).text
    assert reverse("similarity:set", args=[row.pk]) in as_editor.get(reverse("similarity:new")).text


def test_it_lets_viewers_read_only(compared, client, viewer):
    address = compared()
    client.force_login(viewer.user)
    assert client.get(address).status_code == 200
    for tab in TABS:
        assert "<form" not in client.get(address, {"tab": tab}, **HX).text
    assert client.post(f"{address}search/", {"text": "x"}).status_code == 403


def test_it_begins_with_an_example_or_with_rows_of_before(compared, as_editor, reading):
    assert "My parcel has not arrived yet." in as_editor.get(reverse("similarity:new"), {"example": "support"}).text
    compared()
    page = as_editor.get(reverse("similarity:new"), {"like": str(RowSet.objects.get().pk)})
    assert LINES in page.text


def test_it_shows_the_request_that_would_be_sent(as_editor, reading):
    page = as_editor.post(reverse("similarity:request"), {"text": LINES})
    assert "/embeddings" in page.text
    assert "red apple" in page.text


def test_a_question_that_comes_too_early_is_kept(post, as_editor):
    page = as_editor.post(f"{post().url}search/", {"text": "a boat of my own"})
    assert page.status_code == 409 and "not compared yet" in page.text and "a boat of my own" in page.text


def test_the_model_that_is_there_is_told(compared, as_editor, reading):
    url = compared()
    page = as_editor.post(reverse("similarity:add_side", args=[Side.objects.get().set_id]), {})
    assert page.status_code == 409 and "have this model in this size already" in words_of(page.text) and url
    assert Side.objects.count() == 1


def test_an_export_stands_in_the_audit(compared, as_editor):
    b"".join(as_editor.get(f"{compared()}export.csv").streaming_content)
    assert AuditEntry.objects.filter(act="data.exported", target="Similarity").count() == 1


def test_another_column_is_read_as_the_first_one_was(compared, as_editor, carry_out):
    """With the letters, the separator and the heading that a person chose, by the model of the set."""
    table = "яблоко;красное яблоко\nлодка;старая лодка\n".encode("cp1251")
    compared("", files=[("a.csv", table)], column="1", has_header="0", encoding="cp1251", delimiter=";")
    first = RowSet.objects.get()
    assert first.count == 2 and first.source["shape"] == {"encoding": "cp1251", "delimiter": ";", "has_header": "0"}
    other = Model.objects.get(name=SIZED)
    as_editor.post(reverse("similarity:settings"), {"model": str(other.pk)})
    page = as_editor.post(reverse("similarity:other_column", args=[first.pk]), {"column": "2", "key": "k2"})
    assert page.status_code == 303
    found = RowSet.objects.exclude(pk=first.pk).get()
    assert found.count == 2 and found.sides.get().model == WORDS


def test_letters_and_separator_can_be_corrected(as_editor, reading):
    file = SimpleUploadedFile("a.csv", "a|b\nеда|дом\nлес|сад\n".encode())
    page = as_editor.post(reverse("similarity:preview"), {"file": file, "delimiter": "|", "encoding": "utf-8"}, **HX)
    assert 'value="|" selected' in page.text and 'value="utf-8" selected' in page.text


def test_too_many_rows_are_told_while_they_are_typed(as_editor, reading, monkeypatch):
    monkeypatch.setattr("apps.similarity.choosing.MOST_ROWS", 3)
    page = as_editor.post(reverse("similarity:settings"), {"text": "a\nb\nc\nd"}, **HX)
    assert "These are 4 rows, and 3 are compared at once: row 4 is the first one too many." in words_of(page.text)


def test_two_models_agree_even_when_the_last_step_was_cut_off(compared, as_editor, carry_out, reading, monkeypatch):
    url = compared()
    row = RowSet.objects.get()
    as_editor.post(reverse("similarity:add_side", args=[row.pk]), {"model": str(Model.objects.get(name=SIZED).pk), "shown.model": ""})

    def killed(side):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("apps.similarity.comparing._end", killed)
        carry_out()
    RowSet.objects.update(lease_until=None)
    carry_out()
    assert "They agree on" in as_editor.get(url).text


@pytest.mark.parametrize("name", ["row", "group", "likeness", "across", "up"])
def test_it_sorts_all_rows_by_each_column(compared, as_editor, name):
    address = compared()
    numbers = {}
    for sort in (name, f"-{name}"):
        page = as_editor.get(address, {"tab": "rows", "sort": sort})
        assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in page.text
        numbers[sort] = re.findall(r'<tr><td class="num">(\d)</td>', page.text)
        assert sorted(numbers[sort]) == list("12345")
    assert numbers[name] != numbers[f"-{name}"]


def test_it_shows_the_most_alike_rows_first_when_asked(compared, as_editor):
    page = as_editor.get(compared(), {"tab": "rows", "sort": "-likeness"})
    values = [float(value) for value in re.findall(r'<td class="num">(-?\d\.\d\d)</td>', page.text)]
    assert values == sorted(values, reverse=True)
    assert len(values) == 5
    assert "sort=likeness" in page.text  # a click turns it round


def test_it_goes_by_the_order_of_before_where_a_column_is_none(compared, as_editor):
    page = as_editor.get(compared(), {"tab": "rows", "sort": "person; drop"})
    assert re.findall(r'<tr><td class="num">(\d)</td>', page.text) == list("12345")


def test_it_reads_the_numbers_when_the_tab_opens_and_not_again_for_a_search(compared, as_editor, monkeypatch):
    address, read = compared(), []
    monkeypatch.setattr(held, "seen_by", lambda side: read.append(side.pk) or seen_by(side))
    held.forget()
    as_editor.get(address, {"tab": "closest"})
    assert len(read) == 1
    page = as_editor.get(address, {"tab": "closest", "q": digest_of("red apple")})
    assert page.status_code == 200
    assert len(read) == 1
