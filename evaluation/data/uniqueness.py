"""One row a unit and period: checked once for each input, and remembered."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from evaluation.data.durable.spilling import own_spill
from evaluation.data.model_refusals import repeated_rows
from evaluation.data.panel import Panel
from evaluation.errors import EnvironmentProblem
from evaluation.spec.spec import Spec

MEMORY_LIMIT = "1GB"


def check_unique(panel: Panel, spec: Spec, memory: Path | None) -> None:
    """Refuse a panel in which a unit has two rows in one period of the source.

    Parameters
    ----------
    panel
        The rows selected, before they are collapsed.
    spec
        Names the time column; its panel and sample say which rows were looked at.
    memory
        Folder that remembers inputs found unique; ``None`` checks every time.

    Raises
    ------
    DataError
        With the number of duplicate rows.
    """
    time = spec.panel.time
    if panel.unit is None or time is None:
        return
    asked = [spec.panel.model_dump_json(), spec.sample.model_dump_json()]
    asked += [one.model_dump_json() for one in (*spec.derive.values(), *spec.joins)]
    key = hashlib.sha256(json.dumps([sorted(panel.inputs.items()), *asked]).encode())
    mark = None if memory is None else memory / f"unique-{key.hexdigest()[:32]}"
    if mark is not None and mark.exists():
        return
    duplicates = _count(panel, panel.unit, time)
    if duplicates:
        raise repeated_rows(panel.unit, time, duplicates)
    if mark is None:
        return
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError as error:
        raise EnvironmentProblem(
            f"{mark.parent}: cannot be written ({error.strerror}); choose another output folder"
        ) from None


def _count(panel: Panel, unit: str, time: str) -> int:
    """Count surplus rows in DuckDB, which spills to disk beyond its memory limit."""
    import duckdb

    keys = panel.frame[[unit, time]]
    spill = str(own_spill())
    with duckdb.connect(
        config={"memory_limit": MEMORY_LIMIT, "threads": 1, "temp_directory": spill}
    ) as base:
        base.register("keys", keys.set_axis(["unit", "time"], axis=1))
        row = base.execute(
            "SELECT coalesce(sum(n - 1), 0) FROM "
            "(SELECT count(*) AS n FROM keys GROUP BY unit, time HAVING count(*) > 1)"
        ).fetchone()
    return int(row[0]) if row else 0
