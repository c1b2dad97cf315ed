"""The files of a release from a record that may leave: made in memory, each with what it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluation.release.manifest import manifest_of, manifest_text
from evaluation.release.policy import Policy
from evaluation.release.rules import formats as formats_rule
from evaluation.release.stamped import stamped_picture, stamped_table
from evaluation.release.unnamed import unnamed
from evaluation.report.csvs import csv_text
from evaluation.report.figures.registry import plots_of
from evaluation.report.horizons import by_horizon
from evaluation.report.notes import notes_of
from evaluation.report.page import page
from evaluation.report.pictures import Picture
from evaluation.report.record import Record
from evaluation.report.tables import tables_of
from evaluation.report.writers.registry import formats, table_bytes
from evaluation.results import Check, Detail, Estimate, Specification, WorthRow

FLOW, MANIFEST, REPORT = "flow", "manifest.json", "report.html"


@dataclass(frozen=True)
class ReleaseFile:
    """One file of a release.

    Attributes
    ----------
    path
        Inside the release, with ``/``.
    content
        Its bytes.
    artefacts
        Whose numbers it shows, as rulings name them; none where it says nothing about persons.
    """

    path: str
    content: bytes
    artefacts: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of its content."""
        return hashlib.sha256(self.content).hexdigest()


def leaving(record: Record) -> Record:
    """Return a record without what no rule can judge: times, notes of the rows, names of units."""
    return replace(
        record, details=unnamed(record.details), notes=notes_of(record.spec), seconds={},
        panel_report="", coverage=(),
    )  # fmt: skip


def release_files(
    record: Record, policy: Policy, withheld: Sequence[str] = ()
) -> tuple[ReleaseFile, ...]:
    """Return results, tables, figures and page of a record that may leave.

    Parameters
    ----------
    record
        As it may leave.
    policy
        Tables are written in the formats that it lets leave.
    withheld
        Figures that are left out, as ``figure:<name>``.
    """
    pictures = tuple(_pictures(record, withheld))
    results = tuple(_results(record))
    tables = tuple(_tables(record, policy))
    figures = tuple(_figures(pictures))
    shown = {name: None for one in (*results, *tables, *figures) for name in one.artefacts}
    whole = ReleaseFile(REPORT, page(record, pictures).encode(), (*shown, FLOW))
    return (*results, *tables, *figures, whole)


def manifest_file(record: Record, policy: Policy, files: Sequence[ReleaseFile]) -> ReleaseFile:
    """Return the manifest of a release, with the digest of every other file of it."""
    text = manifest_text(released_manifest(record, policy, files))
    return ReleaseFile(MANIFEST, text.encode(), (FLOW,))


def released_manifest(
    record: Record, policy: Policy, files: Sequence[ReleaseFile]
) -> dict[str, Any]:
    """Return the manifest of a release: without times, with policy and files."""
    manifest = manifest_of(record)
    del manifest["seconds"]
    return manifest | {
        "release": {
            "policy": policy.name,
            "policy_sha256": policy.digest,
            "sensitivity": policy.head.sensitivity,
            "synthetic": is_synthetic(record),
            "files": {one.path: one.digest for one in files},
        }
    }


def is_synthetic(record: Record) -> bool:
    """Whether no row is of a person who exists."""
    return record.spec.panel.source == "synthetic"


def _results(record: Record) -> Iterator[ReleaseFile]:
    texts = {
        "estimates.csv": csv_text(Estimate, by_horizon(record.estimates)),
        "details.csv": csv_text(Detail, by_horizon(record.details)),
        "checks.csv": csv_text(Check, by_horizon(record.checks)),
    }
    if record.specifications:
        texts["specifications.csv"] = csv_text(Specification, record.specifications)
    if record.worth:
        texts["worth.csv"] = csv_text(WorthRow, record.worth)
    for name, text in texts.items():
        # A heading alone says nothing about anybody.
        shown = (name,) if text.count("\n") > 1 else ()
        yield ReleaseFile(name, text.encode(), shown)


def _tables(record: Record, policy: Policy) -> Iterator[ReleaseFile]:
    limits = policy.limits_of(formats_rule.Limits)
    endings = [one for one in formats() if limits is None or limits.lets(one)]
    for name, table in tables_of(record).items():
        shown = stamped_table(table, record.words) if is_synthetic(record) else table
        for ending in endings:
            content = table_bytes(shown, record.words, ending)
            yield ReleaseFile(f"tables/{name}.{ending}", content, (f"table:{name}",))


def _pictures(record: Record, withheld: Sequence[str]) -> Iterator[Picture]:
    from evaluation.report.figures.render import render

    for plot in plots_of(record):
        if f"figure:{plot.name}" not in withheld:
            drawn = stamped_picture(plot) if is_synthetic(record) else plot
            yield Picture(drawn, render(drawn, record.words))


def _figures(pictures: Sequence[Picture]) -> Iterator[ReleaseFile]:
    for one in pictures:
        name = one.plot.name
        yield ReleaseFile(f"figures/{name}.png", one.png, (f"figure:{name}",))
        points = one.plot.points.csv().encode()
        yield ReleaseFile(f"figures/{name}.csv", points, (f"figure:{name}",))
