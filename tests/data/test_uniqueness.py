"""One row a unit and time: refused, counted, and remembered by the input's digest."""

from __future__ import annotations

import pandas as pd
import pytest

from evaluation.data.panel import Panel
from evaluation.errors import DataError

LINE = "2 rows repeat a pair of unit 'person' and time 'year'"


@pytest.fixture
def twice(four: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([four, four.iloc[[0, 5]]])


def test_duplicates_are_counted(tiny, twice) -> None:
    with pytest.raises(DataError, match=LINE):
        tiny.prepare(twice)


def test_string_keys(tiny, twice) -> None:
    twice["person"] = "id-" + twice["person"].astype(str)
    with pytest.raises(DataError, match=LINE) as caught:
        tiny.prepare(twice)
    assert "id-" not in str(caught.value)


def test_repeated_cross_sections_may_repeat(tiny, twice) -> None:
    assert len(tiny.prepare(twice, panel={"unit": None}).panel.frame) == 14


def test_what_was_found_unique_is_not_checked_again(tiny, four, tmp_path, monkeypatch) -> None:
    memory, calls = tmp_path / "memory", []

    def count(panel: Panel, unit: str, time: str) -> int:
        calls.append(unit)
        return 0

    monkeypatch.setattr("evaluation.data.uniqueness._count", count)
    for _ in range(2):
        tiny.prepare(four, memory)
    assert len(calls) == 1
    (mark,) = memory.iterdir()
    assert mark.name.startswith("unique-") and mark.read_bytes() == b""
    tiny.prepare(four.assign(y=0.0), memory)
    tiny.prepare(four, memory, panel={"unit": "x", "time": "year"})
    tiny.prepare(four)
    assert len(calls) == 4
    assert len(list(memory.iterdir())) == 3


def test_duplicates_are_not_remembered(tiny, twice, tmp_path) -> None:
    for _ in range(2):
        with pytest.raises(DataError, match=LINE):
            tiny.prepare(twice, tmp_path / "memory")
    assert not (tmp_path / "memory").exists()
