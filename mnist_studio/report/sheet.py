"""Figures as a plain table of numbers and texts, for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .spreadsheet import guard

Value = str | float | None


class Sheet(NamedTuple):
    """A table.

    Attributes
    ----------
    columns : sequence of str
        Their names.
    rows : iterable of sequence of str, float or None
        One value for each column; None if there is none. It may be read only once, and in any
        thread: a generator over what nobody changes costs nothing until somebody saves it.
    """

    columns: Sequence[str]
    rows: Iterable[Sequence[Value]]

    def to_csv(self) -> str:
        """Return it as CSV: plain numbers in full precision, empty for NaN, CRLF.

        Texts that a spreadsheet would compute are marked, as :func:`.spreadsheet.guard` does.
        """
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(map(guard, self.columns))
        writer.writerows(map(_plain, row) for row in self.rows)
        return text.getvalue()


def _plain(value: Value) -> Value:
    if isinstance(value, str):
        return guard(value)
    return None if value is None or math.isnan(value) else value
