"""What is read, and from where: placeholders, duplicates after selection, specs without data."""

from __future__ import annotations

import pandas as pd
import pytest

import evaluation as ad
from evaluation.commands.run import run
from evaluation.errors import DataError, UsageError
from evaluation.review.explain import explain
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec

SPEC = """
schema_version = 1
id = "{id}"
title = "Two kinds of rows"

[panel]
source = "file"
path = "${{DATA}}/rows.csv"
unit = "unit"
time = "year"

[sample]
keep = [{keep}]

[outcomes]
y = {{ column = "y", kind = "continuous" }}

[design]
kind = "did"
treated = {{ column = "treat", equals = 1 }}
post = {{ column = "year", at_least = 2 }}

[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
"""
ONE_KIND = '{ column = "kind", equals = "a" }'


@pytest.fixture
def rows():
    frame = pd.DataFrame(
        [(u, t, u % 2, k) for u in range(20) for t in range(4) for k in "ab"],
        columns=["unit", "year", "treat", "kind"],
    )
    return frame.assign(y=frame["unit"] * 0.1 + frame["year"] + (frame["unit"] * 7 % 5) * 0.3)


@pytest.fixture
def study(tmp_path, rows, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "study").mkdir()
    rows.to_csv(tmp_path / "data" / "rows.csv", index=False)
    for name in ("first", "second"):
        text = SPEC.format(id="same", keep=ONE_KIND)
        (tmp_path / "study" / f"{name}.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "study" / "first.toml"


def test_a_placeholder_is_relative_to_where_the_person_stands(study):
    assert ad.run(study, set={"DATA": "data"}).record.status == "ok"


def test_duplicates_count_among_the_rows_selected(study):
    assert ad.run(study, set={"DATA": "data"}).record.estimates[0].n_units == 20
    study.write_text(SPEC.format(id="same", keep=""))
    with pytest.raises(DataError, match="80 rows repeat a pair"):
        ad.run(study, set={"DATA": "data"})


def test_rows_at_hand_need_no_path(study, rows):
    at_hand = ad.run(study, frame=rows).csv("estimates")
    assert "main" in at_hand


def test_explain_needs_no_path():
    path = find_spec("mpdta")
    assert path is not None
    from evaluation.catalogue import catalogue

    spec = read_spec(path, catalogue(), environment={}, with_paths=False)
    assert "Callaway" in explain(spec)


def test_two_specs_with_one_id_are_refused(study):
    both = [str(study), str(study.with_name("second.toml"))]
    with pytest.raises(UsageError, match="have the id 'same'"):
        run(both, settings=(), allowed=(), out=study.parent, gates=(), jobs=1, console=None)
