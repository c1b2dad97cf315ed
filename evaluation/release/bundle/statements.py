"""README and data-availability statement in the form that social-science data editors ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluation.release.bundle.contents import (
    AVAILABILITY,
    CELLS,
    GAPS,
    LOST,
    POLICY,
    PRINTED,
    SPEC,
    Contents,
    Gap,
    Loss,
)
from evaluation.release.bundle.gaps import EXPLAINED, NOT_RECOMPUTED, RECOMPUTED

SYNTHETIC = "synthetic"
# What only the authors know stands in such marks, so that it can be searched for.
RIGHTS = "[AUTHORS: state that you have access to the data and may publish what is in this package]"
TICK = "[AUTHORS: tick one]"
HOLDER = (
    "[AUTHORS: name the holder of the data, how others apply, what it costs and how long it takes, "
    "and cite the data]"
)
HELD = {
    "file": "a file that the authors hold",
    "sql": "a database that the authors can reach",
    "registers": "registers delivered to the authors",
}


def readme(contents: Contents, gaps: Sequence[Gap], losses: Sequence[Loss]) -> str:
    """Return ``README.md``, after the template README of the social science data editors.

    Parameters
    ----------
    contents
        What the bundle is made of.
    gaps
        Every printed number.
    losses
        What the cells have lost.
    """
    return "\n".join(_readme(contents, gaps, losses)) + "\n"


def availability(contents: Contents) -> str:
    """Return ``DATA_AVAILABILITY.md``."""
    return "\n".join(["# Data availability statement", "", *_availability(contents)]) + "\n"


def _readme(contents: Contents, gaps: Sequence[Gap], losses: Sequence[Loss]) -> Iterator[str]:
    spec, manifest = contents.spec, contents.manifest
    code = manifest.get("code", {})
    version = code.get("version") or "unknown"
    counted = {word: sum(one.verdict == word for one in gaps)
               for word in (RECOMPUTED, EXPLAINED, NOT_RECOMPUTED)}  # fmt: skip
    yield from (
        f"# {spec.title}", "",
        "## Overview", "",
        f"This package holds what is needed to recompute the printed numbers of the evaluation "
        f"`{spec.id}` without its microdata: the spec, the released cells, and the numbers as "
        "printed. One command does it, in minutes on an ordinary computer:", "",
        "    activity-duty verify bundle.zip", "",
        f"Of {len(gaps):,} printed numbers, {counted[RECOMPUTED]:,} are recomputed, "
        f"{counted[EXPLAINED]:,} with a gap that disclosure control explains, and "
        f"{counted[NOT_RECOMPUTED]:,} are not; `{GAPS}` lists each with its reason.", "",
        "What this cannot prove: that the cells were made of the data named below.", "",
        "## Data availability and provenance statements", "",
        *_availability(contents), "",
        "## Dataset list", "",
        "| file | what it holds | provided |", "|---|---|---|",
        f"| `{CELLS}/` | {_cells(contents)} | {'yes' if contents.released else 'no'} |",
        *(f"| `{PRINTED}/{name}` | numbers as printed | yes |" for name in contents.printed),
        f"| `{GAPS}` | printed, recomputed, gap and reason, number by number | yes |",
        f"| `{LOST}` | cells suppressed, rounded or merged | yes |",
        "| microdata | the rows behind the cells | no |", "",
        "Columns are described in `datapackage.json` (Frictionless Table Schema).", "",
        "### Disclosure control", "",
        f"Policy `{contents.policy}` (`{POLICY}`).", "",
        *([f"- {one}" for one in losses] or ["- no cells are released"]), "",
        "## Computational requirements", "",
        "### Software requirements", "",
        f"- Python {manifest.get('python') or '3.11 or later'}",
        f"- activity-duty {version}" + (f", commit {code['commit']}" if code.get("commit") else ""),
        *(f"- {name} {one}" for name, one in sorted(manifest.get("packages", {}).items())
          if one and name != "activity-duty"), "",
        "### Randomness", "",
        *([f"- seed of `{key}`: {seed}" for key, seed in manifest.get("seeds", {}).items()]
          or ["- no random numbers are drawn"]), "",
        "### Memory, runtime, storage", "",
        "Minutes on a computer with 2 cores and 4 GB of memory; no network.", "",
        "## Description of programs", "",
        f"- `{SPEC}`: everything that was asked: sample, design, models, checks. It is data, not "
        "a program.",
        "- `activity-duty verify bundle.zip`: estimates the spec from the cells and compares "
        "number by number.",
        "- `activity-duty explain bundle.zip`: says which other questions the cells answer.",
        "- `activity-duty run bundle.zip --set KEY=VALUE`: answers one.", "",
        "## Instructions to replicators", "",
        f"1. Install Python and activity-duty {version}.",
        "2. Run `activity-duty verify bundle.zip`. Exit code 0: every number that the cells carry "
        "is recomputed, or its gap explained. Exit code 14: the first numbers that differ are "
        "listed.", "",
        "## List of tables and programs", "",
        "| table | program | input | output | recomputed |", "|---|---|---|---|---|",
        *_models(contents, gaps),
    )  # fmt: skip


def _models(contents: Contents, gaps: Sequence[Gap]) -> Iterator[str]:
    by_place: dict[tuple[str, str], list[Gap]] = {}
    for one in gaps:
        by_place.setdefault((one.file, one.model_id), []).append(one)
    for (file, model), own in by_place.items():
        done = sum(one.verdict in (RECOMPUTED, EXPLAINED) for one in own)
        words = f"`{model}`" if model else "all models"
        yield (
            f"| {words} | `activity-duty verify` | `{CELLS}/` | `{PRINTED}/{file}` | "
            f"{done:,} of {len(own):,} |"
        )


def _cells(contents: Contents) -> str:
    if contents.released is None:
        return "no model runs from cells"
    keys = (", ".join(one.made.key) for one in contents.released.tables.values())
    return "; ".join(f"counts and sums by {key}" for key in keys) or "sums by pairs of points"


def _availability(contents: Contents) -> Iterator[str]:
    panel = contents.spec.panel
    if panel.source == SYNTHETIC:
        yield (
            "- [x] No external data are used. The rows are simulated by the program "
            f"(world `{getattr(panel, 'world', '')}`, seed {getattr(panel, 'seed', '')}); they "
            "describe no real person."
        )
        yield "- Numbers of this package say nothing about real effects."
        return
    held = HELD.get(panel.source, "data that the authors hold")
    yield from (
        f"The microdata are {held}; they are not part of this package.", "",
        "### Statement about rights", "",
        f"- {RIGHTS}", "",
        "### Summary of availability", "",
        "- [ ] All data are publicly available.",
        "- [ ] Some data cannot be made publicly available.",
        "- [ ] No data can be made publicly available.",
        f"- {TICK}", "",
        "### Details on each data source", "",
        f"- {HOLDER}",
        "- Inputs of the run, by SHA-256:",
        *(f"  - `{name}`: `{digest}`" for name, digest in contents.manifest["inputs"].items()), "",
        f"What is released in their place: cells under the policy `{contents.policy}`, from which "
        f"printed numbers are recomputed (`{AVAILABILITY}` is this statement alone).",
    )  # fmt: skip
