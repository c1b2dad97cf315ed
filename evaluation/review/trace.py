"""``trace``: from a printed number to row, model, spec, cells, inputs, code and ruling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evaluation.release.ruling import verdict_of
from evaluation.results import text_of
from evaluation.review.tracing.found import FLOW, Spot, places_of, spots_of
from evaluation.review.tracing.keys import keys_of, shared_keys
from evaluation.review.tracing.material import Material, material_of

# A value such as 0 stands in very many places.
MOST = 20
INDENT = " " * 12


def trace(what: str, path: Path) -> tuple[str, ...]:
    """Return lines that say where a number comes from.

    Parameters
    ----------
    what
        A place, such as ``table2:1:2`` or ``estimates:12``, or a value as it is printed.
    path
        An output folder, a release folder, or a bundle.

    Raises
    ------
    UsageError
        Where there is no such place, or the value stands nowhere.
    DataError
        Where the folder or bundle cannot be read.
    """
    material = material_of(path)
    spots = spots_of(what, material)
    lines = [line for spot in spots[:MOST] for line in _told(spot, material)]
    if len(spots) > MOST:
        lines.append(
            f"and {len(spots) - MOST} further places hold it; ask for one by its table, line and "
            "column"
        )
    return (*lines, *_origin(material))


def _told(spot: Spot, material: Material) -> Iterator[str]:
    if spot.file == FLOW:
        step = material.record.flow[spot.row - 1]
        left = f"{step.rows} rows, {step.units} units"
        yield f"manifest.json flow step {spot.row}: {step.step}; {left}"
    elif spot.file.startswith("figure:"):
        yield from _point(spot, material)
    else:
        yield from _row(spot, material)
    for place in places_of(spot, material):
        yield _line("printed", place)
    yield from _ruled(spot, material)


def _row(spot: Spot, material: Material) -> Iterator[str]:
    row = material.rows[spot.file][spot.row - 1]
    held = f" {spot.column} = {row[spot.column] or '(empty)'}" if spot.column else ""
    yield f"{spot.file}.csv row {spot.row}{held}"
    yield _line("row", ", ".join(f"{name} {value}" for name, value in row.items() if value))
    for path, text in keys_of(material.record, row):
        yield _line("spec", path)
        yield from (f"{INDENT}  {line}" for line in text.splitlines() if line)


def _point(spot: Spot, material: Material) -> Iterator[str]:
    name = spot.file.removeprefix("figure:")
    points = material.figures[name]
    row = {
        column: text_of(value)
        for column, value in zip(points.columns, points.rows[spot.row - 1], strict=True)
    }
    held = f" {spot.column} = {row.get(spot.column, '')}" if spot.column else ""
    yield f"figures/{name}.csv row {spot.row}{held}"
    yield _line("row", ", ".join(f"{column} {value}" for column, value in row.items() if value))
    sources = list(_sources(row, material))
    for column, source in sources:
        yield _line("source", f"{column}: {source.file}.csv row {source.row} {source.column}")
    if not sources:
        yield _line("source", "counted from rows or cells for this figure; in no result file")
    first = material.rows[sources[0][1].file][sources[0][1].row - 1] if sources else row
    for path, text in keys_of(material.record, first):
        yield _line("spec", path)
        yield from (f"{INDENT}  {line}" for line in text.splitlines() if line)


def _sources(row: dict[str, str], material: Material) -> Iterator[tuple[str, Spot]]:
    """Yield the result rows that hold the very values of a point; whole numbers say too little."""
    wanted = {value: column for column, value in row.items() if "." in value and float(value) != 0}
    for file, rows in material.rows.items():
        for at, one in enumerate(rows, 1):
            for column, value in one.items():
                if value in wanted:
                    yield wanted.pop(value), Spot(file, at, column)


def _ruled(spot: Spot, material: Material) -> Iterator[str]:
    artefact = spot.file if spot.file.startswith("figure:") else f"{spot.file}.csv"
    own = [one for one in material.rulings if (one.artefact, one.row) == (artefact, spot.row)]
    if not own:
        return
    verdict = verdict_of(material.rulings, artefact, spot.row, spot.column)
    asked = material.record.spec.disclosure
    yield _line("ruling", verdict if asked is None else f"{verdict} under {asked.policy}")
    for one in own:
        if one.verdict != "pass":
            yield _line("", f"{one.rule}: {one.verdict}: {one.message}")


def _origin(material: Material) -> Iterator[str]:
    """Yield what every number of a run shares."""
    record, manifest = material.record, material.manifest
    yield f"{material.kind} {material.path}"
    yield _line("spec", f"{record.spec.id}, digest {manifest.get('spec_digest', 'unknown')}")
    yield _line("stands on", ", ".join(shared_keys(record)))
    for name, digest in material.cells.items():
        yield _line("cells", f"{name} sha256 {digest}")
    if not material.cells:
        yield _line("cells", f"none kept here{_WHY[material.kind]}")
    for name, digest in record.inputs.items():
        yield _line("input", f"{name} digest {digest}")
    code = manifest.get("code", {})
    commit = code.get("commit") or "unknown"
    changed = ", changed since" if code.get("changed") else ""
    yield _line("code", f"activity-duty {code.get('version', '?')}, commit {commit}{changed}")
    policy = manifest.get("policy") or manifest.get("release", {}).get("policy")
    if policy:
        yield _line("released", f"under {policy}")


_WHY = {
    "run": "; numbers are of the rows, or cells were cleared away",
    "release": "; they leave in bundle.zip alone",
    "bundle": "; numbers are of the rows, or no cells may leave",
}


def _line(name: str, text: str) -> str:
    return f"  {name:<10}{text}"
