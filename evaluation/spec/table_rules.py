"""What the text of a table alone shows: unknown names, and columns or rows of two kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from evaluation.spec.faults import nearest
from evaluation.spec.horizons import parted
from evaluation.spec.spec import Spec
from evaluation.spec.table_axes import Axis, key_of, names_of
from evaluation.spec.table_layout import ColumnLayout, PanelLayout, TableLayout

COLUMNS: tuple[Axis, ...] = ("model", "outcome", "statistic")
ROWS: tuple[Axis, ...] = ("model", "outcome", "place")
PANELS: tuple[Axis, ...] = ("model", "outcome")
WORDS = {
    "model": "models",
    "outcome": "outcomes",
    "statistic": "statistics",
    "place": "places",
}


def table_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every rule that a table of ``spec`` breaks."""
    for table in spec.tables:
        faults = list(_table(spec, table, f"tables.{table.id}"))
        yield from faults
        # What is unknown leaves nothing to answer with.
        if not faults:
            yield from _unanswered(spec, table, f"tables.{table.id}")


def _table(spec: Spec, table: TableLayout, where: str) -> Iterator[str]:
    yield from _named(spec, table.columns, COLUMNS, f"{where}.columns")
    yield from _named(spec, table.rows, ROWS, f"{where}.rows")
    yield from _named(
        spec, [one for one in table.panels if isinstance(one, str)], PANELS, f"{where}.panels"
    )
    across, along = _axes(spec, table.columns, COLUMNS), _axes(spec, table.rows, ROWS)
    if across & along:
        kind = WORDS[next(iter(across & along))]
        yield f"{where}.rows: {kind} stand in columns and rows; name them in one of the two"
    for position, panel in enumerate(table.panels, start=1):
        if isinstance(panel, PanelLayout):
            yield from _panel(spec, table, panel, f"{where}.panels.{position}")
        elif (named := key_of(spec, panel, PANELS)) and named.axis in across | along:
            yield f"{where}.panels: {WORDS[named.axis]} stand in columns or rows already"
    for key, lines in (("below", table.below), ("footer", table.footer)):
        if "estimate" in lines:
            yield f"{where}.{key}: 'estimate' stands in the table itself; leave it out here"
    for key in ("below", "footer") if "statistic" in across else ():
        if key in table.model_fields_set and getattr(table, key):
            yield f"{where}.{key}: statistics stand in columns; leave {key} out"


def _panel(spec: Spec, table: TableLayout, panel: PanelLayout, where: str) -> Iterator[str]:
    yield from _named(spec, panel.columns, COLUMNS, f"{where}.columns")
    yield from _named(spec, panel.rows, ROWS, f"{where}.rows")
    yield from _named(spec, panel.models, ("model",), f"{where}.models")
    yield from _named(spec, panel.outcomes, ("outcome",), f"{where}.outcomes")
    if panel.columns and len(panel.columns) != len(table.columns):
        yield (
            f"{where}.columns: names {len(panel.columns)}, and the table has "
            f"{len(table.columns)}; a panel's own columns stand in their places"
        )
    across = _axes(spec, table.columns, COLUMNS)
    if panel.columns and _axes(spec, panel.columns, COLUMNS) - across:
        yield f"{where}.columns: are of another kind than those of the table"
    if across & _axes(spec, panel.rows, ROWS):
        yield f"{where}.rows: {WORDS[next(iter(across))]} stand in columns already"


def _named(
    spec: Spec, entries: Iterable[str | ColumnLayout], axes: tuple[Axis, ...], where: str
) -> Iterator[str]:
    """Yield a line for entries that name nothing, that are of two kinds, or that come twice."""
    entries = tuple(entries)
    known = {name: axis for axis in reversed(axes) for name in names_of(spec)[axis]}
    for position, entry in enumerate(entries, start=1):
        if key_of(spec, entry, axes) is not None:
            continue
        if isinstance(entry, ColumnLayout):
            given = [x for x in (entry.model, entry.outcome, entry.statistic) if x is not None]
            if len(given) != 1:
                yield f"{where}.{position}: give one of model, outcome and statistic"
                continue
            name = given[0]
        else:
            name = entry
        kinds = " or ".join(WORDS[axis].removesuffix("s") for axis in axes)
        there = ", ".join(one for axis in axes[:2] for one in names_of(spec)[axis])
        yield f"{where}: no {kinds} {_short(name)!r}{nearest(name, known)} (there are: {there})"
    found = _axes(spec, entries, axes)
    if len(found) > 1:
        kinds = " and ".join(WORDS[axis] for axis in axes if axis in found)
        yield f"{where}: are {kinds}; name one kind"
    keys = [key for entry in entries if (key := key_of(spec, entry, axes)) is not None]
    for name, count in Counter(key.name for key in keys).items():
        if count > 1:
            yield f"{where}: names {name!r} {count} times; name it once"


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}..."


def _axes(spec: Spec, entries: Iterable[str | ColumnLayout], axes: tuple[Axis, ...]) -> set[Axis]:
    return {key.axis for entry in entries if (key := key_of(spec, entry, axes)) is not None}


def _unanswered(spec: Spec, table: TableLayout, where: str) -> Iterator[str]:
    """Yield a line where no model of the table is asked for an outcome that it names."""
    named = [key_of(spec, one, COLUMNS) for one in (*table.columns, *table.rows)]
    models = [one.name for one in named if one is not None and one.axis == "model"]
    asked = {
        parted(name)[0]
        for model in spec.models
        if not models or table.panels or model.id in models
        for name in spec.outcomes_of(model)
    }
    for one in named:
        if one is not None and one.axis == "outcome" and one.name not in asked:
            yield f"{where}: no model of this table is asked for outcome {one.name!r}"
