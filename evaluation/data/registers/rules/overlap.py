"""Spells of one person that overlap.

``merge`` makes one spell of them, with what the first says; ``first`` lets the later begin when
the earlier has ended. A place lived in ends when the next begins, whatever the mapping says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from evaluation.data.registers.contract import Temporality, Touched
from evaluation.data.registers.rules.contract import Step
from evaluation.data.registers.sql import quoted

RANK = 40

# Spells that differ in these may run at the same time.
APART: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"benefit_spell": ("benefit",), "measure_spell": ("measure",), "enrolment": ("level",)}
)


def apply(step: Step) -> tuple[Touched, ...]:
    """Set them apart; see ``contract.Rule``."""
    if step.table.spell is None or step.table.temporality is Temporality.REFERENCE:
        return ()
    _find(step)
    moved = step.table.name == "residence"
    hit = "next <= final" if moved else "over"
    persons, rows = step.row(
        f"SELECT count(DISTINCT person), count(*) FROM overlapping WHERE {hit}"
    )
    action, change = _ACTIONS["moved" if moved else step.overlap]
    if rows and change is not None:
        change(step)
    step.connection.execute("DROP TABLE overlapping")
    return step.touched("overlap", action, persons, rows, fault=change is None)


def _find(step: Step) -> None:
    """Make the table ``overlapping``: all rows of persons with spells that overlap.

    Where spells are in order of their start, two that overlap mean two neighbours that do: so a
    look at the row before finds the persons, and only their rows are sorted again.
    """
    start, end = step.ends()
    never = _never(step)
    apart = [quoted(name) for name in APART.get(step.table.name, ())]
    same = " AND ".join(
        f"{one} IS NOT DISTINCT FROM lag({one}) OVER ()" for one in ["person", *apart]
    )
    hit = (
        f"SELECT person, {same} AND {start} <= lag(coalesce({end}, {never})) OVER () AS over "
        f"FROM {step.relation}"
    )
    whole = ", ".join(["person", *apart])
    rest = [quoted(name) for name in step.table.columns if name != "person_id"]
    order = ", ".join([start, f"coalesce({end}, {never})", *rest, "rowid"])
    before = (
        f"PARTITION BY {whole} ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    )
    step.connection.execute(
        f"CREATE TABLE overlapping AS SELECT *, coalesce(first <= until, FALSE) AS over, "
        f"sum(CASE WHEN first <= until THEN 0 ELSE 1 END) OVER (PARTITION BY {whole} "
        f"ORDER BY {order} ROWS UNBOUNDED PRECEDING) AS island FROM (SELECT *, rowid AS row, "
        f"rowid, {start} AS first, coalesce({end}, {never}) AS final, "
        f"max(coalesce({end}, {never})) OVER ({before}) AS until, "
        f"lead({start}) OVER (PARTITION BY {whole} ORDER BY {order}) AS next "
        f"FROM {step.relation} SEMI JOIN (SELECT DISTINCT person FROM ({hit}) WHERE over) "
        "USING (person))"
    )


def _merge(step: Step) -> None:
    _, end = step.ends()
    groups = ", ".join(["person", *(quoted(n) for n in APART.get(step.table.name, ())), "island"])
    step.connection.execute(
        f"UPDATE {step.relation} AS t SET {end} = nullif(m.final, {_never(step)}) FROM (SELECT "
        f"arg_min(row, over) AS row, max(final) AS final FROM overlapping GROUP BY {groups} "
        "HAVING count(*) > 1) AS m WHERE t.rowid = m.row"
    )
    step.connection.execute(
        f"DELETE FROM {step.relation} WHERE rowid IN (SELECT row FROM overlapping WHERE over)"
    )


def _first(step: Step) -> None:
    start, _ = step.ends()
    step.connection.execute(
        f"UPDATE {step.relation} AS t SET {start} = o.until + 1 FROM overlapping AS o "
        "WHERE t.rowid = o.row AND o.over AND o.until < o.final"
    )
    step.connection.execute(
        f"DELETE FROM {step.relation} WHERE rowid IN "
        "(SELECT row FROM overlapping WHERE over AND until >= final)"
    )


def _moved(step: Step) -> None:
    _, end = step.ends()
    step.connection.execute(
        f"UPDATE {step.relation} AS t SET {end} = o.next - 1 FROM overlapping AS o "
        "WHERE t.rowid = o.row AND o.next <= o.final AND o.next > o.first"
    )


def _never(step: Step) -> str:
    return "2147483647" if step.monthly() else "DATE '9999-12-31'"


_ACTIONS: Mapping[str, tuple[str, Callable[[Step], None] | None]] = MappingProxyType(
    {
        "merge": ("merged into one spell", _merge),
        "first": ("begin when the earlier spell has ended", _first),
        "error": ("spells overlap", None),
        "moved": ("end when the next place is moved to", _moved),
    }
)
