"""What is known of a spec's source without a pass over its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.cells.expressions.derived import facts_with_derived
from evaluation.cells.relation import ColumnFacts
from evaluation.data.derive.deriving import deriving
from evaluation.data.leads import dated_source
from evaluation.data.plain import plain_columns
from evaluation.errors import SpecError
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.dates import dated_columns
from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.panel import FilePanel, SyntheticPanel
from evaluation.spec.paths import resolve
from evaluation.spec.spec import Spec

# Persons of a world that are simulated to see the types of its columns.
FEW_PERSONS = 500


@dataclass(frozen=True)
class Known:
    """Facts of a source.

    Attributes
    ----------
    columns
        Facts by column.
    rows
        Rows of the source, ``None`` where only few of them were made.
    """

    columns: Mapping[str, ColumnFacts]
    rows: int | None = None


def known_columns(spec: Spec) -> Known | None:
    """Return the facts of a source that is at hand, ``None`` where it is not.

    A parquet file is asked for its footer, a world for a few persons; other sources say nothing
    before they are read.

    Raises
    ------
    DataError
        A file that is no whole parquet file, or lacks a column.
    """
    if isinstance(spec.panel, SyntheticPanel):
        return _of_world(spec, spec.panel)
    return _of_file(spec, spec.panel) if isinstance(spec.panel, FilePanel) else None


def _of_world(spec: Spec, panel: SyntheticPanel) -> Known:
    from evaluation.cells.engines.arrow import as_arrow, facts_of_array
    from evaluation.cells.engines.footers import kind_of
    from evaluation.data.sources.synthetic import Synthetic

    few = panel.model_copy(update={"persons": min(panel.persons, FEW_PERSONS)})
    source = dated_source(spec, deriving(spec, Synthetic(few)))
    rows = as_arrow(plain_columns(source.read(list(columns_of_spec(spec)))))
    kinds = {name: kind_of(rows.column(name).type, name, "panel") for name in rows.column_names}
    return Known({name: facts_of_array(rows.column(name), kind) for name, kind in kinds.items()})


def _of_file(spec: Spec, panel: FilePanel) -> Known | None:
    from evaluation.cells.engines.footers import read_footers

    try:
        path = resolve(panel.path, spec.origin, "panel.path")
    except SpecError:  # a placeholder that nobody filled: the data are elsewhere
        return None
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files or any(file.suffix != ".parquet" or not file.is_file() for file in files):
        return None
    import pyarrow.parquet as pq

    if spec.joins or dated_columns(spec):
        return None  # what they hold shows when they are made
    named = tuple(columns_of_spec(spec))
    made = made_in_order(spec.derive, named)
    parts = (column for name in made for column in inputs_of(spec.derive[name]))
    clock = [name for name in (spec.panel.unit, spec.panel.time) if name is not None and made]
    own = [n for n in dict.fromkeys((*named, *parts, *clock)) if n not in spec.derive]
    columns = facts_with_derived(spec, read_footers(files, own).columns, made)
    if columns is None:
        return None
    rows = sum(pq.read_metadata(file).num_rows for file in files)
    return Known({name: columns[name] for name in named}, rows)
