"""Specs from strangers: no code, no SQL, no path outside the declared folders, no traceback."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.cli import app
from evaluation.errors import UserError

SECRET = "zq8secret"
OUTSIDE = "outside"
UNITS, YEARS = 80, 6
# Pieces of names and paths that mean something to a shell, SQL, TOML, format strings or a system.
PIECES = (
    "'", '"', ";", "--", "/*", "`", "$(touch owned)", "${HOME}", "{0.__class__}", "%s", "%(x)s",
    "../", "..\\", "/etc/passwd", "\0", "\n", "\\", "|", "*", "[[x]]", "= 1", "#", "\u202e",
    "x'); COPY (SELECT 1) TO 'owned'; --", "read_csv('../outside/secret.csv')", "__import__('os')",
    "file:///etc/passwd", "https://example.org/x.csv", "y", "\N{FULLWIDTH SOLIDUS}", "~/",
)  # fmt: skip
HOSTILE = (
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4)
    .map("".join)
    .filter(lambda x: x != "y")
)
# Where any text may stand; "y" alone, which is a column, a name and an id, may stand elsewhere.
HARMLESS = {"title"}
PLACES = ("id", "path", "unit", "column", "outcome", "model", "cluster", "arm", "title", "policy")


def spec_of(**words: str) -> str:
    """Return a spec with some of its words replaced, each written as TOML writes any text."""
    known = {
        "id": "strange", "path": "panel.csv", "unit": "unit", "column": "y", "outcome": "y",
        "model": "main", "cluster": "unit", "arm": "arm", "title": "A title",
        "policy": "registry_default",
    } | words  # fmt: skip
    quoted = {name: json.dumps(text) for name, text in known.items()}
    return """
schema_version = 1
id = {id}
title = {title}
[panel]
source = "file"
path = {path}
unit = {unit}
time = "year"
time_unit = "integer"
[outcomes.{outcome}]
column = {column}
kind = "continuous"
[design]
kind = "did"
treated = {{ column = {arm}, equals = 1 }}
post = {{ column = "year", at_least = 3 }}
[[models]]
id = {model}
estimand = "att_relative"
estimator = "twfe"
fixed_effects = ["unit", "year"]
cluster = {cluster}
[disclosure]
policy = {policy}
""".format(**quoted)


def panel(**columns: str) -> pd.DataFrame:
    """Return a small panel, some columns renamed."""
    unit, year = (grid.ravel() for grid in np.meshgrid(range(UNITS), range(YEARS), indexing="ij"))
    draw = np.random.default_rng(3)
    arm = (unit % 2).astype(int)
    frame = pd.DataFrame(
        {"unit": unit, "year": year, "arm": arm, "y": draw.normal(size=len(unit)) + arm}
    )
    return frame.rename(columns=columns)


def ended(folder: Path, text: str) -> tuple[int, str]:
    """Run a spec that stands in ``folder/inside``; return exit code and everything said."""
    inside = folder / "inside"
    (inside / "strange.toml").write_text(text, encoding="utf-8")
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        try:
            app(["run", str(inside / "strange.toml"), "--out", str(folder / "out")],
                standalone_mode=False)  # fmt: skip
        except UserError as error:
            return error.exit_code, "\n".join((out.getvalue(), *error.faults))
        except SystemExit as done:
            return int(done.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a panel in ``inside`` and a secret beside it that no spec may read."""
    for name in ("inside", OUTSIDE):
        (tmp_path / name).mkdir()
    panel().to_csv(tmp_path / "inside" / "panel.csv", index=False)
    panel().assign(note=SECRET).to_csv(tmp_path / OUTSIDE / "secret.csv", index=False)
    return tmp_path


def _touched(folder: Path) -> set[str]:
    """Return what stands beside the known folders, and what was written into them."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    known = {"inside/panel.csv", "inside/strange.toml", f"{OUTSIDE}/secret.csv"}
    return {name for name in there - known if not name.startswith(("out/", "inside/link"))}


@settings(max_examples=40)
@given(places=st.dictionaries(st.sampled_from(PLACES), HOSTILE, min_size=1, max_size=2))
def test_hostile_words_end_in_lines(
    places: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "inside").mkdir()
    panel().to_csv(folder / "inside" / "panel.csv", index=False)
    code, said = ended(folder, spec_of(**places))
    assert code in {0, 10, 11, 12}, (places, said)
    assert code or set(places) <= HARMLESS, (places, said)
    assert "Traceback" not in said
    assert _touched(folder) == set()
    assert not Path("owned").exists()


@pytest.mark.parametrize(
    "path", ["../outside/secret.csv", "{outside}/secret.csv", "link.csv", "linked/secret.csv"]
)
def test_no_path_leads_outside(place: Path, path: str) -> None:
    inside, outside = place / "inside", place / OUTSIDE
    (inside / "link.csv").symlink_to(outside / "secret.csv")
    (inside / "linked").symlink_to(outside)
    code, said = ended(place, spec_of(path=path.replace("{outside}", str(outside))))
    assert code == 10, said
    assert SECRET not in said


@pytest.mark.parametrize(
    "name", ["y'; DROP TABLE x; --", 'y"y', "y`y", "{0}", "%s", "y;y", "../y", "a b", "ø", "y\0y"]
)
def test_strange_columns_are_columns(place: Path, name: str) -> None:
    """A name that the file has is a column of it, or refused in one line; it is never more."""
    panel(y=name).to_csv(place / "inside" / "panel.csv", index=False)
    code, said = ended(place, spec_of(column=name))
    assert "Traceback" not in said
    assert _touched(place) == set()
    if code == 0:
        rows = pd.read_csv(place / "out/strange/restricted/estimates.csv")
        assert list(rows["status"]) == ["ok"], said
    else:
        assert code in {10, 11}, said
