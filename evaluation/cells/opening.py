"""Open the rows of a spec for a query engine, each source in the way that costs least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from evaluation.cells.expressions.blind import can_blind, with_blind
from evaluation.cells.expressions.dated import with_dates
from evaluation.cells.expressions.derived import with_derived
from evaluation.cells.expressions.joined import keys_needed, with_joined
from evaluation.cells.looks import refuse_doubtful_time
from evaluation.cells.origin import Rows
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.blind import Blinded
from evaluation.data.derive.deriving import Deriving
from evaluation.data.derive.registry import queried
from evaluation.data.joins.joining import Joining
from evaluation.data.leads import dated_source, read_for
from evaluation.data.plain import plain_columns
from evaluation.data.read_once import ReadOnce
from evaluation.data.registers.sql import Settings as Limits
from evaluation.data.sources import Source
from evaluation.data.sources.file import File
from evaluation.data.sources.registers import Registers
from evaluation.data.sources.sql import Sql
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.joined import joined_columns
from evaluation.spec.spec import Spec


def open_rows(spec: Spec, source: Source, memory: Path | None, settings: Settings) -> Rows:
    """Return the rows of a spec; they are opened when a pass asks for them.

    Parquet files, panels built of registers and tables of a database are read by the engine
    itself. Other files, frames and synthetic panels are read into a frame first, once for every
    part of the program; so is every panel where a derived column follows from other rows in a way
    that no query here works out.

    Parameters
    ----------
    spec
        Names the columns.
    source
        Where the rows come from.
    memory
        Folder that remembers digests of files; ``None`` to read them every time.
    settings
        Limits of the engine.
    """
    inner = source.source if isinstance(source, ReadOnce) else source
    inner = inner.source if isinstance(inner, Deriving) else inner
    joining = inner if isinstance(inner, Joining) else None
    inner = inner if joining is None else joining.source
    blind = inner if isinstance(inner, Blinded) else None
    inner = inner if blind is None else blind.source
    file = inner.remembering(memory) if isinstance(inner, File) else None
    # A server's table is hashed in the transaction that reads it: it stays the one opened.
    table = inner if isinstance(inner, Sql) else None
    if table is not None and table.address.path is not None:
        table = table.remembering(memory)
    base = file or table or inner
    own_inputs = cache((base if blind is None else replace(blind, source=base)).inputs)
    named = tuple(columns_of_spec(spec))
    asked = read_for(spec, named)
    made = made_in_order(spec.derive, asked)
    parts = [column for name in made for column in inputs_of(spec.derive[name])]
    clock = [spec.panel.time] if made and spec.panel.time is not None else []
    if blind is not None:
        clock += [name for name in (spec.panel.unit, spec.panel.time) if name is not None]
    held = tuple(n for n in dict.fromkeys((*asked, *parts, *clock)) if n not in spec.derive)
    keys = () if joining is None else keys_needed(joining, held)
    joined = joined_columns(spec)
    own = tuple(n for n in dict.fromkeys((*held, *keys)) if n not in joined)

    @cache
    def inputs() -> Mapping[str, str]:
        return {**own_inputs(), **({} if joining is None else joining.joined_inputs())}

    @cache
    def relation() -> Relation:
        found = opened()
        refuse_doubtful_time(found, spec, settings)
        return found

    def opened() -> Relation:
        if all(queried(spec.derive[name].op) for name in made):
            found = in_place()
            if found is not None and blind is not None:
                mixes = can_blind(found, blind.blinding)
                found = with_blind(found, blind.blinding, settings) if mixes else None
            if found is not None and joining is not None:
                found = with_joined(found, joining, held, settings)
            if found is not None:
                found = with_derived(found, spec, made, settings) if made else found
            if found is not None:
                return with_dates(found, spec, settings)
        from evaluation.cells.engines.duckdb import relation_of_frame

        return relation_of_frame(
            plain_columns(dated_source(spec, source).read(named)), inputs(), settings
        )

    def in_place() -> Relation | None:
        if file is not None and all(one.suffix == ".parquet" for one in file.files):
            from evaluation.cells.engines.duckdb import relation_of_files

            return relation_of_files(file.files, own, inputs(), settings)
        if isinstance(inner, Registers):
            from evaluation.cells.engines.duckdb import relation_of_files

            limited = replace(inner, settings=Limits(settings.threads, settings.megabytes))
            return relation_of_files(limited.files(own), own, inputs(), settings)
        if table is not None:
            from evaluation.cells.databases import relation_of

            served = table.database if table.address.path is None else None
            found = relation_of(table.address, own, settings, own_inputs(), served)
            return replace(found, inputs=inputs())
        return None

    return Rows(inputs, relation)
