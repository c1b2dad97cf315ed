"""The part on cutoffs draws worlds whose truth is what it says, and asks what specs can say."""

from __future__ import annotations

import importlib
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

PANELS = 200


@pytest.fixture(scope="module")
def cutoffs(root: Path) -> ModuleType:
    for folder in (root / "tests" / "simulation", root / ".ci"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module("cutoff_worlds.part")


@pytest.fixture(scope="module")
def lives(cutoffs) -> ModuleType:
    return importlib.import_module("cutoff_worlds.lives")


@pytest.fixture(scope="module")
def truths(cutoffs) -> ModuleType:
    return importlib.import_module("cutoff_worlds.truths")


def spread_of(panel, column, by):
    """Return means by a column, and their standard errors."""
    found = panel.groupby(by)[column].agg(["mean", "std", "count"])
    return found["mean"], found["std"] / np.sqrt(found["count"])


def test_expected_paths_are_those_of_many_persons(lives, truths):
    world = lives.Lives(persons=20_000, mixing=1e7, enter_duty=0.7)
    panel = lives.draw(world, 3)
    for what in ("receives", "leaves"):
        mean, error = spread_of(panel, what, "age_months")
        x, expected = truths.path(world, what)
        assert list(mean.index) == list(x + 360)
        off = (mean.to_numpy() - expected) / error.to_numpy()
        assert np.abs(off).max() < 4.5
        assert 0.4 < off.std() < 1.6


def test_who_is_there_at_the_cutoff_is_who_has_lived_to_it(lives, truths):
    world = lives.Lives(persons=20_000, mixing=1e7, before=18, other=1.3, duty=1.3, enter_duty=0.7)
    panel = lives.draw(world, 5)
    mean, error = spread_of(panel[panel["age_months"] == 359], "receives", "ym")
    # The end of a month is what the next month's row begins with.
    off = (mean.to_numpy()[:-1] - truths.received(world).mean(axis=1)[1:]) / error.to_numpy()[:-1]
    assert np.abs(off).max() < 4


def test_jumps_and_kinks_of_one_type_are_hand_algebra(lives, truths):
    law = {"before": 18, "other": 1.3, "duty": 1.2, "enter_duty": 0.7}
    world = lives.Lives(leave=(0.15, 0.15), **law)
    after, before = 0.15 * (1.3 * 1.2 - 1), 0.15 * (1.3 - 1)
    assert truths.jump(world) == pytest.approx(after)
    assert truths.jump(world, change=True) == pytest.approx(after - before)
    assert truths.jump(world, "enters", change=True) == pytest.approx(0.05 * (0.7 - 1))
    share = truths.received(world)[:, 0]
    late = np.arange(36) >= 18
    wanted = np.mean(-0.015 * (1 - share[late]) - after * share[late])
    assert truths.kink(world) == pytest.approx(wanted)
    wanted -= np.mean(-before * share[~late])
    assert truths.kink(world, change=True) == pytest.approx(wanted)
    assert truths.jump(lives.Lives(duty=1.0)) == truths.kink(lives.Lives(duty=1.0)) == 0.0


def test_jumps_weigh_types_by_who_is_left(lives, truths):
    world = lives.Lives(leave=(0.05, 0.40), duty=1.5)
    slow, fast = truths.received(world)[0]
    wanted = (0.025 * slow + 0.20 * fast) / (slow + fast)
    assert truths.jump(world) == pytest.approx(wanted)
    # What lines next to the cutoff reach, but for half a month in which the fast have left.
    x, flow = truths.path(lives.Lives(), "leaves")
    below, above = (
        np.polyfit(x[near], flow[near], 2)[-1] for near in ((x < 0) & (x > -6), (x > 0) & (x < 6))
    )
    assert below - above == pytest.approx(truths.jump(lives.Lives()), rel=0.02)


def test_conditions_move_exit_as_they_are_imposed(lives):
    world = lives.Lives(persons=10_000, mixing=1e7, duty=1.0, by_condition=0.2)
    panel = lives.draw(world, 6).dropna(subset=["leaves"])
    share, error = spread_of(panel, "condition", "exposure")
    assert share[1.0] == pytest.approx(0.65, abs=4 * error[1.0])
    assert share[0.0] == pytest.approx(0.25, abs=4 * error[0.0])
    exits, errors = spread_of(panel, "leaves", "condition")
    assert exits[1.0] - exits[0.0] == pytest.approx(0.2, abs=0.03)
    assert errors.max() < 0.01


def test_the_stock_a_year_on_is_that_of_the_same_person(lives):
    panel = lives.draw(lives.Lives(persons=500), 2)
    ahead = panel[["person", "age_months", "receives"]].assign(age_months=panel["age_months"] - 12)
    both = panel.merge(ahead, on=["person", "age_months"], suffixes=("", "_then"))
    assert len(both) > 1000
    assert (both["later"] == both["receives_then"]).all()
    assert panel["later"].notna().all()


@pytest.mark.parametrize("world", ["birthday", "fuzzy_weak"])
def test_a_panel_gives_every_number_that_is_asked(cutoffs, world):
    found = cutoffs.estimates(world, seed=1)
    assert set(found) == {one.name for one in cutoffs.WORLDS[world].asked}
    assert all(value is not None for row in found.values() for value in row)


def test_every_world_asks_what_its_specs_can_say(cutoffs, tmp_path):
    from evaluation import load_spec
    from evaluation.errors import SpecError

    for name, world in cutoffs.WORLDS.items():
        names = [one.name for one in world.asked]
        assert len(set(names)) == len(names)
        assert set(world.refused) <= set(names)
        assert {one.oracle for one in world.asked} - {None} <= set(names)
        path = tmp_path / f"{name}.toml"
        for text in (world.text, *world.further.values()):
            path.write_text(text, encoding="utf-8")
            assert load_spec(path).models
        for text, words in world.refused.values():
            path.write_text(text, encoding="utf-8")
            with pytest.raises(SpecError, match=words):
                load_spec(path)


@pytest.mark.parametrize(("refused", "held"), [(5, True), (20, False)])
def test_a_few_refused_panels_are_counted_and_left_out(cutoffs, refused, held):
    generator = np.random.default_rng(4)
    (one,) = (a for a in cutoffs.WORLDS["birthday"].asked if a.oracle is None)
    results = {}
    for number in range(2000):
        estimate = one.truth + generator.normal(0.0, 0.01)
        numbers = [estimate, 0.01, estimate - 0.0196, estimate + 0.0196]
        if number < refused * 10:
            numbers = [None] * 4
        results["birthday", str(number)] = dict.fromkeys(
            [a.name for a in cutoffs.WORLDS["birthday"].asked], numbers
        )
    lines = {line.name: line for line in cutoffs.judged(("birthday",), results)}
    assert (lines[one.name].held, lines[one.name].missing) == (held, refused * 10)


def test_readings_are_of_lines_that_exist(cutoffs):
    known = tomllib.loads(cutoffs.table.READINGS.read_text(encoding="utf-8"))
    for world, lines in known.items():
        assert set(lines) <= {one.name for one in cutoffs.WORLDS[world].asked}


def test_the_parts_share_out_the_worlds(cutoffs):
    parts = [importlib.import_module(name).PART for name in ("cutoffs", "cutoff_stocks")]
    assert sorted(world for part in parts for world in part.worlds()) == sorted(cutoffs.WORLDS)


def test_what_a_line_makes_of_a_stock_stands_by_bandwidth(cutoffs):
    from validation import Stamp

    stocks = importlib.import_module("cutoff_worlds.stocks")
    generator = np.random.default_rng(1)
    results = {}
    for number in range(PANELS):
        noise = generator.normal(0.0, 1e-4)
        results["stock", str(number)] = {
            one.name: [(one.truth if "kink" in one.name else 0.2 * stocks.LONG_RUN) + noise,
                       1e-4, -1.0, 1.0]
            for one in cutoffs.WORLDS["stock"].asked
        }  # fmt: skip
    part = cutoffs.Cutoffs("Cutoffs", ("stock",))
    text = part.section(("stock",), results, Stamp("abc", False))
    (row,) = (line for line in text.splitlines() if line.startswith("| 12 |"))
    assert "| 20% |" in row and row.count("1.00 ± 0.00") == 4
    assert "| 6 |" in text and "| – |" in text
    assert f"{stocks.HALF_MONTH:+.4f}" in text
    # A kink that is right where a bias was stated fails its line, and is said to.
    assert "kink by a line, 12 months`: not read yet." in text
