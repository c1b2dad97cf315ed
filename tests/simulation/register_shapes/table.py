"""The section of docs/validation.md: what agrees, and what differs for which reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from register_shapes.compared import ASKED, DIFFERING, Compared
from register_shapes.delivered import DIRECT, FORMATS, REFERENCE, TRAPS

Found = Mapping[str, Sequence[Compared]]


def section(worlds: Sequence[str], found: Found, stamp: str) -> str:
    """Return the section.

    Parameters
    ----------
    worlds
        Those that were run.
    found
        What came of each.
    stamp
        The commit.
    """
    faults = sum(len(one.faults) for name in worlds for one in found.get(name, ()))
    first, last = ASKED.window
    low, high = ASKED.ages
    others = [shape for shape in FORMATS if shape != REFERENCE]
    head = (
        "## Registers: every world in every shape\n\n"
        f"Commit {stamp}. Each world is delivered as registers of {ASKED.persons:,} persons of the "
        f"whole population, those of ages {low} to {high}, {first:%Y-%m} to {last:%Y-%m}, with "
        f"every trap at a rate of {TRAPS:.0%}: as canonical tables in parquet, and in text as "
        f"{', '.join(others)}. Each delivery becomes a panel by the mapping that is drafted of its "
        "files, with every column that it carries, and the panels are held against that of the "
        "canonical tables, row by row. That in turn, without traps, is held against the world's "
        f"own panel (`{DIRECT}`). Seeds: the first six bytes of SHA-256 of "
        f"`registers/<world>/<replication>`. {faults or 'No'} rows or columns differ but for the "
        "reasons below."
    )
    return "\n\n".join([head, table(worlds, found), _reasons(worlds, found), _lacking()])


def table(worlds: Sequence[str], found: Found) -> str:
    """Return a line a world and shape; those not as they should be say FAILS and why."""
    head = (
        "| world | held against one another | persons | rows | columns | not one value throughout "
        "| differ otherwise |\n|---|---|---|---|---|---|---|"
    )
    rows = [
        f"| {name} | {_pair(one.shape)} | {one.persons:,} | {one.rows:,} | {len(one.columns)} | "
        f"{one.varied} | {_told(one)} |"
        for name in worlds
        for one in found.get(name, ())
    ]
    return "\n".join([head, *rows])


def _told(one: Compared) -> str:
    return f"FAILS: {'; '.join(one.faults)}" if one.faults else "none"


def _pair(shape: str) -> str:
    return f"{REFERENCE}, {shape}"


def _reasons(worlds: Sequence[str], found: Found) -> str:
    head = (
        "Rows that differ for a reason, as a share of the rows of both, over the worlds:\n\n"
        "| held against one another | column | least | largest | reason |\n|---|---|---|---|---|"
    )
    rows = []
    for shape, known in DIFFERING.items():
        by_world = known.get("in_world", {})
        told = [(worlds, column, one) for column, one in known.get("columns", {}).items()]
        told += [((name,), *one) for name, own in by_world.items() for one in own.items()]
        for of, column, one in told:
            # Worlds with a reason of their own are told by themselves.
            kept = [n for n in of if len(of) == 1 or column not in by_world.get(n, {})]
            shares = [
                each.explained.get(column, 0) / max(each.rows, 1)
                for name in kept
                for each in found.get(name, ())
                if each.shape == shape
            ]
            if shares:
                rows.append(
                    f"| {_pair(shape)} | `{column}` | {min(shares):.2%} | {max(shares):.2%} | "
                    f"{one['why']} |"
                )
    return "\n".join([head, *rows])


def _lacking() -> str:
    lines = ["What a shape does not carry of the columns of the other:"]
    for shape, known in DIFFERING.items():
        names = ", ".join(f"`{name}`" for name in known.get("lacking", ()))
        of_rows = f" Its rows: {known['why_rows']}." if "why_rows" in known else ""
        lines.append(f"- {shape}: {known['why_lacking']} ({names}).{of_rows}")
    return "\n".join([lines[0], "", *lines[1:]])
