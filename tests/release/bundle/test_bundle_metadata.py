"""The words beside a bundle's numbers: Data Package, README, data availability."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evaluation.release.bundle.write import Written

# The profiles of the Data Package standard, version 1, as published (and as datapackage-py 1.15.4
# carries them, MIT licence).
PROFILES = Path(__file__).parent / "profiles"


@pytest.fixture
def files(written: Callable[[str], Written]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(written("registry_default").content)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def profile(name: str) -> Any:
    return json.loads((PROFILES / f"{name}.json").read_text(encoding="utf-8"))


def test_the_data_package_follows_the_published_profiles(files: dict[str, bytes]) -> None:
    package = json.loads(files["datapackage.json"])
    jsonschema.Draft4Validator(profile("data-package")).validate(package)
    tables = [one for one in package["resources"] if one["path"].endswith(".csv")]
    for one in tables:
        jsonschema.Draft4Validator(profile("tabular-data-resource")).validate(one)
        content = files[one["path"]]
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        head = next(csv.reader(io.StringIO(content.decode())))
        assert head == [field["name"] for field in one["schema"]["fields"]]
    described = {one["path"] for one in package["resources"]}
    assert described == {one for one in files if one.endswith((".csv", ".parquet"))}


def test_the_profiles_would_refuse_another_form(files: dict[str, bytes]) -> None:
    table = json.loads(files["datapackage.json"])["resources"][-1]
    spoilt = {**table, "schema": {"fields": [{"name": "x", "type": "nothing"}]}}
    assert list(jsonschema.Draft4Validator(profile("tabular-data-resource")).iter_errors(spoilt))


def test_the_readme_has_the_sections_that_data_editors_ask_for(files: dict[str, bytes]) -> None:
    text = files["README.md"].decode()
    sections = [line for line in text.splitlines() if line.startswith("## ")]
    assert sections == [
        "## Overview",
        "## Data availability and provenance statements",
        "## Dataset list",
        "## Computational requirements",
        "## Description of programs",
        "## Instructions to replicators",
        "## List of tables and programs",
    ]
    assert "16 of 72 cells suppressed" in text
    assert (
        "| `rows` | `activity-duty verify` | `cells/` | `printed/estimates.csv` | 0 of 8 |" in text
    )
    stated = files["DATA_AVAILABILITY.md"].decode()
    assert "The microdata are a file that the authors hold" in stated
    assert "[AUTHORS: name the holder of the data" in stated
