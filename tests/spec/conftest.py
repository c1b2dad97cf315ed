"""Specs from text or tables, read against the real catalogue."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from evaluation.catalogue import catalogue
from evaluation.spec.loader import build_spec, read_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings
from evaluation.spec.spec import Spec

Load = Callable[..., Spec]

# The shortest spec that is whole: two groups, two periods, any file.
SHORT: dict[str, Any] = {
    "schema_version": 1,
    "id": "short",
    "title": "Two groups, two periods",
    "panel": {"source": "file", "path": "rows.csv"},
    "outcomes": {"y": {"column": "y", "kind": "continuous"}},
    "design": {
        "kind": "did",
        "treated": {"column": "group", "equals": 1},
        "post": {"column": "year", "at_least": 2},
    },
    "models": [{"id": "main", "estimand": "att", "estimator": "twfe"}],
}


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write each text to a file of that name, read the first."""

    def read(
        text: str,
        *,
        settings: Any = (),
        environment: Mapping[str, str] | None = None,
        **others: str,
    ) -> Spec:
        for name, content in {"own": text, **others}.items():
            (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8")
        return read_spec(
            tmp_path / "own.toml", catalogue(), settings=settings, environment=environment or {}
        )

    return read


@pytest.fixture
def short(tmp_path: Path) -> Load:
    """Build the short spec with some of its tables replaced; ``None`` removes one."""

    def build(*, settings: Any = (), **changes: Any) -> Spec:
        tables = {**copy.deepcopy(SHORT), **changes}
        tables = {name: value for name, value in tables.items() if value is not None}
        return build_spec(
            tables,
            catalogue(),
            settings=read_settings(settings),
            origin=Origin(folder=tmp_path),
            label="short.toml",
        )

    return build
