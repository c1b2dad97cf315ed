"""Whole numbers that look like months are refused from cells as from rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.engines.duckdb import relation_of_frame
from evaluation.cells.looks import refuse_doubtful_time
from evaluation.cells.settings import Settings
from evaluation.errors import DataError
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings as SpecSettings


@pytest.mark.parametrize(
    ("unit", "times", "refused"),
    [
        (None, [201701, 201702], True),
        ("month", [201701, 201702], False),
        (None, [201701, 201799], False),
        (None, [2007, 2008], False),
        (None, ["2017-01-01", "2017-02-01"], False),
    ],
)
def test_months_that_nobody_named(
    tmp_path: Path, unit: str | None, times: list[int], refused: bool
) -> None:
    panel = {"source": "file", "path": "rows.csv", "time": "t"}
    tables = {
        "schema_version": 1, "id": "doubtful", "title": "Doubtful",
        "panel": panel if unit is None else {**panel, "time_unit": unit},
        "outcomes": {"y": {"column": "y", "kind": "continuous"}},
        "design": {"kind": "did", "treatment": {"column": "d"}},
        "models": [{"id": "main", "estimand": "att", "estimator": "twfe"}],
    }  # fmt: skip
    spec = build_spec(
        tables, catalogue(), settings=SpecSettings({}, ()), origin=Origin(folder=tmp_path),
        label="doubtful",
    )  # fmt: skip
    relation = relation_of_frame(pd.DataFrame({"t": times}), {}, Settings())
    if not refused:
        refuse_doubtful_time(relation, spec, Settings())
        return
    with pytest.raises(DataError, match="look like months"):
        refuse_doubtful_time(relation, spec, Settings())
