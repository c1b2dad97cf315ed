"""Filters: every condition, on numbers, text and dates; what is missing satisfies nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from evaluation.data.filters import satisfied
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError
from evaluation.spec.filters import Filter

NUMBERS = [1.0, 2.0, None, 3.0]
TEXTS = ["a", "b", None, "c"]
DATES = ["2017-01-01", "2017-06-30", None, "2018-01-01"]
JUNE = dt.date(2017, 6, 30)

# values, condition, which rows
CONDITIONS: list[tuple[list[Any], dict[str, Any], str]] = [
    (NUMBERS, {"equals": 2}, ".x.."),
    (NUMBERS, {"not_equals": 2}, "x..x"),
    (NUMBERS, {"one_of": (1, 3)}, "x..x"),
    (NUMBERS, {"none_of": (1, 3)}, ".x.."),
    (NUMBERS, {"at_least": 2}, ".x.x"),
    (NUMBERS, {"above": 2}, "...x"),
    (NUMBERS, {"at_most": 2}, "xx.."),
    (NUMBERS, {"below": 2}, "x..."),
    (NUMBERS, {"missing": True}, "..x."),
    (NUMBERS, {"missing": False}, "xx.x"),
    (NUMBERS, {"at_least": 1.5, "below": 3}, ".x.."),
    (NUMBERS, {"at_least": 1, "missing": True}, "...."),
    (TEXTS, {"equals": "b"}, ".x.."),
    (TEXTS, {"not_equals": "b"}, "x..x"),
    (TEXTS, {"one_of": ("a", "z")}, "x..."),
    (TEXTS, {"none_of": ("a", "z")}, ".x.x"),
    (TEXTS, {"missing": True}, "..x."),
    (DATES, {"at_least": JUNE}, ".x.x"),
    (DATES, {"below": JUNE}, "x..."),
    (DATES, {"equals": JUNE}, ".x.."),
    (DATES, {"one_of": (JUNE,)}, ".x.."),
    (DATES, {"at_least": JUNE, "at_most": JUNE}, ".x.."),
    ([True, False, None, True], {"equals": True}, "x..x"),
]

# How the same values may lie in a frame.
HOLDINGS = {
    "as pandas reads them": lambda values: pd.Series(values),
    "as objects": lambda values: pd.Series(values, dtype=object).infer_objects(),
    "as categories": lambda values: pd.Series(values).astype("category"),
    "with pandas.NA": lambda values: pd.Series(values).convert_dtypes(),
}


@pytest.mark.parametrize("held", HOLDINGS)
@pytest.mark.parametrize(("values", "condition", "rows"), CONDITIONS, ids=str)
def test_conditions(values: list[Any], condition: dict[str, Any], rows: str, held: str) -> None:
    if held != "with pandas.NA" and True in values and isinstance(values[0], bool):
        values = [float(value) if value is not None else None for value in values]
    frame = plain_columns(pd.DataFrame({"v": HOLDINGS[held](values)}))
    found = satisfied(frame["v"], Filter(column="v", **condition), "sample.keep.1")
    assert "".join(".x"[int(one)] for one in found) == rows


def test_timestamps_and_date_objects_are_dates() -> None:
    stamps = pd.Series(pd.to_datetime(DATES))
    objects = pd.Series([dt.date.fromisoformat(day) if day else None for day in DATES])
    zoned = plain_columns(pd.DataFrame({"v": stamps.dt.tz_localize("Europe/Oslo")}))["v"]
    for values in (stamps, objects, zoned):
        found = satisfied(values, Filter(column="v", at_least=JUNE), "keep")
        assert found.tolist() == [False, True, False, True]


# values, condition, words of the line
MISMATCHES: list[tuple[list[Any], dict[str, Any], str]] = [
    (TEXTS, {"equals": 1}, "compares with a number, but column 'v' holds text"),
    (NUMBERS, {"equals": "a"}, "compares with text, but column 'v' holds numbers"),
    (NUMBERS, {"one_of": ("a",)}, "compares with text, but column 'v' holds numbers"),
    (NUMBERS, {"at_least": JUNE}, "compares with a date, but column 'v' holds no dates"),
    (TEXTS, {"at_least": JUNE}, "compares with a date, but column 'v' holds no dates"),
    (["31.12.2017", "01.02.2018"], {"at_least": JUNE}, "holds no dates"),
    ([pd.Timestamp(2017, 1, 1)], {"at_least": 2017}, "column 'v' holds dates"),
    ([pd.Timestamp(2017, 1, 1)], {"equals": "2017"}, "column 'v' holds dates"),
]


@pytest.mark.parametrize(("values", "condition", "words"), MISMATCHES, ids=str)
def test_text_is_no_number(values: list[Any], condition: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError) as caught:
        satisfied(pd.Series(values), Filter(column="v", **condition), "sample.keep.1")
    assert str(caught.value).startswith("sample.keep.1: ") and words in str(caught.value)


def test_a_column_without_values_satisfies_nothing() -> None:
    values = pd.Series([None, None], dtype=object)
    for condition in ({"equals": 1}, {"equals": "a"}, {"not_equals": 1}):
        assert not satisfied(values, Filter(column="v", **condition), "keep").any()
