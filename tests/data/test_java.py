"""Spark's Java is asked for before Spark is started."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from evaluation.data.databases import open_database
from evaluation.data.databases._java import require_java
from evaluation.errors import DataError, EnvironmentProblem
from evaluation.spec.database import Address

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stands in by shell scripts")


def java(folder: Path, prints: str, code: int = 0) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{prints}' >&2\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("prints", "code", "says"),
    [
        (
            'openjdk version "11.0.2" 2019-01-15',
            0,
            "needs Java 17 or newer, and found Java 11; set",
        ),
        ('java version "1.8.0_402"', 0, "needs Java 17 or newer, and found Java 8; set JAVA_HOME"),
        ("Unable to locate a Java Runtime.", 1, "needs Java 17 or newer, and none was found"),
        ("something else", 0, "needs Java 17 or newer, and none was found"),
    ],
)
def test_other_java(
    prints: str, code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path, prints, code)))
    with pytest.raises(EnvironmentProblem, match=says):
        require_java()


@pytest.mark.parametrize("prints", ['openjdk version "17.0.15" 2025', 'openjdk version "26-ea"'])
def test_java_new_enough(prints: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path, prints)))
    require_java()


def test_without_java_spark_is_not_started(
    require, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("spark", find_spec("pyspark") is not None, "no pyspark (activity-duty[spark])")
    import pandas as pd

    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "a.parquet")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(EnvironmentProblem, match="needs Java 17 or newer, and none was found"):
        open_database(Address("spark", path=tmp_path / "a.parquet"))


def test_files_are_looked_at_before_spark_is_started(tmp_path: Path) -> None:
    import pandas as pd

    with pytest.raises(DataError, match=r"panel\.table: no parquet file there; with Spark it"):
        open_database(Address("spark", path=tmp_path))
    pd.DataFrame({"x": [1], "y": [1]}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"x": [1.5]}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"b\.parquet: column 'x' is missing or of another type"):
        open_database(Address("spark", path=tmp_path))
    (tmp_path / "b.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"b\.parquet: is not a whole parquet file; write it again"):
        open_database(Address("spark", path=tmp_path))
