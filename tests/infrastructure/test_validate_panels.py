"""The part on panels judges as it says it does, and draws worlds whose truth is what it says."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

PANELS = 2000


@pytest.fixture(scope="module")
def panels(root: Path) -> ModuleType:
    for folder in (root / "tests" / "simulation", root / ".ci"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module("panels")


def made(one, number, generator, error, scale, rejects):
    """Return a line's numbers in one panel, missing the truth by ``error`` standard errors."""
    if one.truth is None:
        speaks = generator.random() < rejects
        return [(0.0 if speaks else 1.0) if one.level and one.expected.startswith("rejects at its")
                else float(speaks)]  # fmt: skip
    estimate = one.truth + 0.01 * (error + generator.normal())
    half = 1.96 * 0.01 * scale
    return [estimate, 0.01 * scale, estimate - half, estimate + half]


def results(panels, world, error=0.0, scale=1.0, rejects=0.05):
    generator = np.random.default_rng(8)
    asked = panels.WORLDS[world].asked
    return {
        (world, str(number)): {
            one.name: made(one, number, generator, error, scale, rejects) for one in asked
        }
        for number in range(PANELS)
    }


def verdicts(panels, world, **kwargs) -> dict[str, bool]:
    found = panels.judged((world,), results(panels, world, **kwargs))
    return {line.name: line.held for line in found}


def test_right_intervals_are_as_expected(panels):
    assert set(verdicts(panels, "alike").values()) == {True}


@pytest.mark.parametrize(("error", "scale"), [(0.3, 1.0), (0.0, 0.8), (0.0, 1.3)])
def test_bias_and_wrong_errors_fail(panels, error, scale):
    assert set(verdicts(panels, "alike", error=error, scale=scale).values()) == {False}


def test_a_stated_failure_must_be_seen(panels):
    assert verdicts(panels, "common_shock") == {"twfe_cr3": False}
    assert verdicts(panels, "common_shock", scale=0.6) == {"twfe_cr3": True}


@pytest.mark.parametrize(("rejects", "held"), [(0.05, True), (0.09, False), (0.02, False)])
def test_a_test_must_reject_at_its_level(panels, rejects, held):
    assert verdicts(panels, "no_drift", rejects=rejects) == {"pretrends": held}


@pytest.mark.parametrize(("rejects", "held"), [(0.0, True), (0.05, True), (0.09, False)])
def test_a_cautious_check_may_speak_more_seldom(panels, rejects, held):
    found = verdicts(panels, "ages_alike", rejects=rejects)
    assert found["common_shocks warns"] is held


def test_what_is_planted_must_be_found_in_four_panels_of_five(panels):
    assert verdicts(panels, "drifting", rejects=0.83)["pretrends"]
    assert not verdicts(panels, "drifting", rejects=0.77)["pretrends"]


def test_a_refusal_must_come_in_every_panel(panels):
    found = results(panels, "one_adopter", rejects=1.0)
    assert panels.judged(("one_adopter",), found)[0].held
    found["one_adopter", "7"]["twfe_cr3 is refused"] = [0.0]
    assert not panels.judged(("one_adopter",), found)[0].held


def test_a_missing_number_fails_its_line_and_is_counted(panels):
    found = results(panels, "no_drift")
    found["no_drift", "3"]["pretrends"] = [None]
    (line,) = panels.judged(("no_drift",), found)
    assert (line.held, line.missing) == (False, 1)


def test_a_wide_interval_holds_and_shows_its_length(panels):
    name = "trend_sensitivity, Mbar = 1"
    found = results(panels, "drift_allowed")
    for result in found.values():
        result[name] = [None, None, -1.0, 1.0]
    (line,) = [one for one in panels.judged(("drift_allowed",), found) if one.name == name]
    assert line.held and line.share == 1.0
    assert line.length == pytest.approx(2.0 / (2 * 1.96 * 0.01))


def test_failing_lines_stand_in_the_section_with_their_reading(panels):
    from validation import Stamp

    found = results(panels, "common_shock")
    text = panels.PART.section(("common_shock",), found, Stamp("abc", False))
    assert "1 of 1 lines are not as expected" in text
    assert "| under-covers | FAILS |" in text
    assert "- common_shock, `twfe_cr3`:" in text


def test_readings_are_of_lines_that_exist(panels):
    import tomllib

    known = tomllib.loads(panels.table.READINGS.read_text(encoding="utf-8"))
    for world, lines in known.items():
        assert set(lines) <= {one.name for one in panels.WORLDS[world].asked}


def test_truth_is_the_mean_effect_on_the_treated(panels):
    from town_panels.staggered import GROWING
    from town_panels.towns import draw

    frame = draw(GROWING, 3)
    since = frame["quarter"] - frame["start"]
    treated = frame["on"] == 1
    effect = 0.01 + 0.01 * since[treated]
    wanted = np.average(effect, weights=frame["persons"][treated])
    (asked,) = [one for one in panels.WORLDS["growing"].asked if one.name == "twfe_cr3"]
    assert asked.truth == pytest.approx(wanted)
    assert (frame["start"] > 0).groupby(frame["town"]).first().mean() == pytest.approx(0.66)


def test_true_dates_lie_anywhere_in_their_intervals(panels):
    from town_panels.half_known import MANY
    from town_panels.towns import draw

    ends = ["earliest", "latest", "true_start", "start"]
    towns = [draw(MANY, seed).groupby("town")[ends].first() for seed in range(40)]
    for frame in towns:
        assert (frame["true_start"].between(frame["earliest"], frame["latest"])).all()
        doubtful = frame["earliest"] < frame["latest"]
        assert doubtful.sum() == MANY.doubtful and (frame["start"][doubtful] > 0).all()
    off = np.concatenate(
        [(f["true_start"] - f["start"])[f["earliest"] < f["latest"]] for f in towns]
    )
    shares = np.bincount(off + MANY.wrong) / len(off)
    assert np.abs(shares - 0.2).max() < 4 * np.sqrt(0.16 / len(off))


def test_another_unit_is_treated_in_another_panel(panels):
    from town_panels.one_unit import UNITS, draw_one

    chosen = [draw_one(0.0, seed).groupby("town")["chosen"].first() for seed in range(200)]
    assert all(one.sum() == 1 for one in chosen)
    counts = np.bincount([one.idxmax() for one in chosen], minlength=UNITS)
    assert counts.min() >= 2 and counts.max() <= 22


def test_the_national_shock_is_the_same_everywhere(panels):
    from town_panels.ages import Ages, draw_ages

    calm, shocked = (draw_ages(Ages(shock=shock), 5) for shock in (0.0, 0.3))
    moved = (shocked["y"] - calm["y"]).groupby([shocked["age_months"], shocked["ym"]])
    assert moved.std().max() < 1e-9 < moved.mean().std()


@pytest.mark.parametrize("world", ["switched_off", "one_adopter", "one_unit", "third"])
def test_a_panel_gives_every_number_that_is_asked(panels, world):
    found = panels.estimates(world, seed=1)
    assert set(found) == {one.name for one in panels.WORLDS[world].asked}
    assert all(value is not None for row in found.values() for value in row)
    assert found == panels.estimates(world, seed=1)


def test_every_world_asks_what_its_spec_can_say(panels, tmp_path):
    from evaluation import load_spec

    for name, world in panels.WORLDS.items():
        path = tmp_path / f"{name}.toml"
        path.write_text(world.text, encoding="utf-8")
        assert load_spec(path).models
        assert len({one.name for one in world.asked}) == len(world.asked)
