import io

import pytest
from django.core.files.base import ContentFile, File

import rows
from apps.core.lists import read_brought, words_of

ORDERS = "id;text\n1;The boats came in\n2;Nobody knew why\n"


def table(text, name="orders.csv", encoding="utf-8"):
    return ContentFile(text.encode(encoding), name)


def test_it_reads_typed_lines_and_names_empty_ones():
    brought = read_brought({"text": "one\r\n\r\ntwo\n  \nthree"}, [])
    assert brought.rows == [(1, "one"), (3, "two"), (5, "three")]
    assert brought.sentence == "3 rows"
    assert brought.left_out == ["2 rows are empty and were left out: 2, 4."]


def test_it_takes_a_whole_text_as_one_row():
    assert read_brought({"text": " one\r\ntwo\x00 ", "whole": "1"}, []).rows == [(1, "one\ntwo\ufffd")]


def test_it_takes_the_column_with_the_texts():
    brought = read_brought({}, [table(ORDERS)])
    assert brought.rows == [(2, "The boats came in"), (3, "Nobody knew why")]
    assert (brought.column, brought.columns) == (2, [(1, "id"), (2, "text")])


@pytest.mark.parametrize("column", ["1", "id", " ID "])
def test_it_takes_another_column_by_number_or_name(column):
    assert [row.text for row in read_brought({"column": column}, [table(ORDERS)]).rows] == ["1", "2"]


def test_it_takes_the_heading_as_a_row_where_the_person_says_so():
    brought = read_brought({"has_header": "0", "column": "2"}, [table(ORDERS)])
    assert brought.rows[0] == (1, "text")
    assert brought.columns == [(1, "Column 1"), (2, "Column 2")]


def test_it_reads_what_excel_writes_and_says_which_letters_were_lost():
    brought = read_brought({}, [table("name\ttext\nA\tGr\u00fc\u00dfe, \x00 B\n", encoding="utf-16")])
    assert brought.rows == [(2, "Gr\u00fc\u00dfe, \ufffd B")]
    assert brought.left_out == ["1 row has letters that could not be read, shown as \ufffd: 2."]


def test_it_takes_other_letters_where_the_person_chooses_them():
    file = table("text;id\n\u017e\u017e lo\u010f v p\u0159\u00edstavu;1\nn\u011bco jin\u00e9ho;2\n", encoding="cp1250")
    assert read_brought({"encoding": "cp1250"}, [file]).rows[0].text == "\u017e\u017e lo\u010f v p\u0159\u00edstavu"


def test_it_takes_each_of_several_files_as_a_row():
    brought = read_brought({}, [table("first\nfile", "a.txt"), table("second", "b.txt")])
    assert brought.rows == [(1, "first\nfile"), (2, "second")]
    assert brought.names == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("post", "files", "sentence"),
    [
        ({"text": " \n"}, [], "There is no text in it. Type a line, or choose a file with text."),
        ({"text": "a\n" * 11}, [], "There are more than 10 rows: row 11 is the first one too many. Cut the list into parts."),
        ({"text": "a\n" + "b" * 101}, [], "Row 2 is longer than 100 bytes. Shorten it or leave it out."),
        (
            {"column": "1"},
            [table('"a","b"\n' * 15 + '"c","d\n')],
            "Row 16 opens a quote that is never closed. Add the quote that is missing.",
        ),
        ({"column": "3"}, [table(ORDERS)], "The table has no such column. Choose one of its columns."),
        ({"column": "9" * 400}, [table(ORDERS)], "The table has no such column. Choose one of its columns."),
        ({"column": "name"}, [table(ORDERS)], "The table has no such column. Choose one of its columns."),
        ({}, [File(io.BytesIO(b"%PDF-1.7 \x00"), "a.pdf")], "This file is a PDF. Copy its text and paste it instead."),
    ],
)
def test_it_says_what_cannot_be_taken(post, files, sentence):
    with pytest.raises(rows.Unreadable) as wrong:
        read_brought(post, files, most=10, most_bytes=100)
    assert words_of(wrong.value) == sentence


def test_it_names_the_file_that_cannot_be_taken():
    files = [table("good", "a.txt"), File(io.BytesIO(b"PK\x03\x04\x00xl/"), "b.xlsx")]
    with pytest.raises(rows.Unreadable) as wrong:
        read_brought({}, files)
    told = words_of(wrong.value, ["a.txt", "b.xlsx"])
    assert told == "The file “b.xlsx” is an Excel workbook. Save it as CSV in Excel, then choose that file."


@pytest.mark.parametrize("code", rows.CODES)
def test_it_has_words_for_every_reason(code):
    assert words_of(rows.Unreadable(code, row=7, limit=5, kind="unknown")).endswith(".")
