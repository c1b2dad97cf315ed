"""What people read, and how numbers and dates are written: one file a language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Any

FOLDER = "languages"
DEFAULT = "en"
# Holds the largest float with all of its digits and ten decimals.
EVERY_DIGIT = Context(prec=330)
PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|Q([1-4]))?")


@dataclass(frozen=True)
class Language:
    """One language.

    Attributes
    ----------
    code
        As in ``lang`` of a spec, and of HTML.
    texts
        Text by key, as in ``figure.event_study.title``.
    lists
        Names in an order, such as those of months, by key.
    """

    code: str
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def __contains__(self, key: str) -> bool:
        """Whether there is a text of that key."""
        return key in self.texts

    def text(self, key: str, **values: object) -> str:
        """Return the text of a key, its placeholders filled in.

        Raises
        ------
        KeyError
            Where the language has no such text, or a placeholder is not filled.
        """
        return self.texts[key].format(**values) if values else self.texts[key].format()

    def plural(self, key: str, number: int, **values: object) -> str:
        """Return the text ``key.one`` for one, else ``key.other``; ``{number}`` is the count."""
        form = "one" if number == 1 else "other"
        return self.text(f"{key}.{form}", number=self.count(number), **values)

    def number(self, value: object, decimals: int) -> str:
        """Return a number by the one rounding rule, see :func:`rounded`; a dash for none."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.texts["numbers.none"]
        return self._written(rounded(value, decimals))

    def plain(self, value: float, digits: int = 6) -> str:
        """Return a number as a spec states it: no more digits than it has, nor than ``digits``."""
        return self._written(str(value) if isinstance(value, int) else f"{value:.{digits}g}")

    def signed(self, value: float, decimals: int) -> str:
        """Return a number with its sign, also where it is above zero."""
        shown = rounded(value, decimals)
        return self._written(f"+{shown}" if value > 0 and float(shown) else shown)

    def count(self, value: object) -> str:
        """Return a count, thousands parted by narrow no-break spaces; a dash for none."""
        if isinstance(value, bool) or not isinstance(value, int):
            return self.texts["numbers.none"]
        return self._written(f"{value:,}")

    def percent(self, share: object, decimals: int = 0) -> str:
        """Return a share of one in per cent; a dash for none."""
        if isinstance(share, bool) or not isinstance(share, int | float):
            return self.texts["numbers.none"]
        return self.text("numbers.percent", value=self.number(100 * share, decimals))

    def p_value(self, value: object, decimals: int) -> str:
        """Return a p-value, never as zero; a dash for none."""
        least = 10.0**-decimals
        if isinstance(value, int | float) and value < least:
            return self.text("numbers.less", value=self.number(least, decimals))
        return self.number(value, decimals)

    def interval(self, low: object, high: object, decimals: int) -> str:
        """Return both ends of an interval."""
        ends = {"low": self.number(low, decimals), "high": self.number(high, decimals)}
        return self.text("numbers.interval", **ends)

    def date(self, date: dt.date) -> str:
        """Return a day: ``1 January 2017``."""
        return self.text("dates.date", day=date.day, month=self._month(date.month), year=date.year)

    def period(self, period: object) -> str:
        """Return a month, quarter or day as people write it; other periods as they stand.

        Parameters
        ----------
        period
            As in ``estimates.csv``: ``2017-01``, ``2017Q1``, ``2017-01-31``, ``2017``, ``12``.
        """
        found = PERIOD.fullmatch(str(period))
        year, month, day, quarter = found.groups() if found else (None, None, None, None)
        if quarter is not None:
            name = self.lists["dates.quarters"][int(quarter) - 1]
            return self.text("dates.quarter", quarter=name, year=year)
        if month is None or not 1 <= int(month) <= 12:
            return str(period)
        if day is not None:
            return self.date(dt.date(int(str(year)), int(month), int(day)))
        return self.text("dates.month", month=self._month(int(month)), year=year)

    def short_period(self, period: object) -> str:
        """Return a month or quarter in the short form of tables; other periods as they stand."""
        found = PERIOD.fullmatch(str(period))
        year, month, day, quarter = found.groups() if found else (None, None, None, None)
        if quarter is not None:
            return self.text("dates.short_quarter", quarter=quarter, year=year)
        if month is None or day is not None:
            return str(period)
        return self.text("dates.short_month", month=month, year=year)

    def listed(self, items: Iterable[str], last: str = "and") -> str:
        """Return items as people list them, ``a, b and c``; ``last`` is ``and`` or ``or``."""
        *before, end = items
        if not before:
            return end
        first = before[0]
        for item in before[1:]:
            first = self.text("list.comma", before=first, last=item)
        return self.text(f"list.{last}", before=first, last=end)

    def _month(self, month: int) -> str:
        return self.lists["dates.months"][month - 1]

    def _written(self, text: str) -> str:
        """Return a number in Python's form as this language writes it."""
        marks = {".": "numbers.decimal", "-": "numbers.minus", ",": "numbers.thousands"}
        return "".join(self.texts[marks[one]] if one in marks else one for one in text)


def rounded(value: float, decimals: int) -> str:
    """Return a number with so many decimals, as every page, table and workbook prints it.

    What is rounded is the number as the CSV files write it, in shortest round-trip form; a half
    goes away from zero, as spreadsheets do, and zero has no sign.
    """
    if not isfinite(value):
        return str(value)
    last = Decimal(1).scaleb(-decimals)
    exact = Decimal(str(value)).quantize(last, ROUND_HALF_UP, EVERY_DIGIT)
    return f"{abs(exact) if exact == 0 else exact:f}"


def read_language(code: str, text: str) -> Language:
    """Return a language from the text of its file."""
    import tomllib

    texts: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for key, value in _flat(tomllib.loads(text)):
        if isinstance(value, list):
            lists[key] = tuple(value)
        else:
            texts[key] = value
    return Language(code, texts, lists)


@cache
def language_of(code: str) -> Language:
    """Return a language by its code.

    Raises
    ------
    FileNotFoundError
        Where no file holds it; a spec that names such a language is refused when it is loaded.
    """
    file = files("evaluation.report") / FOLDER / f"{code}.toml"
    return read_language(code, file.read_text(encoding="utf-8"))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
