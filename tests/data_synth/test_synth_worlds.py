"""World files: listed, frozen, digested; every fault named at once."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError

import data_synth
from data_synth.world.loader import world_of
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
    changed = world_of("published_null", content(title=null.title, duty={"dose_months": 24}))
    assert changed.digest != null.digest
    assert data_synth.load_world("work_effect").digest != null.digest


def test_a_world_is_frozen() -> None:
    with pytest.raises(ValidationError):
        data_synth.load_world("published_null").title = "other"  # type: ignore[misc]


def test_extends_takes_over_what_is_not_said() -> None:
    null, work = data_synth.load_world("published_null"), data_synth.load_world("work_effect")
    assert work.receipt == null.receipt
    assert work.duty.exit_to_work > 1 == work.duty.entry


CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"cohorts": {"female_share": 1.2}}, ["cohorts.female_share: found 1.2; allowed: at most 1"]),
    ({"grant": {"mean_nok": 0}}, ["grant.mean_nok: found 0; allowed: above 0"]),
    ({"receipt": {"enter": {"at_30": -0.1}}}, ["receipt.enter.at_30: found -0.1; allowed: at le"]),
    (
        {"cohorts": {"inmigrant_share": 0.2}},
        ["cohorts.inmigrant_share: unknown parameter; allowed:", 'mean "immigrant_share"?'],
    ),
    ({"dutty": {}}, ["dutty: unknown parameter", 'did you mean "duty"?']),
    (
        {"receipt": {"exit": {"slop": 1}}},
        ["receipt.exit: unknown parameter; allowed: enter, enter_need"],
    ),
    (
        {"ages": {"youngest": 70}},
        ["ages: found youngest = 70, oldest = 67", "youngest at most oldest"],
    ),
    ({"cohorts": {"size": [[1990, 5.0], [1980, 5.0]]}}, ["a year and a value, years ascending"]),
    ({"cohorts": {"immigrant_groups": [0.5, 0.6, 0.1]}}, ["allowed: shares that sum to 1"]),
    ({"cohorts": {"immigrant_groups": [0.5, 0.5]}}, ["immigrant_groups with three shares"]),
    ({"benefits": {"aap_to_work": 0.9}}, ["aap_to_work that sum to at most 1"]),
    ({"duty": {"entry": 0.5}}, ['entry = 1 where entry_response = "none"']),
    ({"duty": {"entry_response": "now"}}, ['entry_response: found "now"', "expected_dose"]),
    ({"pandemic": {"first": date(2022, 1, 1)}}, ["pandemic: found", "first not after last"]),
    ({"time": {"first": date(2010, 1, 2)}}, ["the first day of a month"]),
    ({"time": {"first": "2010-01-01"}}, ['found "2010-01-01"; allowed: a date such as 2017-']),
    ({"adoption": {"before_share": 0.99}}, ["before_share and after_share that sum to at most 1"]),
    ({"adoption": {"law": date(2016, 6, 1)}}, ["law, after in this order"]),
    ({"exit": {"work": 0.9}}, ["disability and nothing summing to at most 1"]),
    ({"municipalities": {"count": 3.5}}, ["municipalities.count: found 3.5; allowed: a whole nu"]),
    ({"conditions": {"large": "much"}}, ['conditions.large: found "much"; allowed: a number']),
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
        "cohorts": {"female_share": 2.0, "imigrant_share": []},
        "ages": {"oldest": 10},
        "duty": {"entry": -1},
    }
    with pytest.raises(SpecError) as caught:
        world_of("variant", content(**tables))
    assert len(caught.value.faults) == 4


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(SpecError, match=r'world "bare", duty: missing; add it'):
        world_of("bare", {"title": "bare"})


def test_a_world_file_that_cannot_be_read_troubles_only_who_names_it(monkeypatch, tmp_path):
    from data_synth.world import loader

    (tmp_path / "worlds").mkdir()
    (tmp_path / "worlds" / "plain.toml").write_text('title = "plain"\n')
    (tmp_path / "worlds" / "torn.toml").write_text('title = "x\n')
    (tmp_path / "worlds" / "latin.toml").write_bytes('\ntitle = "på stønad"\n'.encode("latin-1"))
    monkeypatch.setattr(loader, "files", lambda package: tmp_path)
    loader._names.cache_clear()
    try:
        titles = {world.name: world.title for world in loader.list_worlds()}
        assert titles["plain"] == "plain"
        assert titles["torn"].startswith('not readable: world "torn": not valid TOML')
        with pytest.raises(SpecError, match=r'^world "latin": line 2 is not UTF-8; save the file'):
            loader.load_world("latin")
    finally:
        loader._names.cache_clear()


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
