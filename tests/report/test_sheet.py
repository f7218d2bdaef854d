"""Figures as a table for spreadsheets."""

import csv
import io
import math

from mnist_studio.report.sheet import Sheet


def test_numbers_are_written_in_full_and_what_is_none_is_empty():
    sheet = Sheet(["class", "loss"], [["a", 0.1 + 0.2], ["b", math.nan], ["c", None], ["d", 7]])
    assert sheet.to_csv() == "class,loss\r\na,0.30000000000000004\r\nb,\r\nc,\r\nd,7\r\n"


def test_a_name_does_not_become_a_formula():
    text = Sheet(["class", "=1+1"], [["=1+1", -3]]).to_csv()
    assert list(csv.reader(io.StringIO(text))) == [["class", "'=1+1"], ["'=1+1", "-3"]]


def test_its_rows_are_read_when_they_are_written():
    read = []

    def rows():
        read.append(True)
        yield ["a"]

    sheet = Sheet(["class"], rows())
    assert not read
    assert sheet.to_csv() == "class\r\na\r\n"
