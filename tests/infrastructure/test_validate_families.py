"""The part on families judges as it says it does, and draws panels whose effects are known."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def families(root: Path) -> ModuleType:
    for folder in (root / "tests" / "simulation", root / ".ci"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module("families")


def verdicts(families, world: str, share: float) -> dict[str, bool]:
    """Return the verdict on every line where it is so in a share of 2,000 panels."""
    asked = importlib.import_module("family_panels.asked")
    names = [one.name for one in asked.lines_of(families.WORLDS[world])]
    done = {(world, str(n)): dict.fromkeys(names, float(n < 2000 * share)) for n in range(2000)}
    return {line.name: line.held for line in families.judged((world,), done)}


@pytest.mark.parametrize(
    ("world", "share", "held"),
    [
        ("independent", 0.05, {"romano_wolf": True, "holm": True, "bh": True}),
        ("independent", 0.02, {"romano_wolf": False, "holm": True, "bh": True}),
        ("independent", 0.08, {"romano_wolf": False, "holm": False, "bh": False}),
        ("at_the_bound", 0.05, {"ruled out": True}),
        ("at_the_bound", 0.08, {"ruled out": False}),
        ("at_the_bound", 0.02, {"ruled out": False}),
    ],
)
def test_lines_are_held_against_their_share(families, world, share, held):
    found = verdicts(families, world, share)
    assert {name.split(",")[0]: one for name, one in found.items()} == held


def test_expected_power_is_the_formula_of_the_definitions(families):
    from scipy import stats

    asked = importlib.import_module("family_panels.asked")
    (line,) = asked.lines_of(families.WORLDS["half_the_bound"])
    cut = stats.t.ppf(0.95, 59)
    wanted = stats.t.cdf(4 - 2 - cut, 59) + stats.t.cdf(4 + 2 - cut, 59) - 1
    assert line.share == pytest.approx(wanted)


def test_panels_have_the_error_that_effects_are_counted_in(families):
    world = importlib.import_module("family_panels.world")
    one = world.WORLDS["one_effect"]
    found = []
    for seed in range(200):
        panel = world.draw(one, seed)
        means = panel.groupby(["adopts", panel["period"] >= 2])[["y1", "y2"]].mean()
        found.append((means.loc[(1, True)] - means.loc[(1, False)])
                     - (means.loc[(0, True)] - means.loc[(0, False)]))  # fmt: skip
    values = np.array(found) / world.error_of(one)
    assert values.mean(axis=0) == pytest.approx([4.0, 0.0], abs=0.3)
    assert values.std(axis=0) == pytest.approx([1.0, 1.0], abs=0.2)
    assert np.corrcoef(values.T)[0, 1] == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize("world", ["few", "at_the_bound", "one_effect"])
def test_a_panel_gives_every_line_and_the_same_twice(families, world):
    asked = importlib.import_module("family_panels.asked")
    found = families.PART.run(world, "1", 5)
    assert {one.name for one in asked.lines_of(families.WORLDS[world])} <= set(found)
    assert found == families.PART.run(world, "1", 5)
