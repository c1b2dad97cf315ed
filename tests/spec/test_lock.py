"""Pre-registration: what counts as changed, and what a broken lock is told."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from evaluation.catalogue import catalogue
from evaluation.commands.freeze import freeze
from evaluation.errors import EnvironmentProblem, SpecError, UsageError
from evaluation.report.locked import exploratory_in, frozen_on, lock_rows
from evaluation.spec.loader import build_spec
from evaluation.spec.lock import Lock, lock_of, registration_of
from evaluation.spec.lock_file import lock_path, lock_text, read_lock
from evaluation.spec.origin import Origin
from evaluation.spec.settings import parse_settings
from evaluation.spec.spec import Spec

DAY = dt.date(2026, 3, 1)
TEXT = """
schema_version = 1
id = "small"
title = "A jump"

[panel]
source = "file"
path = "package:rdrobust/data/rdrobust_RDsenate.csv"

[outcomes]
vote = { column = "vote", kind = "continuous" }

[design]
kind = "rd"
running_variable = { column = "margin" }
cutoff = 0
treated_side = "above"

[[models]]
id = "sharp"
estimand = "itt_at_cutoff"
estimator = "rd_robust"

[[models]]
id = "curved"
estimand = "itt_at_cutoff"
estimator = "rd_robust"
order = 2
"""


def spec_of(*settings: str) -> Spec:
    import tomllib

    chosen = parse_settings(settings)
    return build_spec(
        tomllib.loads(TEXT), catalogue(), settings=chosen, origin=Origin(), label="small.toml"
    )


@pytest.fixture
def lock() -> Lock:
    return lock_of(spec_of(), DAY)


@pytest.mark.parametrize(
    ("setting", "exploratory"),
    [
        ('title="Another title"', set()),
        ('lang="nb"', set()),
        ("rounding.estimate=2", set()),
        ('disclosure.policy="registry_default"', set()),
        ("models.curved.order=3", {"curved"}),
        ('models.sharp.kernel="uniform"', {"sharp"}),
        ("design.cutoff=1", {"sharp", "curved"}),
        ('outcomes.vote.kind="share"', {"sharp", "curved"}),
    ],
)
def test_what_numbers_depend_on_makes_models_exploratory(
    lock: Lock, setting: str, exploratory: set[str]
) -> None:
    assert set(registration_of(spec_of(setting), lock).exploratory) == exploratory


def test_a_model_that_was_not_frozen_is_new(lock: Lock) -> None:
    without = Lock(lock.spec_id, lock.date, "", lock.common, {"sharp": lock.models["sharp"]})
    assert registration_of(spec_of(), without).exploratory == {"curved": "the model is new"}


def test_rows_say_since_when_and_which(lock: Lock) -> None:
    rows = lock_rows(spec_of("models.curved.order=3"), lock)
    assert frozen_on(rows) == "2026-03-01"
    assert exploratory_in(rows) == {"curved": "the model has changed since"}
    assert lock_rows(spec_of(), None) == ()


def test_a_lock_of_another_spec_is_refused(lock: Lock) -> None:
    other = Lock("other", lock.date, lock.digest, lock.common, lock.models)
    with pytest.raises(SpecError, match="the lock beside the spec is of 'other'; freeze this spec"):
        lock_rows(spec_of(), other)


def test_a_lock_is_read_as_it_was_written(lock: Lock, tmp_path) -> None:
    path = tmp_path / "small.lock.json"
    path.write_text(lock_text(lock), encoding="utf-8")
    assert read_lock(path) == lock
    assert read_lock(tmp_path / "none.lock.json") is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema_version": 1}', "\x00", "null"])
def test_a_broken_lock_is_one_line(content: str, tmp_path) -> None:
    path = tmp_path / "small.lock.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SpecError, match="is not a lock; restore it, or remove it and freeze"):
        read_lock(path)


def test_freezing_twice_changes_nothing_and_a_change_is_refused(tmp_path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(TEXT, encoding="utf-8")
    said = freeze(str(path), today=DAY)
    assert said == f"small: froze 2 models on 2026-03-01; {lock_path(path)}"
    before = lock_path(path).read_bytes()
    later = DAY + dt.timedelta(days=9)
    assert freeze(str(path), today=later).startswith("small: frozen since 2026-03-01")
    assert lock_path(path).read_bytes() == before
    with pytest.raises(UsageError, match="was frozen on 2026-03-01 and curved changed since"):
        freeze(str(path), settings=("models.curved.order=3",), today=later)
    assert lock_path(path).read_bytes() == before
    freeze(str(path), settings=("models.curved.order=3",), today=later, again=True)
    held: dict[str, Any] = json.loads(lock_path(path).read_text())
    assert held["date"] == "2026-03-10"


def test_a_lock_that_cannot_be_written_leaves_nothing(tmp_path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(TEXT, encoding="utf-8")
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        freeze(str(path), today=DAY, out=blocked / "lock.json")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "small.toml"]
