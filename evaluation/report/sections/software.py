"""Data and software: what went in, how it was read, and with what it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.report.record import Record
from evaluation.report.seeds import seeds_of
from evaluation.results import JoinCoverage

# Commits and digests are known by their beginning.
SHORT = 12


@dataclass(frozen=True)
class Made:
    """What a record was made from.

    Attributes
    ----------
    lines
        ``(what, in words)``.
    inputs
        Digest by printable name.
    seeds
        Seed by key path.
    packages
        Names with their versions.
    coverage
        How far joined files cover the panel.
    """

    lines: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    seeds: tuple[tuple[str, int], ...]
    packages: tuple[str, ...]
    coverage: tuple[JoinCoverage, ...]


def made_of(record: Record) -> Made:
    """Return inputs, seeds and software of a record."""
    return Made(
        tuple(_lines(record)),
        tuple(record.inputs.items()),
        tuple(seeds_of(record.spec).items()),
        tuple(f"{name} {version}" for name, version in record.software.packages.items() if version),
        record.coverage,
    )


def _lines(record: Record) -> Iterator[tuple[str, str]]:
    words, software = record.words, record.software
    source = words.text(f"page.source.{record.spec.panel.source}")
    yield words.text("page.data.source"), source
    yield words.text("page.data.cells"), words.text(f"page.cells.{record.cells}")
    if record.panel_report:
        yield words.text("page.data.delivery"), words.text("page.data.delivery_said")
    version = software.code.get("version")
    if version:
        commit = software.code.get("commit")
        code = f"activity-duty {version}"
        if isinstance(commit, str):
            key = "page.data.changed" if software.code.get("changed") else "page.data.commit"
            code = words.text(key, code=code, commit=commit[:SHORT])
        yield words.text("page.data.code"), code
    if software.python:
        yield words.text("page.data.python"), software.python
    if software.lock:
        yield words.text("page.data.lock"), software.lock[:SHORT]
