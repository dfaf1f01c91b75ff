"""Rows come one after the other, and what is wrong is named by its row."""

import io
import random
import time
import tracemalloc

import pytest

import rows
from rows import Shape, Unreadable
from rows import reading as reading_module

MANY = 1_000_000


def column(data, column=1, *, shape=None, most=MANY, **limits):
    file = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    return rows.read_column(file, shape or Shape(), column, most=most, **limits)


def texts(reading):
    return [row.text for row in reading]


def refusal(reading):
    with pytest.raises(Unreadable) as refused:
        list(reading)
    return refused.value


def test_it_reads_pasted_lines_of_every_system():
    reading = rows.read_lines("\ufeffone\r\ntwo\rthree\n four \n\n \t\nseven\u2028still seven", most=MANY)
    assert list(reading) == [(1, "one"), (2, "two"), (3, "three"), (4, " four "), (7, "seven\u2028still seven")]
    assert (reading.empty.count, reading.empty.first, reading.taken) == (2, [5, 6], 5)


def test_it_counts_rows_as_a_spreadsheet_does():
    reading = column('text,n\n"one\nline",1\n\n,2\n"last",3\n', "text", shape=Shape(has_header=True))
    assert list(reading) == [(2, "one\nline"), (5, "last")]
    assert reading.empty.first == [3, 4]


def test_a_row_too_short_for_the_column_is_empty():
    reading = column("a,b\nc\nd,e,f\n", 2)
    assert list(reading) == [(1, "b"), (3, "e")]
    assert reading.empty.first == [2]


@pytest.mark.parametrize(("name", "found"), [("Text", "1"), ("text", "2"), (" TEXT ", "1"), ("other", "3"), (3, "3"), ("7", "4")])
def test_it_finds_a_column_by_name_or_number(name, found):
    assert texts(column("Text,text, Other ,7\n1,2,3,4\n", name, shape=Shape(has_header=True))) == [found]


def test_capitals_tell_names_apart_before_spaces_do():
    assert texts(column("text,Text ,b\n1,2,3\n", "Text", shape=Shape(has_header=True))) == ["2"]


@pytest.mark.parametrize("name", ["missing", 0, -1])
def test_it_says_that_a_column_is_not_there(name):
    assert refusal(column("a,b\n1,2\n", name, shape=Shape(has_header=True))).code == "no_column"


def test_without_a_heading_no_column_has_a_name():
    assert refusal(column("a,b\n", "a")).code == "no_column"


@pytest.mark.parametrize("data", ["", "\n\n", " , \n", "\ufeff"])
def test_it_says_that_there_is_nothing(data):
    assert refusal(column(data)).code == "no_rows"
    assert refusal(rows.read_lines(data.replace(",", ""), most=9)).code == "no_rows"


def test_a_heading_alone_is_nothing():
    assert refusal(column("text\n", "text", shape=Shape(has_header=True))).code == "no_rows"


def test_it_names_the_first_row_beyond_the_limit_and_hands_out_those_before():
    reading, got = rows.read_lines("a\n\nb\nc\nd\n", most=2), []
    with pytest.raises(Unreadable) as refused:
        got.extend(row.text for row in reading)
    assert (refused.value.code, refused.value.row, refused.value.limit) == ("too_many", 4, 2)
    assert reading.taken == 2


def test_it_does_not_count_empty_rows_for_ever(monkeypatch):
    monkeypatch.setattr(reading_module, "MOST_EMPTY", 50)
    assert texts(rows.read_lines("\n" * 50 + "x", most=2)) == ["x"]
    wrong = refusal(rows.read_lines("\n" * 60 + "x", most=2))
    assert (wrong.code, wrong.row) == ("too_many", 51)


def test_as_many_as_allowed_are_allowed():
    assert texts(rows.read_lines("a\nb\n\n", most=2)) == ["a", "b"]


def test_it_names_a_row_that_is_too_large_in_bytes():
    wrong = refusal(rows.read_lines("fits\n" + "ß" * 500_001, most=MANY))
    assert (wrong.code, wrong.row, wrong.limit) == ("too_large", 2, 1_000_000)
    assert texts(rows.read_lines("ß" * 500_000, most=MANY)) == ["ß" * 500_000]


def test_a_large_cell_in_another_column_does_not_matter():
    assert texts(column("x" * 2_000_000 + ",small\n", 2)) == ["small"]


def test_a_line_without_end_is_not_held():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return b"x" * size

        def seek(self, *_where):
            return 0

    source = Endless()
    wrong = refusal(rows.read_column(source, Shape(), most=MANY))
    assert (wrong.code, wrong.row) == ("too_large", 1)
    assert source.given < 6 << 20


@pytest.mark.parametrize(
    ("data", "code", "row"),
    [
        ('a,1\n"b,2\nc,3\n', "open_quote", 2),
        ('a,1\n"', "open_quote", 2),
        ('a,1\nb,"', "open_quote", 2),
        ('a,1\n"b\n', "open_quote", 2),
        ('a,1\nb,2\n"c"d,3\ne,4\n', "quote", 3),
        ('a\n"' + "x\n" * 3_000_000, "open_quote", 2),
    ],
)
def test_it_names_the_row_with_a_wrong_quote(data, code, row):
    wrong = refusal(column(data))
    assert (wrong.code, wrong.row) == (code, row)


def test_quotes_may_be_ordinary_letters():
    assert texts(column('"a,1\nb"c,2\n', shape=Shape(quotes="none"))) == ['"a', 'b"c']


def test_a_backslash_at_the_very_end_loses_no_row():
    wrong = refusal(column("a\nb\\", shape=Shape(quotes="backslash")))
    assert (wrong.code, wrong.row) == ("open_quote", 2)


