"""Compile ``requirements.lock`` from ``pyproject.toml``: every platform, every hash, no address.

The lock's second line carries a digest of the dependency tables it was compiled from, so that a
test can tell a stale lock without asking a package index.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name
from steps import ROOT, step

LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
TITLE = '# Compiled from pyproject.toml by "make lock". Do not edit.'
MARK = "# dependency-tables-sha256: "
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>.+))?$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One pinned package: canonical name, version, where it applies, and its files' hashes."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]


def tables_digest(project: dict[str, Any]) -> str:
    """Return the SHA-256 of the tables of ``pyproject.toml`` that decide the lock."""
    tables = {
        "build": project["build-system"]["requires"],
        "dependencies": project["project"]["dependencies"],
        "optional": project["project"].get("optional-dependencies", {}),
        "python": project["project"]["requires-python"],
        "machines": project.get("tool", {}).get("uv", {}).get("environments", []),
    }
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()


def recorded_digest(text: str) -> str | None:
    """Return the digest that the text of a lock carries, None if it carries none."""
    lines = [line for line in text.splitlines() if line.startswith(MARK)]
    return lines[0].removeprefix(MARK).strip() if len(lines) == 1 else None


def entries(text: str) -> tuple[Entry, ...]:
    """Parse the text of a lock.

    Raises
    ------
    ValueError
        If a line is anything but a pin ``name==version`` with an optional marker and hashes.
    """
    found: list[Entry] = []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, *hashes = re.split(r"\s+--hash=", line.strip())
        pin = PIN.match(head.strip())
        if pin is None:
            raise ValueError(f"requirements.lock: not a pinned requirement: {head.strip()}")
        marker = pin["marker"]
        found.append(
            Entry(
                canonicalize_name(pin["name"]),
                pin["version"],
                Marker(marker) if marker else None,
                tuple(hashes),
            )
        )
    return tuple(found)


def main() -> int:
    """Write the lock and return the exit code; ``--upgrade`` also renews pins that still fit."""
    before = LOCK.read_text(encoding="utf-8") if LOCK.exists() else ""
    with tempfile.TemporaryDirectory() as folder:
        # Compiled over a copy: pins that still fit stay, and a failure leaves the lock whole.
        draft = Path(folder) / "requirements.lock"
        draft.write_text(before, encoding="utf-8")
        uv = Path(sys.executable).parent / "uv"
        options = "--all-extras --universal --generate-hashes --no-emit-index-url"
        options += " --no-emit-find-links --no-annotate --no-header --quiet"
        command = [str(uv), "pip", "compile", "pyproject.toml", *options.split(), *sys.argv[1:]]
        if not step("requirements.lock", [*command, "--output-file", str(draft)]):
            return 1
        body = draft.read_text(encoding="utf-8")
    digest = tables_digest(tomllib.loads(PROJECT.read_text(encoding="utf-8")))
    partial = LOCK.with_suffix(".partial")
    partial.write_text(f"{TITLE}\n{MARK}{digest}\n{body}", encoding="utf-8", newline="\n")
    os.replace(partial, LOCK)
    old = {(entry.name, entry.version) for entry in entries(before)}
    new = {(entry.name, entry.version) for entry in entries(body)}
    for name, version in sorted(new - old):
        print(f"  + {name} {version}")
    for name, version in sorted(old - new):
        print(f"  - {name} {version}")
    print(f"  {len(new)} pins, {len(new & old)} unchanged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
