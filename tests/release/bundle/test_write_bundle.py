"""A bundle is made in one place and recomputed in another, where there is nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from evaluation.cells.relation import ColumnFacts
from evaluation.commands.verify_bundle import verify_bundle_text
from evaluation.errors import DisclosureError, UsageError, VerificationError
from evaluation.release.bundle.at_hand import cells_at_hand
from evaluation.release.bundle.facts import released_facts
from evaluation.release.bundle.write import Written, bundle_of
from evaluation.release.bundle.zipped import zipped
from evaluation.release.protection import Protection
from evaluation.report.reading import read_record
from evaluation.review.verify_bundle import verify_bundle

ROOT = Path(__file__).resolve().parents[3]
# The command line on a machine without a network.
ALONE = """
import socket, sys
def refused(*words): raise OSError("no network")
socket.socket.connect = socket.getaddrinfo = refused
from evaluation.cli import main
main()
"""
Make = Callable[[str], Written]


def counted(gaps: Any) -> Counter[tuple[str, str]]:
    return Counter((one.model_id, one.verdict) for one in gaps if one.file == "estimates.csv")


def test_every_number_that_whole_cells_carry_is_recomputed(bundle: Path) -> None:
    found = verify_bundle(bundle)
    assert counted(found.gaps) == {("main", "recomputed"): 8, ("rows", "not recomputed"): 8}
    assert max(one.gap or 0 for one in found.having("recomputed")) < 1e-10
    assert {one.explanation for one in found.having("not recomputed") if one.column == "estimate"} \
        == {"needs the rows of the panel, and only cells were given: no cell is made of cluster "
            "person"}  # fmt: skip


def test_what_suppression_took_explains_the_gaps(written: Make, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(written("registry_default").content)
    found = verify_bundle(path)
    estimate = next(one for one in found.gaps if one.column == "estimate")
    assert estimate.verdict == "explained"
    assert estimate.gap is not None and estimate.gap > 1e-4
    assert estimate.explanation.startswith("cells_1: 16 of 72 cells suppressed")
    assert not found.having("differs")
    told = verify_bundle_text(path)
    assert "[1] cells_1: 16 of 72 cells suppressed" in told
    assert "does not prove that the cells were made of the data" in told
    assert [(one.cells, one.made, one.released) for one in written("registry_default").losses] == [
        ("cells_1", 72, 56), ("units", 2, 2)
    ]  # fmt: skip


def test_bounds_of_columns_and_the_flow_stay_inside(towns: ModuleType, outputs: Path) -> None:
    asked = towns.contents(outputs, "registry_default")
    wage = ColumnFacts("integer", low=17, high=9_812_345, nulls=3)
    cells = replace(asked.released, columns={**asked.released.columns, "wage": wage})
    facts = released_facts(asked.spec, cells, asked.protection)
    assert facts.flow == ()
    assert facts.columns["wage"] == ColumnFacts("integer")
    assert (facts.columns["work"].low, facts.columns["work"].high) == (0, 1)
    # Towns 7 and 30 are gone, and with them their codes.
    assert (facts.columns["town"].low, facts.columns["town"].high) == (0, 6)
    whole = released_facts(asked.spec, cells, Protection())
    assert whole.columns["wage"] == wage
    assert whole.flow


def test_the_same_contents_are_the_same_bytes(
    written: Make, towns: ModuleType, outputs: Path
) -> None:
    again = bundle_of(towns.contents(outputs, "none")).content
    assert again == written("none").content


def test_a_number_that_the_cells_do_not_give_is_refused(towns: ModuleType, outputs: Path) -> None:
    asked = towns.contents(outputs, "registry_default")
    printed = asked.printed["estimates.csv"].replace(",4800,1200,9,", ",4801,1200,9,", 1)
    with pytest.raises(DisclosureError, match=r"row 1, n_obs \(main work att\).*no suppression"):
        bundle_of(replace(asked, printed={"estimates.csv": printed}))
    # Nor where inside and printed agree with each other and not with the cells.
    false = {"estimates.csv": printed}
    with pytest.raises(DisclosureError, match="n_obs"):
        bundle_of(replace(asked, printed=false, held=false))


def changed(content: bytes, name: str, old: str, new: str) -> bytes:
    """Return a bundle with a text in it changed, and a manifest that says so."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    text = files[name].decode()
    assert old in text
    files[name] = text.replace(old, new, 1).encode()
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = hashlib.sha256(files[name]).hexdigest()
    return zipped({**files, "manifest.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize(
    ("policy", "name", "old", "new"),
    [
        ("none", "printed/estimates.csv", ",4800,1200,9,", ",4801,1200,9,"),
        ("none", "gaps.csv", "estimates.csv,2,estimate,rows", "estimates.csv,7,estimate,rows"),
        ("registry_default", "lost.csv", "cells_1,72,56", "cells_1,56,56"),
        ("registry_default", "spec.toml", "at_least = 3", "at_least = 4"),
    ],
)
def test_a_bundle_that_says_what_its_cells_do_not_differs(
    written: Make, tmp_path: Path, policy: str, name: str, old: str, new: str
) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(changed(written(policy).content, name, old, new))
    with pytest.raises(VerificationError, match="numbers differ, unexplained"):
        verify_bundle_text(path)


def test_a_run_without_cells_of_its_inputs_says_how_to_build_them(
    outputs: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"activity-duty cells towns --out"):
        cells_at_hand(read_record(outputs), tmp_path / "towns")


def test_it_is_verified_where_there_is_nothing_else(bundle: Path, tmp_path: Path) -> None:
    home, place = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    place.mkdir()
    moved = bundle.rename(place / "from_a_colleague.zip")
    done = subprocess.run(
        [sys.executable, "-c", ALONE, "verify", moved.name],
        cwd=place, capture_output=True, text=True, timeout=120, check=False,
        env={"HOME": str(home), "PYTHONPATH": str(ROOT), "TMPDIR": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "estimates.csv: 8 of 16 numbers recomputed, 0 with an explained gap" in done.stdout
    assert done.stderr == ""
    assert [*home.iterdir()] == []
