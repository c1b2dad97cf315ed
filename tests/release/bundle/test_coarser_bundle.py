"""Where fine cells do not pass, coarser ones leave: estimates are whole, clustered errors gone."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

import evaluation as ad
from evaluation.commands.explain import explain
from evaluation.commands.verify_bundle import verify_bundle_text
from evaluation.errors import DataError, UsageError
from evaluation.release.bundle.write import bundle_of
from evaluation.report.reading import read_record
from evaluation.review.verify_bundle import verify_bundle

PLAIN = """
[[models]]
id = "plain"
estimand = "att"
estimator = "twfe"
fixed_effects = ["t"]
cluster = "town"
"""


@pytest.fixture(scope="module")
def home(towns: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run, and the bundle of it under the registry's own policy."""
    folder = tmp_path_factory.mktemp("coarser")
    spec = folder / "towns.toml"
    spec.write_text(f"{towns.SPEC}{PLAIN}", encoding="utf-8")
    ad.run(spec, frame=towns.panel(), out=folder / "outputs")
    made = bundle_of(towns.contents(folder / "outputs" / "towns", "registry_default"))
    (folder / "b.zip").write_bytes(made.content)
    return folder


def test_an_estimate_that_needs_nothing_finer_is_recomputed_without_its_error(home: Path) -> None:
    found = verify_bundle(home / "b.zip")
    own = {one.column: one.verdict for one in found.gaps
           if one.file == "estimates.csv" and one.model_id == "plain"}  # fmt: skip
    assert own["estimate"] == own["n_obs"] == "recomputed"
    assert own["std_error"] == own["p_value"] == "not recomputed"
    others = {one.verdict for one in found.gaps
              if one.file == "estimates.csv" and one.model_id == "main"}  # fmt: skip
    assert others == {"not recomputed"}
    assert not found.having("differs")
    assert found.bundle.manifest["coarser"] == {"cells_1": "town left out"}
    told = verify_bundle_text(home / "b.zip")
    assert "coarser cells in place of 72 that do not pass: town left out" in told


def test_a_coarser_bundle_answers_what_it_can_and_names_what_it_lacks(home: Path) -> None:
    told = explain(str(home / "b.zip"))
    assert "models.plain.cluster = []" in told
    assert "model main: the cells are not by town" in told
    answer = ad.run(home / "b.zip", set={"models.plain.cluster": []})
    (row,) = answer.record.estimates
    inside = read_record(home / "outputs" / "towns").estimates
    (same,) = (one for one in inside if one.model_id == row.model_id == "plain")
    assert row.estimate == pytest.approx(same.estimate, abs=1e-12)
    assert row.n_obs == same.n_obs
    assert any("model main: the cells are not by town" in note for note in answer.record.notes)
    with pytest.raises(DataError, match="the cells are not by town"):
        ad.run(home / "b.zip")


def test_an_answer_does_not_replace_the_run_it_is_of(home: Path) -> None:
    settings = {"models.plain.cluster": []}
    with pytest.raises(UsageError, match=r"holds a run of the data.*--out FOLDER"):
        ad.run(home / "b.zip", set=settings, out=home / "outputs")
    for _ in range(2):  # an answer may take the place of another
        assert ad.run(home / "b.zip", set=settings, out=home / "answers").folder is not None
