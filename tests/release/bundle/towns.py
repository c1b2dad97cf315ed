"""A small study whose bundles the tests make: work of 1,200 persons in nine towns.

Run as a program it writes the bundles of this version that later versions must still verify:
``python tests/release/bundle/towns.py tests/release/bundles/0.1.0``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import evaluation as ad
from evaluation.release.bundle.contents import Contents
from evaluation.release.bundle.of_release import contents_of
from evaluation.release.bundle.write import bundle_of
from evaluation.release.policy import policy_of
from evaluation.release.ruling import rulings_of
from evaluation.release.suppression import Suppressed, suppress
from evaluation.release.writer import result_files
from evaluation.report.reading import read_record

UNITS, PERIODS = 1200, 4
SPEC = """\
schema_version = 1
id = "towns"
title = "Work in nine towns"

[panel]
source = "file"
path = "panel.csv"
unit = "person"
time = "t"
time_unit = "integer"

[outcomes]
work = { column = "work", kind = "binary" }

[design]
kind = "did"
post = { column = "t", at_least = 3 }
treated = { column = "treat", equals = 1 }

[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "t"]
cluster = "town"

[[models]]
id = "rows"
estimand = "att"
estimator = "twfe"
fixed_effects = ["town", "t"]
controls = ["score"]
cluster = "person"

[[checks]]
kind = "leave_one_out"
model = "main"
"""


def panel() -> pd.DataFrame:
    """Return the rows; the ninth town has six persons."""
    draws = np.random.default_rng(5)
    person = np.repeat(np.arange(UNITS), PERIODS)
    t = np.tile(np.arange(1, PERIODS + 1), UNITS)
    town = np.where(person % 200 == 7, 30, person % 8)
    treat = (person // 8) % 2
    odds = 0.4 + 0.05 * (town % 3) + 0.06 * treat * (t >= 3)
    return pd.DataFrame(
        {
            "person": person + 1_000_000,
            "t": t,
            "town": town,
            "treat": treat,
            "work": (draws.random(len(person)) < odds).astype(int),
            "score": draws.normal(size=len(person)).round(3),
        }
    )


def run(folder: Path) -> Path:
    """Run the study in a folder and return its outputs."""
    (folder / "towns.toml").write_text(SPEC, encoding="utf-8")
    ad.run(folder / "towns.toml", frame=panel(), out=folder / "outputs")
    return folder / "outputs" / "towns"


def contents(outputs: Path, policy: str) -> Contents:
    """Return the contents of a bundle of the study, protected as the policy says.

    Under ``none``, which release allows synthetic data alone, everything stays as it is.
    """
    record = read_record(outputs)
    manifest = json.loads((outputs / "manifest.json").read_text(encoding="utf-8"))
    rule = policy_of(policy, outputs)
    protected = Suppressed(record)
    if policy != "none":
        protected = suppress(record, rulings_of(record, rule), rule)
    files = result_files(protected.record)
    return contents_of(
        record, outputs, rule, suppressed=protected, manifest=manifest,
        printed={name: files[name] for name in ("estimates.csv", "checks.csv", "details.csv")},
    )  # fmt: skip


if __name__ == "__main__":
    home = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as made:
        written = run(Path(made))
        for name in ("none", "registry_default"):
            (home / f"towns_{name}.zip").write_bytes(bundle_of(contents(written, name)).content)