def test_it_keeps_rows_with_letters_no_text_can_hold_and_names_them():
    reading = rows.read_lines("fine\nnul\x00here\nhalf \ud800\npair \ud83d\ude42\n", most=MANY)
    assert texts(reading) == ["fine", "nul\ufffdhere", "half \ufffd", "pair 🙂"]
    assert reading.spoiled.first == [2, 3]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [(b"ok\nbro\xffken\nnu\x00l\n", "utf-8"), (b"o\0k\0\n\0x\0\0\xd8\n\0y\0\0\0\n\0", "utf-16-le"), (b"a\n\x81b\nc\x00\n", "cp1252")],
)
def test_bytes_that_are_no_letters_are_named(data, encoding):
    reading = column(data, shape=Shape(encoding=encoding))
    assert all(text.encode() and "\x00" not in text for text in texts(reading))
    assert reading.spoiled.first == [2, 3]


def test_only_the_first_numbers_are_kept():
    reading = rows.read_lines("\n" * 5_000 + "x", most=1)
    assert texts(reading) == ["x"]
    assert (reading.empty.count, len(reading.empty.first)) == (5_000, 100)


def test_every_file_is_a_row():
    files = [io.BytesIO(data) for data in (b"one\ntwo\n", " größer".encode("cp1252"), b"", b"\xef\xbb\xbfmarked")]
    reading = rows.read_files(files, most=9)
    assert list(reading) == [(1, "one\ntwo\n"), (2, " größer"), (4, "marked")]
    assert reading.empty.first == [3]


def test_it_names_the_file_that_is_no_text_or_too_large():
    wrong = refusal(rows.read_files([io.BytesIO(b"ok"), io.BytesIO(b"%PDF-1.7")], most=9))
    assert (wrong.code, wrong.row, wrong.kind) == ("binary", 2, "pdf")
    wrong = refusal(rows.read_files([io.BytesIO(b"ok"), io.BytesIO(b"x" * 1_000_001)], most=9))
    assert (wrong.code, wrong.row) == ("too_large", 2)


def test_a_file_that_is_too_large_is_not_held():
    tracemalloc.start()
    try:
        file = io.BytesIO(b"x" * (20 << 20))
        held = tracemalloc.get_traced_memory()[0]
        assert refusal(rows.read_files([file], most=1)).code == "too_large"
        assert tracemalloc.get_traced_memory()[1] - held < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_table_that_is_wide_beyond_measure_is_refused_at_once():
    data = b"id,text\n" + b",".join([b""] * 400_000) + b"\n"
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as wrong:
            rows.look(io.BytesIO(b"id,text\n1,hello\n" + data * 20))
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    assert (wrong.value.code, wrong.value.row, wrong.value.limit) == ("too_wide", 4, 1_000)


def test_a_look_at_millions_of_empty_rows_ends_soon():
    begun = time.process_time()
    with pytest.raises(Unreadable, match="no_rows"):
        rows.look(io.BytesIO(b",\n" * 3_000_000), Shape(delimiter=",", has_header=False))
    assert time.process_time() - begun < 1


def test_a_look_shows_what_is_there_and_guesses_the_texts():
    seen = rows.look(io.BytesIO(b"id,text\n1,a longer text\n\n2,another one,more\n3,third\n"), first=2)
    assert (seen.columns, seen.text_column, seen.shape.has_header) == (["id", "text", ""], 2, True)
    assert seen.records == [(2, ["1", "a longer text", ""]), (4, ["2", "another one", "more"])]


def test_a_look_follows_a_correction():
    seen = rows.look(io.BytesIO(b"a;b\nc;d\n"), Shape(delimiter=rows.NONE, has_header=False))
    assert [record.cells for record in seen.records] == [["a;b"], ["c;d"]]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_a_look_at_nothing_says_so(data):
    with pytest.raises(Unreadable, match="no_rows"):
        rows.look(io.BytesIO(data))


def test_excel_its_line_about_separators_is_no_row():
    seen = rows.look(io.BytesIO("sep=;\r\nid;text\r\n1;x\r\n".encode("utf-16")))
    assert (seen.columns, seen.records) == (["id", "text"], [(2, ["1", "x"])])


@pytest.mark.parametrize("seed", range(300))
def test_no_bytes_lead_to_another_error(seed):
    chance = random.Random(seed)
    pieces = [
        b"a",
        b",",
        b";",
        b'"',
        b"\n",
        b"\r",
        b"\t",
        b"\\",
        b"\x00",
        b"\xff",
        b"\xfe",
        b"\xc3\xa4",
        b"\xed\xa0\x80",
        b" ",
        b"\x1f",
        b"1",
    ]
    file = io.BytesIO(b"".join(chance.choices(pieces, k=chance.randrange(200))))
    for shape in (None, Shape(quotes="backslash"), Shape(encoding="utf-16-le", delimiter=";")):
        try:
            found = shape or rows.look(file).shape
            got = list(rows.read_column(file, found, most=MANY))
        except Unreadable as wrong:
            assert wrong.code in rows.CODES
        else:
            assert all(row.text.strip() and "\x00" not in row.text and row.text.encode() for row in got)


def test_it_reads_a_hundred_thousand_rows_at_once_and_holds_few():
    data = "id,text\n" + "".join(f'{number},"{"x" * 90}, größer"\n' for number in range(100_000))
    file = io.BytesIO(data.encode())
    begun = time.process_time()
    assert sum(1 for _row in rows.read_column(file, rows.shape_of(file), "text", most=100_000)) == 100_000
    assert time.process_time() - begun < 3
    tracemalloc.start()
    try:
        for _row in rows.read_column(file, rows.shape_of(file), "text", most=100_000):
            pass
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
