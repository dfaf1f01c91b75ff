"""How a table is written is told from the table."""

import codecs
import io
import random
import time

import pytest

import rows

TABLE = "Größe;Text\nklein;„eins“, zwei\ngroß;drei, vier, fünf\n"


def shape(text, encoding="utf-8"):
    return rows.shape_of(io.BytesIO(text if isinstance(text, bytes) else text.encode(encoding)))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_it_reads_what_excel_writes_anywhere(written, told):
    file = io.BytesIO(TABLE.encode(written))
    found = rows.shape_of(file)
    assert (found.encoding, found.delimiter) == (told, ";")
    assert [record.cells for record in rows.read_records(file, found)] == [line.split(";") for line in TABLE.splitlines()]


def test_it_knows_big_endian_by_its_mark():
    assert shape(codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be")).encoding == "utf-16-be"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        "Имя;Текст\nАнна;один\n",
        "中文,文字\n你好,再见\n",
        "名前\n吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n",
        "a,b\n1,2\n",
    ],
)
def test_it_knows_utf16_without_mark_in_other_scripts(text, encoding):
    assert shape(text * 3, encoding).encoding == encoding


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_letters_that_end_in_a_zero_do_not_turn_utf16_round(encoding):
    assert shape("一一一一一一一一一一　一一一一　一一一\n" * 5, encoding).encoding == encoding


def test_one_late_letter_decides():
    assert shape(b"id,text\n" + b"1,plain words\n" * 20_000 + "2,größer\n".encode("cp1252")).encoding == "cp1252"
    assert shape(b"id,text\n" + b"1,plain words\n" * 20_000 + "2,größer\n".encode()).encoding == "utf-8"


def test_a_letter_over_the_edge_of_a_block_is_no_broken_one():
    for before in range(65_530, 65_540):
        assert shape(b"x" * before + "€ö\n".encode()).encoding == "utf-8"


def test_a_few_broken_bytes_leave_utf8_as_it_is():
    assert shape("größer als häufig\n".encode() * 20 + b"\xff\n").encoding == "utf-8"


def test_some_zeros_make_no_utf16():
    assert shape("plain text, one\x00two\n" * 50).encoding == "utf-8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_finds_what_separates_cells(delimiter):
    lines = [["name", "text", "n"], ["a", "one. two! three", "1"], ["b", f"with {delimiter} inside", "2"], ["c", "and\nbreaks", "3"]]
    quoted = "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    file = io.BytesIO(quoted.encode())
    found = rows.shape_of(file)
    assert (found.delimiter, found.quotes, found.has_header) == (delimiter, "doubled", True)
    assert [record.cells for record in rows.read_records(file, found)] == lines


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("x;1,5\ny;2,5\n", ";"),  # decimal commas
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ('"a, b";"c, d"\n"e, f";"g, h"\n', ";"),
        ("a\tone, two\nb\tone, two\n", "\t"),
        ("a,b,c;d\ne,f,g;h\n", ","),
        ("a,b\nc\nd,e\nf,g\nh,i\n", ","),  # a ragged one
        ("sep=|\na,b|c\nd,e|f\n", "|"),
        ("name, age\nAnna, 30\nBob, 25\n", ","),
        ("Hello, world\nBye\nThis, that, other\nx\n", rows.NONE),
        ('"Hello, world"\n"Bye, now"\n', rows.NONE),
        ("one\ntwo\n", rows.NONE),
        ("", rows.NONE),
    ],
)
def test_it_tells_columns_from_sentences(text, delimiter):
    assert shape(text).delimiter == delimiter


@pytest.mark.parametrize(
    ("text", "quotes", "cells"),
    [
        ('"he said ""hi""",2\n"x",3\n', "doubled", ['he said "hi"', "2"]),
        ('"he said \\"hi\\"",2\n"x",3\n', "backslash", ['he said "hi"', "2"]),
        ('"Hi" she said\t2\nx\t3\n', "none", ['"Hi" she said', "2"]),
        ('"Hi," she said, "go on"\nyes\nno\n', "none", ['"Hi," she said, "go on"']),
        ('5" pipe,2\n6" pipe,3\n', "doubled", ['5" pipe', "2"]),
    ],
)
def test_no_quote_is_lost(text, quotes, cells):
    file = io.BytesIO(text.encode())
    found = rows.shape_of(file)
    assert found.quotes == quotes
    assert next(rows.read_records(file, found)).cells == cells


