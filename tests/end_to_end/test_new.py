"""``new`` writes specs that run as they are, and never over what is there."""

from __future__ import annotations

import csv
import math
import tomllib
from pathlib import Path

import pytest
import tomlkit
from typer.testing import CliRunner

import evaluation as ad
from evaluation.cli import app
from evaluation.commands.new import KINDS, SCHEMA, new
from evaluation.errors import UsageError


@pytest.mark.slow
@pytest.mark.usefixtures("small_truth")
@pytest.mark.parametrize("kind", KINDS)
def test_new_spec_runs_from_an_empty_folder(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(app, ["new", kind])
    assert made.exit_code == 0, made.output
    assert f"next: activity-duty run {kind}.toml" in made.output
    ran = CliRunner().invoke(app, ["run", f"{kind}.toml", "--set", "panel.persons=4_000"])
    assert ran.exit_code == 0, ran.output
    path = tmp_path / "outputs" / f"my_{kind}" / "restricted" / "estimates.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert {row["status"] for row in rows} <= {"ok", "warned"}
    assert all(math.isfinite(float(row["estimate"])) for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_new_spec_is_in_order_as_written(kind: str, tmp_path: Path) -> None:
    target, schema = new(kind, tmp_path)
    assert target.read_text(encoding="utf-8").startswith(f"#:schema {SCHEMA}\n")
    assert schema.name == SCHEMA and schema.is_file()
    spec = ad.load_spec(target)
    assert spec.id == f"my_{kind}"
    assert spec.panel.source == "synthetic" and spec.panel.persons <= 200_000
    assert spec.panel.ages is not None  # a first run should not simulate everybody


@pytest.mark.parametrize("kind", KINDS)
def test_new_spec_says_how_to_read_a_file(kind: str, tmp_path: Path) -> None:
    """The commented table at the end takes the place of ``[panel]``, as the comment says."""
    target, _ = new(kind, tmp_path)
    lines = target.read_text(encoding="utf-8").splitlines()
    commented = lines[lines.index("# [panel]") :]
    tables = tomllib.loads("\n".join(lines))
    tables |= tomllib.loads("\n".join(line.removeprefix("# ") for line in commented))
    if kind == "rd":  # a cross-section: without what its comment says to leave out
        for key in ("donut", "reform_date"):
            del tables["design"][key]
        tables["design"]["running_variable"]["column"] = "margin"
        tables["models"] = [
            {k: v for k, v in m.items() if k != "periods"} for m in tables["models"]
        ]
        del tables["sample"]
    own = tmp_path / "own.toml"
    own.write_text(tomlkit.dumps(tables), encoding="utf-8")
    spec = ad.load_spec(own, set={"DATA": str(tmp_path)})
    assert spec.panel.source == "file"


def test_new_never_overwrites(tmp_path: Path) -> None:
    target, _ = new("did", tmp_path)
    target.write_text("mine\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"did\.toml is there already"):
        new("did", tmp_path)
    assert target.read_text(encoding="utf-8") == "mine\n"


def test_new_names_the_kinds(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did, staggered, rd"):
        new("rdd", tmp_path)
    assert not list(tmp_path.iterdir())
