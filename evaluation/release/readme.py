"""README of a release: what is in it, under which rules it left, what is no result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.release.files import ReleaseFile, is_synthetic
from evaluation.release.policy import Policy
from evaluation.report.record import Record

SYNTHETIC = (
    "**Synthetic data.** Every number here is of simulated persons. None is a finding about Norway."
)
SAID: Mapping[str, str] = {
    "estimates.csv": "every estimate with its interval and counts",
    "details.csv": "named numbers behind estimates and checks",
    "checks.csv": "verdicts on identifying assumptions",
    "specifications.csv": "every specification of the declared universe",
    "worth.csv": "what effects are worth",
    "report.html": "all of it on one page, readable without a network",
    "bundle.zip": "cells, spec and numbers, for `activity-duty verify bundle.zip`",
}
FOLDERS: Mapping[str, str] = {
    "tables": "tables, each in several formats",
    "figures": "figures, each with its points as CSV: the picture is drawn from these alone",
    "acro": "the same CSV files in the layout of ACRO, for output-checking viewers",
}


def readme_file(record: Record, policy: Policy, files: Sequence[ReleaseFile]) -> ReleaseFile:
    """Return the README of a release.

    Parameters
    ----------
    record
        As it leaves.
    policy
        Under which.
    files
        Everything else in the release.
    """
    spec = record.spec
    code = record.software.code.get("version")
    lines = [f"# {spec.title}", ""]
    if is_synthetic(record):
        lines += [SYNTHETIC, ""]
    lines += [
        f"Released results of the spec `{spec.id}` (digest `{spec.origin.digest}`)"
        + (f", made with activity-duty {code}." if code else "."),
        "",
        f"Disclosure policy: `{policy.name}` ({policy.head.title}). {policy.head.source}.",
        *([f"Sensitivity: {policy.head.sensitivity}."] if policy.head.sensitivity else []),
        "",
        "Numbers that the policy refuses are left out: the row stands, its reason begins with "
        "`suppressed`, and whatever would give the number back is left out as well. Counts may be "
        "rounded.",
        "",
        "| file | holds |",
        "|---|---|",
        *_listed(files),
        "| `manifest.json` | spec, inputs, software, and the digest of every file |",
        "",
    ]
    return ReleaseFile("README.md", "\n".join(lines).encode())


def _listed(files: Sequence[ReleaseFile]) -> list[str]:
    lines, seen = [], set[str]()
    for one in files:
        top, _, below = one.path.partition("/")
        if below and top not in seen:
            seen.add(top)
            lines.append(f"| `{top}/` | {FOLDERS.get(top, '')} |")
        elif not below:
            lines.append(f"| `{top}` | {SAID.get(top, '')} |")
    return lines
