"""Which columns a delivery carries, and those of them that a panel is built of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

import data_synth
from evaluation.data.registers.base import MEANING, base_columns, needs_of
from evaluation.data.registers.columns.registry import column_module, module_names, owners
from evaluation.data.registers.contract import Staged
from evaluation.data.registers.coverage import Months, coverage_remark, covered_months, within
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.statement import Chosen
from evaluation.data.registers.tables.registry import TABLES
from evaluation.errors import DataError, SpecError
from evaluation.spec.faults import nearest

# Without these no row says whose it is, and when.
ALWAYS = ("person_id", "ym")
CROSSWALK = "muni_crosswalk"


def delivered(staged: Staged, delivery: Delivery) -> frozenset[str]:
    """Return what was delivered: tables, and columns as ``table.column``.

    A correspondence of municipalities stands for their crosswalk.
    """
    columns = {name: staged.columns.get(name, TABLES[name].columns) for name in staged.tables}
    further = (CROSSWALK,) if delivery.municipalities.correspondence is not None else ()
    fields = (f"{name}.{one}" for name in columns for one in columns[name])
    return frozenset((*columns, *fields, *further))


def carried(has: Iterable[str], delivery: Delivery) -> dict[str, tuple[str, ...]]:
    """Return the columns that can be built of what was delivered, each with what it needs.

    A column about which the mapping must say something is among them only where it does.

    They stand in the order of the direct ``person_month``, further ones after them by name. Those
    that the base itself gives need no table to be named.
    """
    held = frozenset(has)
    ways: dict[str, tuple[str, ...]] = dict.fromkeys(base_columns(held), ())
    for name, file in owners().items():
        way = way_of(name, held)
        if way is not None and (file in delivery.columns or not _must_say(file)):
            ways[name] = way
    known = [name for name in data_synth.COLUMNS if name in ways]
    return {name: ways[name] for name in [*known, *sorted(set(ways) - set(known))]}


def way_of(name: str, has: frozenset[str]) -> tuple[str, ...] | None:
    """Return what a column is built of; ``None`` where what was delivered does not suffice."""
    module = column_module(owners()[name])
    needed = [way_of(other, has) for other in module.NEEDS if other in owners()]
    if any(one is None for one in needed):
        return None
    return next((way for way in module.TABLES[name] if has.issuperset(way)), None)


def tables_of(name: str, has: frozenset[str]) -> frozenset[str]:
    """Return all tables that a column is built of, those of the columns that it reads included."""
    own = {one.partition(".")[0] for one in way_of(name, has) or ()}
    needed = column_module(owners()[name]).NEEDS
    return frozenset(own.union(*(tables_of(other, has) for other in needed)))


@dataclass(frozen=True)
class Choice:
    """What a panel is built of.

    Attributes
    ----------
    columns
        The panel's columns in order; ``None`` stands for those that the base gives.
    shared
        Columns that others read, each after those that it reads itself.
    has
        What was delivered.
    covered
        Months of the tables read of which the mapping says that they cover fewer than the delivery.
    """

    columns: Mapping[str, Chosen | None]
    shared: tuple[Chosen, ...]
    has: frozenset[str]
    covered: Mapping[str, Months] = field(default_factory=dict)


def choose(names: Iterable[str], delivery: Delivery, has: Iterable[str]) -> Choice:
    """Return what a panel of some columns is built of.

    Parameters
    ----------
    names
        Columns asked for.
    delivery
        Says the options of columns.
    has
        What was delivered.

    Raises
    ------
    DataError
        With a line for each column that no register gives, or whose tables were not delivered.
    SpecError
        With a line for each option of the mapping that a column does not have.
    """
    held = frozenset(has)
    names = tuple(names)
    offered = carried(held, delivery)
    faults = [_missing(name, held, offered) for name in names if name not in offered]
    if faults:
        raise DataError(*dict.fromkeys(faults))
    options, covered = column_options(delivery), covered_months(delivery)
    wanted = {*ALWAYS, *names}

    def chosen(name: str) -> Chosen:
        own, module = owners()[name], column_module(owners()[name])
        return Chosen(name, module, options[own], within(tables_of(name, held), covered))

    columns = {
        name: None if name in MEANING else chosen(name) for name in offered if name in wanted
    }
    shared: dict[str, Chosen] = {}

    def share(name: str) -> None:
        if name not in shared:
            for other in column_module(owners()[name]).NEEDS:
                share(other)
            shared[name] = chosen(name)

    for one in columns.values():
        for other in one.module.NEEDS if one is not None else ():
            share(other)
    read = {table for name in columns if name in owners() for table in tables_of(name, held)}
    fewer = {name: months for name, months in covered.items() if name in read}
    return Choice(columns, tuple(shared.values()), held, fewer)


def remarks_of(choice: Choice) -> tuple[str, ...]:
    """Return what a reader must know of the columns built, each line once."""
    lines = {coverage_remark(name, months): None for name, months in choice.covered.items()}
    for one in choice.columns.values():
        said = getattr(one.module, "remarks", None) if one is not None else None
        if one is not None and said is not None:
            lines |= dict.fromkeys(said(one.name, one.options, choice.has))
    return tuple(lines)


def meaning_of(name: str) -> str:
    """Return what a panel column holds, in one line."""
    return MEANING[name] if name in MEANING else column_module(owners()[name]).NAMES[name]


def column_options(delivery: Delivery) -> Mapping[str, object]:
    """Return the options of every file of columns, as the mapping has them.

    Raises
    ------
    SpecError
        With a line for each that a file does not have.
    """
    files = module_names()
    faults = [
        f"columns.{file}: no column of the panel has options under this name"
        f"{nearest(file, files)}; allowed: {', '.join(files)}"
        for file in delivery.columns
        if file not in files
    ]
    found = {}
    for file in files:
        if file not in delivery.columns and _must_say(file):
            continue
        try:
            found[file] = column_module(file).Options.model_validate(
                delivery.columns.get(file, {}), strict=False
            )
        except ValidationError as error:
            faults += [
                f"columns.{'.'.join((file, *map(str, one['loc'])))}: {one['msg']}; "
                f"allowed keys: {', '.join(column_module(file).Options.model_fields) or 'none'}"
                for one in error.errors(include_url=False, include_input=False)
            ]
    if faults:
        raise SpecError(*faults)
    return found


def _must_say(file: str) -> tuple[str, ...]:
    """Return the options without which a file gives no column."""
    fields = column_module(file).Options.model_fields
    return tuple(name for name, field in fields.items() if field.is_required())


def _missing(name: str, has: frozenset[str], offered: Mapping[str, tuple[str, ...]]) -> str:
    if name not in owners() and name not in MEANING:
        return (
            f"panel.mapping: no column {name!r} can be built from registers"
            f"{nearest(name, tuple(offered))}; derive it, or join it from a file"
        )
    if name in owners() and way_of(name, has) is not None:
        file = owners()[name]
        return (
            f"panel.mapping: column {name!r} is built only where the mapping has "
            f"[columns.{file}] with {', '.join(_must_say(file))}"
        )
    ways = column_module(owners()[name]).TABLES[name] if name in owners() else (needs_of(name),)
    shown = ", or ".join(" + ".join(way) for way in ways)
    lacking = sorted({table for way in ways for table in way} - has)
    further = ", or give municipalities.correspondence" if CROSSWALK in lacking else ""
    return (
        f"panel.mapping: column {name!r} is built from {shown}, and the delivery has no "
        f"{', '.join(lacking) or 'such tables'}; name the files in the mapping{further}"
    )
