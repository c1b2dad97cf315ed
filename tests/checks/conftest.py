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


AGES_SPEC = """
schema_version = 1
id = "ages"
title = "Ages around thirty"
[panel]
source = "file"
path = "ages.parquet"
time = "ym"
time_unit = "month"
window = [2013-01-01, 2018-12-31]
{panel}
[sample]
keep = [{{ column = "age_months", at_least = 300, below = 420 }}]
{sample}
[outcomes]
y = {{ column = "y", kind = "continuous" }}
[design]
kind = "did"
reform_date = 2017-01-01
treated = {{ column = "age_months", below = 360 }}
control = {{ column = "age_months", at_least = 372 }}
[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "ym"]
cluster = "town"
{model}
{check}
"""


def ages(
    effect: float = 0.5,
    seed: int = 0,
    *,
    carried: float = 0.0,
    announced: float = 0.0,
    drift: float = 0.0,
    shock: float = 0.0,
    older: float = 0.0,
    by_dose: float = 0.0,
    moved: float = 0.0,
) -> pd.DataFrame:
    """Return persons of 25 to 42 in thirty towns, two months a year from 2013 to 2018.

    The effect is on ages below 30 from 2017 on; ``carried`` is on ages 31 and 32, ``announced`` on
    ages below 30 in the last half year before, ``drift`` a yearly trend below 30, ``shock`` the
    standard deviation of a shock to every age group and year, ``older`` an effect on ages 35 to 37,
    ``by_dose`` adds to the effect by town, and ``moved`` shifts the share of women.
    """
    generator = np.random.default_rng(seed)
    n = 26_000
    town = generator.integers(0, TOWNS, n)
    year = generator.integers(2013, 2019, n)
    half = generator.integers(0, 2, n)
    age = generator.integers(25 * 12, 43 * 12, n)
    young, post = age < 360, year >= 2017
    dose = np.linspace(0.0, 1.0, TOWNS)[town]
    group = np.minimum((age // 12 - 25) // 3, 5)
    shocks = generator.normal(0.0, shock, (6, 6))[group, year - 2013]
    female = generator.random(n) < 0.5 + moved * (young & post)
    y = (
        (effect + by_dose * dose) * (young & post)
        + carried * (post & (age >= 372) & (age < 396))
        + announced * (young & (year == 2016) & (half == 1))
        + drift * young * (year - 2013)
        + older * (post & (age >= 420) & (age < 456))
        + shocks
        + generator.normal(0.0, 0.3, TOWNS)[town]
        + generator.normal(size=n)
    )
    return pd.DataFrame(
        {
            "town": town,
            "ym": year * 100 + np.where(half == 1, 7, 1),
            "age_months": age,
            "female": female.astype(int),
            "dose": dose,
            "y": y,
        }
    )


@pytest.fixture
def ask_ages(tmp_path) -> Callable[..., Result]:
    """Run an age design with one check, on rows, or by way of cells."""

    def answer(
        check: str,
        *,
        frame: pd.DataFrame | None = None,
        engine: str = "microdata",
        panel: str = "",
        sample: str = "",
        model: str = "",
    ) -> Result:
        path = tmp_path / "ages.toml"
        text = AGES_SPEC.format(check=check, panel=panel, sample=sample, model=model)
        path.write_text(text, encoding="utf-8")
        return run(path, frame=ages() if frame is None else frame, engine=engine)

    return answer


@pytest.fixture
def make_ages() -> Callable[..., pd.DataFrame]:
    return ages
