"""World files: listed, frozen, digested; every fault named at once."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import data_synth
from data_synth.loader import world_of
from data_synth.municipalities import make_municipalities
from evaluation.errors import SpecError


def content(**tables: Any) -> dict[str, Any]:
    return {"extends": "published_null", "title": "variant", **tables}


def test_worlds_are_listed_and_load() -> None:
    names = [summary.name for summary in data_synth.list_worlds()]
    assert names == sorted(names)
    assert {"published_null", "work_effect"} <= set(names)
    for summary in data_synth.list_worlds():
        world = data_synth.load_world(summary.name)
        assert (world.name, world.title) == (summary.name, summary.title)


@pytest.mark.parametrize("summary", data_synth.list_worlds(), ids=lambda s: s.name)
def test_every_parameter_of_a_file_has_a_comment(summary: data_synth.WorldSummary) -> None:
    text = (files("data_synth") / "worlds" / f"{summary.name}.toml").read_text(encoding="utf-8")
    plain = [line for line in text.splitlines() if " = " in line and not line.startswith("#")]
    top = ("title", "extends")
    assert [line for line in plain if "  # " not in line and not line.startswith(top)] == []


def test_digest_is_of_the_content() -> None:
    null = data_synth.load_world("published_null")
    again = world_of("published_null", tomllib.loads(_text("published_null")))
    assert null.digest == again.digest
    assert len(null.digest) == 64
    changed = world_of("published_null", content(title=null.title, duty={"entry": 0.9}))
    assert changed.digest != null.digest
    assert data_synth.load_world("work_effect").digest != null.digest


def test_a_world_is_frozen() -> None:
    with pytest.raises(ValidationError):
        data_synth.load_world("published_null").title = "other"  # type: ignore[misc]


def test_extends_takes_over_what_is_not_said() -> None:
    null, work = data_synth.load_world("published_null"), data_synth.load_world("work_effect")
    assert work.receipt == null.receipt
    assert work.duty.exit_to_work > 1 == work.duty.entry


def test_municipalities_are_like_norways() -> None:
    world = data_synth.load_world("published_null")
    munis = make_municipalities(world)
    share = np.sort(munis.share)[::-1]
    assert len(set(munis.codes)) == 357
    assert abs(munis.share.sum() - 1) < 1e-12
    assert share[0] == pytest.approx(0.20)
    assert share[-1] < 1e-4
    assert 15 < 1 / (share**2).sum() < 25  # effective clusters
    before = munis.status == 0
    assert before.mean() == pytest.approx(0.40, abs=0.02)
    assert munis.share[before].sum() == pytest.approx(0.40, abs=0.01)
    dates, counts = np.unique(munis.adopted[before], return_counts=True)
    assert len(dates) == 14
    assert counts.min() >= 5
    prior = [munis.low_prior_use[rows].mean() for rows in (before, ~before)]
    assert prior == pytest.approx([0.50, 0.68], abs=0.03)


CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"persons": {"female_share": 1.2}}, ["persons.female_share: found 1.2; allowed: at most 1"]),
    ({"grant": {"mean_nok": 0}}, ["grant.mean_nok: found 0; allowed: above 0"]),
    ({"receipt": {"enter": {"at_30": -0.1}}}, ["receipt.enter.at_30: found -0.1; allowed: at le"]),
    (
        {"persons": {"inmigrant_share": 0.2}},
        ["persons.inmigrant_share: unknown parameter; allowed:", 'mean "immigrant_share"?'],
    ),
    ({"dutty": {}}, ["dutty: unknown parameter", 'did you mean "duty"?']),
    (
        {"receipt": {"exit": {"slop": 1}}},
        ["receipt.exit: unknown parameter; allowed: enter, need_sd"],
    ),
    (
        {"ages": {"observed_from": 50}},
        [
            "ages: found simulated_from = 16, observed_from = 50",
            "simulated_from at most observed_from",
        ],
    ),
    ({"births": {"first": date(2011, 1, 1)}}, ["births: found", "first not after last"]),
    ({"time": {"first": date(2010, 1, 2)}}, ["the first day of a month"]),
    ({"time": {"first": "2010-01-01"}}, ['found "2010-01-01"; allowed: a date such as 2017-']),
    ({"adoption": {"before_share": 0.99}}, ["before_share and after_share that sum to at most 1"]),
    ({"adoption": {"law": date(2016, 6, 1)}}, ["law, after in this order"]),
    ({"receipt": {"exit_to_work": 0.9}}, ["exit_to_nothing summing to at most 1"]),
    ({"municipalities": {"count": 3.5}}, ["municipalities.count: found 3.5; allowed: a whole nu"]),
    ({"conditions": {"with_duty": "much"}}, ['with_duty: found "much"; allowed: a number']),
    ({"grant": {"log_sd": float("nan")}}, ["grant.log_sd: found nan; allowed: a finite number"]),
    ({"duty": 3}, ["duty: found 3; allowed: a table"]),
    ({"extends": "published_nul"}, ["extends: found 'published_nul'", 'mean "published_null"?']),
    ({"extends": "work_effect"}, ["which itself extends a world"]),
]


@pytest.mark.parametrize(("tables", "parts"), CASES)
def test_a_fault_gets_one_clear_line(tables: dict[str, Any], parts: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        world_of("variant", content(**tables))
    assert len(caught.value.faults) == 1
    line = caught.value.faults[0]
    assert line.startswith('world "variant", ')
    assert "\n" not in line
    for part in parts:
        assert part in line


def test_all_faults_come_at_once() -> None:
    tables = {
        "persons": {"female_share": 2.0, "imigrant_share": 0.1},
        "ages": {"observed_to": 10},
        "duty": {"entry": -1},
    }
    with pytest.raises(SpecError) as caught:
        world_of("variant", content(**tables))
    assert len(caught.value.faults) == 4


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(SpecError, match=r'world "bare", duty: missing; add it'):
        world_of("bare", {"title": "bare"})


def test_an_unknown_world_gets_the_nearest_name() -> None:
    with pytest.raises(SpecError, match=r'did you mean "work_effect"\?'):
        data_synth.load_world("work_efect")
    with pytest.raises(SpecError, match="unknown; allowed"):
        data_synth.load_world("../worlds/published_null")


def test_import_leaves_the_heavy_libraries_out() -> None:
    code = "import sys, data_synth; print({'numpy', 'pandas', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def _text(name: str) -> str:
    return (files("data_synth") / "worlds" / f"{name}.toml").read_text(encoding="utf-8")
