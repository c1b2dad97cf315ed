"""A panel of towns that adopt at different times, run whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from evaluation import Result, run

STARTS = (np.inf, np.inf, np.inf, 4.0, 6.0)
TOWNS, PERIODS = 30, 8


def towns(effect: float = 0.5, seed: int = 0) -> pd.DataFrame:
    """Return persons in thirty towns of unequal size, a fifth of the cells without rows."""
    generator = np.random.default_rng(seed)
    size = generator.integers(20, 200, TOWNS)
    town = np.repeat(np.arange(TOWNS), size)
    year = generator.integers(0, PERIODS, len(town))
    gone = generator.random((TOWNS, PERIODS)) < 0.2
    town, year = town[~gone[town, year]], year[~gone[town, year]]
    start = np.array(STARTS)[generator.permutation(TOWNS) % 5][town]
    shock = generator.normal(size=(TOWNS, PERIODS))[town, year]
    x = generator.normal(size=len(town))
    y = effect * (year >= start) + 0.3 * x + shock + generator.normal(size=len(town))
    return pd.DataFrame(
        {
            "id": np.arange(len(town)),
            "town": town,
            "year": year + 2010,
            "start": np.where(np.isfinite(start), start + 2010, 0).astype(int),
            "adopted": np.isfinite(start).astype(int),
            "late": (year >= 5).astype(int),
            "region": np.where(town % 2 == 0, "north", "south"),
            "x": x,
            "y": y,
        }
    )


SPEC = """
schema_version = 1
id = "towns"
title = "Towns that adopt"
[panel]
source = "file"
path = "towns.parquet"
unit = "id"
time = "year"
time_unit = "integer"
[outcomes]
y = {{ column = "y", kind = "continuous" }}
[design]
{design}
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
{model}
fixed_effects = {effects}
{check}
"""
STAGGERED = 'kind = "staggered_did"\ncohort = { column = "start", never = 0 }\nunbalanced = "keep"'
DID = (
    'kind = "did"\ntreated = { column = "adopted", equals = 1 }\n'
    'post = { column = "late", equals = 1 }'
)
MODEL = 'cluster = "town"\ncontrols = ["x"]'


@pytest.fixture
def ask(tmp_path) -> Callable[..., Result]:
    """Run a spec with one check, on rows, or by way of cells."""

    def answer(
        check: str,
        *,
        design: str = STAGGERED,
        model: str = MODEL,
        effects: tuple[str, ...] = ("town", "year"),
        frame: pd.DataFrame | None = None,
        engine: str = "microdata",
    ) -> Result:
        path = tmp_path / "towns.toml"
        named = f"[{', '.join(map(repr, effects))}]"
        text = SPEC.format(design=design, model=model, effects=named, check=check)
        path.write_text(text, encoding="utf-8")
        return run(path, frame=towns() if frame is None else frame, engine=engine)

    return answer


@pytest.fixture
def did() -> str:
    """The design of two groups and two sides."""
    return DID


@pytest.fixture
def make_towns() -> Callable[..., pd.DataFrame]:
    return towns
