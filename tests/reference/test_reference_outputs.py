"""The committed reference estimates are those of today's specs and code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.catalogue import catalogue
from evaluation.commands.demo import SPECS
from evaluation.commands.verify import verify_folder
from evaluation.review.verify import verify
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec, shipped


def reference(spec_id: str) -> Path:
    folder = shipped("outputs/reference")
    assert folder is not None
    return folder / spec_id


@pytest.mark.parametrize("spec_id", SPECS)
def test_reference_belongs_to_the_shipped_spec(spec_id):
    path = find_spec(spec_id)
    assert path is not None
    manifest = json.loads((reference(spec_id) / "manifest.json").read_text("utf-8"))
    spec = read_spec(path, catalogue(), environment={})
    assert manifest["spec_digest"] == spec.origin.digest


@pytest.mark.slow
@pytest.mark.parametrize("spec_id", ["age_did", "release_at_30"])
def test_every_number_is_recomputed(spec_id):
    compared = verify(reference(spec_id))
    assert len(compared) > 5
    assert [one for one in compared if one.differs] == []


def test_the_reference_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "none differs" in verify_folder(Path("outputs/reference/municipal_adoption"), (), ())
