"""Verdicts of a policy on every number of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from evaluation.release.policy import Policy
from evaluation.release.rules._least import ORDER
from evaluation.release.rules.contract import Subject
from evaluation.release.rules.registry import rules
from evaluation.release.subjects import subjects_of
from evaluation.report.record import Record
from evaluation.report.tables import tables_of
from evaluation.report.tabular import Number, Table
from evaluation.results import Ruled, Ruling

# Rule of what says nothing about persons, and of numbers that stand elsewhere as well.
OWN, ELSEWHERE = "own", "numbers"
Places = Mapping[tuple[str, int], tuple[Ruling, ...]]


def rulings_of(record: Record, policy: Policy, *, released: bool = False) -> tuple[Ruling, ...]:
    """Return what every rule of a policy says of every number, then of tables by their numbers.

    Parameters
    ----------
    record
        A run with its evidence.
    policy
        The limits.
    released
        Whether the record stands as it would leave: rounding is judged then.
    """
    found = [
        ruling
        for subject in subjects_of(record, released=released)
        for ruling in judged(subject, policy)
    ]
    places: dict[tuple[str, int], tuple[Ruling, ...]] = {}
    for one in found:
        places[one.artefact, one.row] = (*places.get((one.artefact, one.row), ()), one)
    for name, table in tables_of(record).items():
        found += _of_table(f"table:{name}", table, places)
    return tuple(found)


def judged(subject: Subject, policy: Policy) -> Iterator[Ruling]:
    """Yield what every rule of a policy says of one subject."""
    if subject.nature == "own":
        yield subject.ruled(OWN, "pass", "says nothing about persons")
    known = rules()
    for key, limits in policy.limits.items():
        ruling = known[key].judge(subject, limits)
        if ruling is not None:
            yield ruling


def ruling_of_file(name: str, policy: Policy) -> tuple[Ruling, ...]:
    """Return what a policy says of a file by its name: formats that may leave."""
    return tuple(judged(Subject(name, label=name, nature="file"), policy))


def verdict_of(rulings: Iterable[Ruling], artefact: str, row: int, column: str = "") -> Ruled:
    """Return the verdict on one number: the worst of its rulings and of its artefact's as a whole.

    A number on which no rule has spoken is for ``review``.
    """
    there = [one for one in rulings if one.artefact == artefact and one.row in (0, row)]
    own = [one for one in there if one.row == row and (not column or one.column in ("", column))]
    verdicts = [one.verdict for one in there if one.row == 0 or one in own]
    return max(verdicts if own else [*verdicts, "review"], key=ORDER.__getitem__)


def verdicts_of(rulings: Iterable[Ruling]) -> Mapping[str, Ruled]:
    """Return the verdict on every artefact: the worst of its numbers, in their order."""
    found: dict[str, Ruled] = {}
    for one in rulings:
        before = found.get(one.artefact, "pass")
        found[one.artefact] = max(before, one.verdict, key=ORDER.__getitem__)
    return found


def _of_table(artefact: str, table: Table, places: Places) -> Iterator[Ruling]:
    """Yield the rulings of a table's numbers: those of the places where they stand in a file."""
    flow = artefact == "table:sample_flow"
    for at, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row.cells, 1):
            for number in cell.numbers:
                yield from _of_number(artefact, at, column, number, flow, places)


def _of_number(
    artefact: str, row: int, column: int, number: Number, flow: bool, places: Places
) -> Iterator[Ruling]:
    own = Ruling(artefact, row, str(column), ELSEWHERE, None, None, "review", "")
    source = number.source
    if source is None and not flow:
        yield replace(own, message=f"{artefact}: a number without a source; a person must look")
        return
    place = ("flow", row) if source is None else (f"{source.file}.csv", source.row)
    named = "" if source is None else source.column
    there = [one for one in places.get(place, ()) if one.column in ("", named) or flow]
    against = [one for one in there if one.verdict != "pass"]
    yield from (replace(one, artefact=artefact, row=row, column=str(column)) for one in against)
    if there and not against:
        said = f"{artefact}: passes where it stands, {place[0]} row {place[1]}"
        yield replace(own, verdict="pass", message=said)
    elif not there:
        said = f"{artefact}: no rule has spoken on {place[0]} row {place[1]}; a person must look"
        yield replace(own, message=said)
