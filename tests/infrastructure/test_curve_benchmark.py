"""The benchmark of specification curves makes as many as it says, of specs that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.catalogue import catalogue
from evaluation.spec.loader import read_spec
from evaluation.spec.universe import universe_size

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "specification_curve.py"


@pytest.mark.parametrize(("name", "size"), [("FULL", 500), ("QUICK", 24)])
def test_its_universe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: int
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import specification_curve as benchmark

    path = tmp_path / "curve.toml"
    path.write_text(benchmark.spec_text(getattr(benchmark, name), "studentised"), encoding="utf-8")
    assert universe_size(read_spec(path, catalogue())) == size
