"""A small study in two versions, and whether what stands in its outputs is whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.data.durable.beside import is_beside
from evaluation.release.ledger import read_ledger

UNITS, PERIODS = 480, 6
ID = "killed"
OUT = "outputs"
FOLDER = Path(OUT) / ID
RELEASE = FOLDER / "release"
# Standard errors, and so every file, differ between the versions.
VERSIONS = {"One": "cr1", "Two": "cr3"}
SPEC = """schema_version = 1
id = "{id}"
title = "{title}"

[panel]
source = "file"
path = "panel.csv"
unit = "unit"
time = "t"

[outcomes]
y = {{ column = "y", kind = "continuous" }}

[design]
kind = "did"
treated = {{ column = "treat", equals = 1 }}
post = {{ column = "t", at_least = 4 }}

[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
cluster = "town"
variance = "{variance}"

[disclosure]
policy = "{policy}"
"""


@dataclass(frozen=True)
class Found:
    """What stands in a folder of outputs.

    Attributes
    ----------
    version
        Title of the run, empty where none is whole.
    faults
        What is not as it must be.
    """

    version: str
    faults: tuple[str, ...]


def write_study(folder: Path, policy: str) -> None:
    """Write rows, and a spec for each version, into a folder."""
    unit = np.repeat(np.arange(UNITS), PERIODS)
    t = np.tile(np.arange(1, PERIODS + 1), UNITS)
    noise = np.sin(np.arange(len(unit)) * 12.9898) * 2.0
    y = (unit % 48) * 0.1 + t * 0.3 + (unit % 2) * (t >= 4) + noise
    rows = {"unit": unit, "t": t, "y": y.round(4), "treat": unit % 2, "town": unit // 12}
    pd.DataFrame(rows).to_csv(folder / "panel.csv", index=False)
    for title, variance in VERSIONS.items():
        text = SPEC.format(id=ID, title=title, variance=variance, policy=policy)
        (folder / spec_of(title)).write_text(text, encoding="utf-8")


def spec_of(title: str) -> str:
    """Return the file of a version's spec."""
    return f"{title.lower()}.toml"


def outputs(study: Path) -> Found:
    """Return which version's outputs stand there, and in what they are not whole.

    Every file is the one that ``result.json`` names, with its digest, and there is no other. What
    was released is looked at by itself.
    """
    folder = study / FOLDER
    if not folder.is_dir():
        return Found("", ("no outputs",))
    try:
        listed = json.loads((folder / "result.json").read_text(encoding="utf-8"))["files"]
        version = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["title"]
    except (OSError, ValueError, KeyError) as error:
        return Found("", (f"outputs cannot be read: {type(error).__name__}",))
    there = {
        name: digest
        for name, digest in digests(folder).items()
        if name != "result.json" and not _aside(name)
    }
    faults = [f"{name}: missing" for name in sorted(listed.keys() - there.keys())]
    faults += [f"{name}: not of this run" for name in sorted(there.keys() - listed.keys())]
    faults += [
        f"{name}: not what was written"
        for name in sorted(listed.keys() & there.keys())
        if listed[name] != there[name]
    ]
    return Found(version, tuple(faults))


def _aside(name: str) -> bool:
    """Return whether a file is of a release, or stands in what a killed release left."""
    parts = Path(name).parts
    return parts[0] == "release" or any(is_beside(part) for part in parts) or name.startswith(SHOWN)


# Beside what a run writes: what a release shows to people, and records of them.
SHOWN = ("restricted/signoff.", "restricted/review.", "restricted/rulings.", "restricted/proposed/")


def release(study: Path) -> dict[str, str]:
    """Return the digest of every file that was released."""
    return digests(study / RELEASE)


def ledger(study: Path) -> tuple[str, ...]:
    """Return the digests of the releases that the ledger knows, in their order.

    Raises
    ------
    DataError
        Where it is not whole.
    """
    return tuple(one.released for one in read_ledger(study / OUT).entries)


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file in a folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def strays(study: Path) -> tuple[str, ...]:
    """Return what stands anywhere only while something is written."""
    return tuple(
        path.relative_to(study).as_posix()
        for path in sorted((study / OUT).rglob(".*"))
        if is_beside(path.name) or path.name.endswith(".partial")
    )
