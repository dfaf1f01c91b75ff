"""Tables go out so that a spreadsheet and a program read what was meant."""

import csv
import io
import json

import pytest

import rows


def written(pieces):
    return b"".join(pieces)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "－1"])
def test_no_cell_is_a_formula(text):
    [[_heading], [cell]] = csv.reader(io.StringIO(written(rows.csv_pieces(["a"], [[text]])).decode("utf-8-sig"), newline=""))
    assert cell == f"'{text}"


def test_a_spreadsheet_knows_that_it_is_utf8_and_keeps_line_breaks():
    table = written(rows.csv_pieces(["Größe"], [["two\nlines"], [-1.5], [None]]))
    assert table == '\ufeffGröße\r\n"two\nlines"\r\n-1.5\r\n""\r\n'.encode()


def test_it_writes_what_no_file_can_hold_as_a_sign():
    assert rows.as_csv([["a\x00b", "half \ud800"]]) == "a\ufffdb,half ?\r\n".encode()
    assert json.loads(written(rows.as_json([{"a": "half \ud800"}]))) == [{"a": "half ?"}]


@pytest.mark.parametrize("count", [0, 1, 200, 201, 1_000])
def test_json_is_whole_however_many_rows_there_are(count):
    table = [{"number": number, "text": "Größe\n"} for number in range(count)]
    assert json.loads(written(rows.as_json(iter(table)))) == table


def test_json_has_no_numbers_that_it_cannot_say():
    [row] = json.loads(written(rows.as_json([{"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": None, "e": True}}])))
    assert row == {"a": None, "b": [None, 1.5], "c": {"d": None, "e": True}}


def test_it_asks_for_no_more_rows_than_a_piece_needs():
    asked = []

    def table():
        for number in range(10_000):
            asked.append(number)
            yield [number]

    pieces = rows.csv_pieces(["n"], table())
    next(pieces), next(pieces)
    assert len(asked) <= 200


def test_what_was_written_can_be_read_again():
    table = [["a;b", 'say "x"'], ["c,d", "two\nlines"], ["ü", "語 🙂"]]
    file = io.BytesIO(written(rows.csv_pieces(["name", "text"], table)))
    shape = rows.shape_of(file)
    assert [record.cells for record in rows.read_records(file, shape)] == [["name", "text"], *table]
