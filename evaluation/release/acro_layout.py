"""A release in ACRO's layout: CSV files, ``results.json`` and a checksum a file.

Output-checking viewers open the folder. The layout is that of ACRO 1.0 (AI-SDC), as its
``Records.finalise_json`` and ``write_checksums`` write it and ``load_records`` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.release.files import ReleaseFile, is_synthetic
from evaluation.release.judged import Judged
from evaluation.report.record import Record

FOLDER = "acro"
# The layout's version; readers refuse another.
LAYOUT = "1.0.2"
RESULTS = "results.json"
# What ACRO calls each kind of output.
KINDS: Mapping[str, str] = {"table": "table", "figure": "table"}


def acro_files(record: Record, judged: Sequence[Judged]) -> tuple[ReleaseFile, ...]:
    """Return the files of the folder ``acro``: every CSV of a release once more, and what is said.

    Parameters
    ----------
    record
        As it leaves.
    judged
        The files of the release with their verdicts.
    """
    copies, outputs = [], {}
    for one in judged:
        if one.file.path.endswith(".csv"):
            uid = one.file.path.removesuffix(".csv").replace("/", "_")
            copy = ReleaseFile(f"{FOLDER}/{uid}.csv", one.file.content, one.file.artefacts)
            copies.append(copy)
            outputs[uid] = _output(record, uid, one)
    told = {"version": LAYOUT, "tool": _tool(record), "results": outputs}
    text = json.dumps(told, indent=4, ensure_ascii=False) + "\n"
    shown = tuple(dict.fromkeys(name for one in copies for name in one.artefacts))
    files = (*copies, ReleaseFile(f"{FOLDER}/{RESULTS}", text.encode(), shown))
    return (*files, *_checksums(files))


def _output(record: Record, uid: str, one: Judged) -> dict[str, Any]:
    kind = one.file.artefacts[0].partition(":")[0] if one.file.artefacts else ""
    comments = ["Synthetic data: no number is of a person who exists."]
    return {
        "uid": uid,
        "status": one.verdict,
        "type": KINDS.get(kind, "regression" if uid == "estimates" else "table"),
        "properties": {"method": f"activity-duty {kind or uid}"},
        "files": [{"name": f"{uid}.csv", "sdc": {"summary": {}, "cells": {}}}],
        "outcome": {},
        "command": f"activity-duty release {record.spec.id}",
        "summary": "; ".join((one.verdict, *_rules(one))),
        # The same results give the same bytes, so there is no clock in them.
        "timestamp": "",
        "comments": comments if is_synthetic(record) else [],
        "exception": "",
        "fair": {},
    }


def _rules(one: Judged) -> Iterator[str]:
    """Yield the rules that speak against an output, without what they measured."""
    yield from dict.fromkeys(f"{ruling.rule}: {ruling.verdict}" for ruling in one.against)


def _tool(record: Record) -> dict[str, str]:
    version = record.software.code.get("version")
    return {
        "@type": "SoftwareApplication",
        "name": "activity-duty",
        "version": version if isinstance(version, str) else "",
    }


def _checksums(files: Sequence[ReleaseFile]) -> Iterator[ReleaseFile]:
    for one in files:
        name = one.path.removeprefix(f"{FOLDER}/")
        yield ReleaseFile(f"{FOLDER}/checksums/{name}.txt", one.digest.encode(), ())
