"""Replications: resumed, never mixed, and the same numbers as a run of the same panel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data_synth import load_world
from evaluation.catalogue import catalogue
from evaluation.commands.console import Console
from evaluation.commands.diagnose import diagnose
from evaluation.data.sources.synthetic import Synthetic
from evaluation.data.superpopulation import superpopulation
from evaluation.diagnose import replicate as replicating
from evaluation.diagnose import running, workers
from evaluation.diagnose.replicate import Number, Replication, replicate, seed_of
from evaluation.diagnose.running import Plan, plan_of, replicate_missing, rows_of
from evaluation.diagnose.worlds import in_world, seeded
from evaluation.errors import DataError, SpecError, UsageError
from evaluation.pipeline import run_spec
from evaluation.report.csvs import csv_text
from evaluation.report.diagnosed import diagnoses_of as found_beside
from evaluation.results import Diagnosis
from evaluation.spec.loader import read_spec
from evaluation.spec.spec import Spec
from tests.diagnose.diagnosed_toy import TOY

EVENTS = """
[[models]]
id = "path"
estimand = "att_by_event_time"
estimator = "twfe_event_study"
reference = -1
cluster = "muni_h"
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    path = tmp_path_factory.mktemp("toy") / "toy.toml"
    path.write_text(TOY + EVENTS, encoding="utf-8")
    return read_spec(path, catalogue())


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Replace replications by quick ones that depend on their number alone, and count them."""
    calls: list[int] = []

    def quick(spec: Spec, at: int) -> Replication:
        calls.append(at)
        one = Number("main", "employed", "att_relative", "", at / 10, 1.0, at / 10 - 2, at / 10 + 2,
                     0.5, at / 10, 1.0, 0.3, 0.01, False)  # fmt: skip
        return Replication((one,))

    monkeypatch.setattr(workers, "replicate", quick)
    monkeypatch.setattr(running, "compute_truths", lambda spec: None)
    return calls


def planned(spec: Spec, folder: Path, count: int = 6, persons: int | None = None) -> Plan:
    (plan,) = plan_of(spec, ["published_null"], count, persons, folder)
    return plan


def work(plan: Plan, tell=lambda: None) -> None:
    replicate_missing([plan], 1, lambda stage: None, tell)


def table(spec: Spec, plan: Plan) -> str:
    return csv_text(Diagnosis, rows_of(spec, plan))


def test_ended_halfway_and_begun_again(spec: Spec, counted: list[int], tmp_path: Path) -> None:
    whole = planned(spec, tmp_path / "whole")
    work(whole)
    counted.clear()

    def stop_at_three() -> None:
        if len(counted) == 3:
            raise KeyboardInterrupt

    first = planned(spec, tmp_path / "ended")
    with pytest.raises(KeyboardInterrupt):
        work(first, stop_at_three)
    text = first.store.path.read_text(encoding="utf-8")
    first.store.path.write_text(text + '{"replication": 4, "resu', encoding="utf-8")
    again = planned(spec, tmp_path / "ended")
    assert (sorted(again.done), again.missing) == ([1, 2, 3], (4, 5, 6))
    work(again)
    assert counted == [1, 2, 3, 4, 5, 6]  # nothing lost, nothing repeated
    last = planned(spec, tmp_path / "ended")
    assert not last.missing
    assert table(spec, last) == table(spec, again) == table(spec, whole)


def test_fewer_and_more_replications_share_what_is_there(spec, counted, tmp_path) -> None:
    work(planned(spec, tmp_path, 4))
    assert not planned(spec, tmp_path, 2).missing
    assert rows_of(spec, planned(spec, tmp_path, 2))[0].replications == 2
    assert planned(spec, tmp_path, 6).missing == (5, 6)


def test_another_spec_size_or_version_is_kept_apart(spec, counted, tmp_path, monkeypatch) -> None:
    work(planned(spec, tmp_path))
    own = planned(spec, tmp_path).store.path
    assert planned(spec, tmp_path, persons=3_000).missing == (1, 2, 3, 4, 5, 6)
    other = spec.model_copy(update={"models": spec.models[:1]})
    assert planned(other, tmp_path).missing
    # What changes no number: title, threats, checks.
    assert not planned(spec.model_copy(update={"title": "Another"}), tmp_path).missing
    monkeypatch.setattr(running, "digest_on_disk", lambda makers: "another version")
    assert planned(spec, tmp_path).store.path != own and planned(spec, tmp_path).missing


def test_a_world_that_gives_no_rows_is_one_line(spec, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(running, "compute_truths", lambda spec: None)
    monkeypatch.setattr(workers, "replicate", lambda spec, at: Replication(refused="is empty"))
    plan = planned(spec, tmp_path)
    with pytest.raises(DataError, match="toy: in the world 'published_null': is empty"):
        work(plan)
    assert len(plan.done) == 2


@pytest.fixture(scope="module")
def small_truth() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            replicating,
            "superpopulation",
            lambda spec: replace(superpopulation(spec), persons=4_000, folder=None),
        )
        replicating._DRAWS.clear()
        yield
        replicating._DRAWS.clear()


def test_a_replication_is_a_run_of_that_panel(spec: Spec, small_truth: None) -> None:
    own = in_world(spec, "published_null")
    found = replicate(own, 2)
    run = run_spec(seeded(own, seed_of("toy", "published_null", 2)), with_truth=False)
    rows = {(row.model_id, row.event_time): row for row in run.estimates if row.std_error}
    assert {one.model_id for one in found.numbers} == {"main", "path"}
    for one in found.numbers:
        at = int(one.term.rpartition(" ")[2]) if one.term else None
        row = rows[one.model_id, at]
        assert (one.estimate, one.std_error) == (row.estimate, row.std_error)
        assert (one.low, one.high, one.p_value) == (row.conf_low, row.conf_high, row.p_value)
        assert one.truth == 0.0 and one.truth_error == 0.0
    verdict = next(row.verdict for row in run.checks if row.check == "equivalence")
    assert found.verdicts == (("main", "employed", "per_person", verdict),)
    assert Replication.of_json(json.loads(json.dumps(found.as_json()))) == found


def test_seeds_are_a_hash_of_what_is_drawn() -> None:
    seeds = {seed_of(*one) for one in (("a", "b", 1), ("a", "b", 2), ("a", "c", 1), ("d", "b", 1))}
    assert len(seeds) == 4
    assert seed_of("a", "b", 1) == 0xC7DB7DF17228


def test_national_shocks_are_drawn_anew_where_a_world_has_them(spec: Spec) -> None:
    for name, differ in (("common_age_shocks", True), ("published_null", False)):
        panel = in_world(spec, name, 500).panel
        one, two = (
            Synthetic(panel, history=seed).read(["person_id", "ym", "employed"]) for seed in (1, 2)
        )
        assert (not one.equals(two)) == differ
        assert bool(load_world(name).age_shocks.sd) == differ


FILED = TOY.replace('source = "synthetic"', 'source = "file"\npath = "x.csv"')
for line in ('world = "published_null"', "persons = 2_000", "seed = 5", "ages = [29, 32]"):
    FILED = FILED.replace(f"{line}\n", "")


def filed(text: str, folder: Path) -> Spec:
    path = folder / "filed.toml"
    path.write_text(text, encoding="utf-8")
    return read_spec(path, catalogue(), with_paths=False)


def test_a_file_with_the_same_columns_keeps_its_own_inference(tmp_path: Path) -> None:
    own = filed(FILED, tmp_path)
    drawn = in_world(own, "published_null", 500)
    assert drawn.panel.source == "synthetic" and drawn.models[0].variance == "cr1"
    with pytest.raises(UsageError, match="--persons must say"):
        in_world(own, "published_null")


def test_a_world_without_the_columns_is_one_line(tmp_path: Path) -> None:
    other = FILED.replace('column = "employed"', 'column = "employd"')
    with pytest.raises(SpecError) as said:
        in_world(filed(other, tmp_path), "published_null", 500)
    assert said.value.faults == (
        "toy: the world 'published_null' cannot stand in for its panel: outcomes.employed.column: "
        "no column 'employd'; did you mean employed?",
    )


def test_a_world_stands_in_for_a_panel_whose_outcomes_lie_later(root: Path) -> None:
    led = read_spec(root / "specs" / "reform_2017" / "long_run.toml", catalogue())
    assert any(outcome.lead for outcome in led.outcomes.values())
    assert in_world(led, "work_effect", 500).outcomes == led.outcomes


def test_unknown_world_and_too_few_replications(spec: Spec, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match='did you mean "published_null"'):
        plan_of(spec, ["publishd_null"], 5, None, tmp_path)
    with pytest.raises(UsageError, match="allowed: at least 2"):
        plan_of(spec, ["published_null"], 1, None, tmp_path)


def commanded(folder: Path, count: int) -> Path:
    (folder / "toy.toml").write_text(TOY, encoding="utf-8")
    return diagnose(
        str(folder / "toy.toml"), worlds=(), replications=count, persons=None, settings=(),
        allowed=(), out=folder / "out", jobs=1, console=Console(),
    )  # fmt: skip


def test_the_verb_twice_gives_the_same_bytes_and_says_where_it_stopped(
    counted: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    whole = commanded(tmp_path, 5)
    assert "published_null: 5 replications of 2,000 persons" in capsys.readouterr().out
    files = {path: path.read_bytes() for path in whole.rglob("*.*") if path.is_file()}
    assert commanded(tmp_path, 5) == whole and counted == [1, 2, 3, 4, 5]
    assert {path: path.read_bytes() for path in files} == files
    assert "5 replications kept, 0 to do" in capsys.readouterr().err

    quick = workers.replicate

    def interrupted(spec: Spec, at: int) -> Replication:
        if at == 8:
            raise KeyboardInterrupt
        return quick(spec, at)

    monkeypatch.setattr(workers, "replicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        commanded(tmp_path, 9)
    assert "ended after 7 of 9 replications" in capsys.readouterr().err


def test_a_report_takes_the_diagnosis_of_its_own_design_alone(counted, tmp_path) -> None:
    folder = commanded(tmp_path, 3).parent
    own = read_spec(tmp_path / "toy.toml", catalogue())
    (row,) = found_beside(own, folder)
    assert (row.world, row.replications, row.verdict) == ("published_null", 3, "undecided")
    changed = own.model_copy(update={"models": own.models[:0]})
    assert found_beside(changed, folder) == () == found_beside(own, tmp_path)
    (folder / "diagnose" / "published_null.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(DataError, match="remove it, or diagnose the spec again"):
        found_beside(own, folder)
