"""What is asked of a panel, and what should come of it over many."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from family_panels.world import WORLDS, World, draw, error_of

if TYPE_CHECKING:
    from evaluation import Result

DRAWS = 999
LEVEL = 0.05
METHODS = ("romano_wolf", "holm", "bh")
# What a share of panels should be: that number, at most it, or at least it.
EQUAL, AT_MOST, AT_LEAST = "equal", "at most", "at least"
Holds = Callable[[float, tuple[float, float]], bool]
JUDGED: Mapping[str, Holds] = {
    EQUAL: lambda share, band: band[0] <= share <= band[1],
    AT_MOST: lambda share, band: share <= band[1],
    AT_LEAST: lambda share, band: share >= band[0],
}


@dataclass(frozen=True)
class Asked:
    """One line: in what share of panels it is so, against the share that is expected."""

    name: str
    expected: str
    share: float


def lines_of(world: World) -> tuple[Asked, ...]:
    """Return what is asked of a world."""
    if world.bound:
        from evaluation.inference.equivalence import equivalence_power

        true, df = world.effects[0], float((world.towns or 0) - 1)
        share = LEVEL if true == world.bound else equivalence_power(true, 1.0, world.bound, df)
        return (Asked("ruled out", EQUAL, share),)
    # Holm is cautious under dependence; so is the step-down where it is not the draws that bind.
    errors = tuple(
        Asked(f"{method}, any true hypothesis rejected",
              EQUAL if method == "romano_wolf" and not any(world.effects) else AT_MOST, LEVEL)
        for method in METHODS if method != "bh" or not any(world.effects)
    )  # fmt: skip
    if not any(world.effects):
        return errors
    return (*errors, Asked("romano_wolf, the effect found", AT_LEAST, 0.8))


def panel_of(name: str, seed: int) -> dict[str, float]:
    """Return by line whether it is so in one panel, 0 or 1."""
    from evaluation import run

    world = WORLDS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "family.toml"
        path.write_text(text_of(world, seed), encoding="utf-8")
        result = run(path, frame=draw(world, seed), engine="microdata")
    return _ruled_out(result) if world.bound else _rejected(world, result)


def _ruled_out(result: Result) -> dict[str, float]:
    rows = result.checks[result.checks["check"] == "equivalence"]
    return {"ruled out": float(rows.iloc[0]["verdict"] == "ruled_out")}


def _rejected(world: World, result: Result) -> dict[str, float]:
    true = [name for name, size in zip(world.outcomes, world.effects, strict=True) if size == 0]
    found: dict[str, float] = {}
    for method in METHODS:
        rows = result.checks[result.checks["check"] == f"by_{method}"].set_index("outcome")
        rejected = rows["verdict"] == "rejected"
        found[f"{method}, any true hypothesis rejected"] = float(rejected[true].any())
        if any(world.effects):
            found[f"{method}, the effect found"] = float(rejected.drop(true).all())
    return found


def text_of(world: World, seed: int) -> str:
    """Return the spec of a panel; the draws of the step-down have the panel's seed."""
    outcomes = "\n".join(
        f'{name} = {{ column = "{name}", kind = "continuous" }}' for name in world.outcomes
    )
    drawn = f"draws = {DRAWS}\nseed = {seed % 2**31}"
    families = "\n".join(
        f'[[families]]\nid = "by_{method}"\nmodels = ["did"]\nmethod = "{method}"\n'
        + (drawn if method == "romano_wolf" else "")
        for method in METHODS
    )
    bound = (
        '[[smallest_effect_of_interest]]\noutcome = "y1"\nunit = "per_person"\n'
        f"value = {world.bound * error_of(world)!r}"
    )
    return f"""schema_version = 1
id = "family"
title = "Several outcomes"
[panel]
source = "file"
path = "panel.parquet"
unit = "town"
time = "period"
time_unit = "integer"
weight = "persons"
[outcomes]
{outcomes}
[design]
kind = "did"
treated = {{ column = "adopts", equals = 1 }}
post = {{ column = "period", at_least = 2 }}
[[models]]
id = "did"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "period"]
cluster = "town"
variance = "cr3"
{bound if world.bound else families}
"""