def test_one_wrong_quote_among_many_is_wrong_and_no_letter():
    file = io.BytesIO(("text,n\n" + '"a, b",1\n' * 20 + '"x"y,2\n').encode())
    found = rows.shape_of(file)
    assert (found.quotes, found.delimiter) == ("doubled", ",")
    with pytest.raises(rows.Unreadable, match="quote in row 22"):
        list(rows.read_column(file, found, "text", most=99))


@pytest.mark.parametrize("before", ["", "id,text\n"])
@pytest.mark.parametrize("text", ['"' + "some words, y\n" * 10_000 + '",1\nz,2\n', '"' + "a\n" * 600 + '",1\nz,2\n'])
def test_a_cell_that_goes_on_where_the_look_ends_is_no_wrong_quote(before, text):
    found = shape(before + text)
    assert (found.quotes, found.delimiter, found.has_header) == ("doubled", ",", bool(before))
    assert [len(record.cells) for record in rows.read_records(io.BytesIO((before + text).encode()), found)] == [2] * (3 if before else 2)


@pytest.mark.parametrize(
    ("text", "has_header"),
    [
        ("id,text\n1,a\n", True),
        ("text\ncat\ndog\n", True),
        ("Laufnummer;Menge\na;1\nb;2\n", True),  # a word above numbers
        ("Kommentar\nDas Essen war kalt und kam zu spät.\nSehr nette Bedienung, gerne wieder.\n", True),
        ("cat\ndog\n", False),
        ("2024,5\n2025,6\n", False),
        ("Anna,Berlin\nBob,Paris\n", False),
        ("What is the name of this?\nAnd of that one over there?\n", False),
        ("text,text\na,b\n", False),
        ("text\n", False),
    ],
)
def test_it_tells_a_heading_from_a_row(text, has_header):
    assert shape(text).has_header is has_header


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml" + b"\x00" * 20 + b"xl/workbook.xml", "excel"),
        (b"PK\x03\x04\x14\x00\x00\x00word/document.xml", "word"),
        (b"PK\x03\x04\x14\x00\x00\x00mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "opendocument"),
        (b"PK\x03\x04\x14\x00\x00\x00a.txt", "archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "excel"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture"),
        (b"%PDF-1.7\n", "pdf"),
        (random.Random(1).randbytes(5_000), "unknown"),
        (bytes(5_000), "unknown"),
        (b"A\x00\x00B" * 100, "unknown"),
    ],
)
def test_it_refuses_what_is_no_text_and_says_what_it_is(file, kind):
    with pytest.raises(rows.Unreadable) as refused:
        shape(file)
    assert (refused.value.code, refused.value.kind) == ("binary", kind)
    assert kind in rows.KINDS


def test_a_text_may_begin_like_a_picture():
    assert shape("GIF8 is how it begins,1\nRIFF too,2\n").delimiter == ","


@pytest.mark.parametrize("cell", ["1" + " " * 60_000 + "x", "," * 60_000, '"' * 60_000, " ," * 30_000, "1," * 30_000])
def test_no_cell_keeps_it_thinking(cell):
    begun = time.process_time()
    shape(f"a,b\n{cell},1\n{cell},2\n")
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("seed", range(60))
def test_any_table_comes_back_as_it_was(seed):
    chance = random.Random(seed)
    letters = ["a", "ß", "€", "語", "🙂", " ", ",", ";", "\t", "|", '"', "\n", "\r\n", "'", "\\", "\u2028", "\x85"]
    width, delimiter = chance.randint(2, 5), chance.choice(",;\t|")
    table = [
        ["x" + "".join(chance.choices(letters, k=chance.randrange(30))) for _cell in range(width)] for _row in range(chance.randint(2, 40))
    ]
    text = "".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) + "\r\n" for line in table)
    encoding = chance.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    file = io.BytesIO(text.encode(encoding))
    found = rows.shape_of(file)
    assert [record.cells for record in rows.read_records(file, found)] == table
