"""From a source to the rows and roles that every model shares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evaluation.data.leads import dated_source
from evaluation.data.panel import Panel, read_panel
from evaluation.data.roles import Roles, assign_roles
from evaluation.data.sample import collapse_rows, refuse_empty, select_rows
from evaluation.data.sources import Source
from evaluation.data.uniqueness import check_unique
from evaluation.spec.design import Design
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Prepared:
    """A sample with the roles that the design gives to its rows."""

    panel: Panel
    roles: Roles
    design: Design


def prepare(
    spec: Spec, source: Source, memory: Path | None = None, *, unique: bool = False
) -> Prepared:
    """Read, check, sample and assign.

    Parameters
    ----------
    spec
        What is asked.
    source
        Where the rows come from.
    memory
        Folder that remembers inputs whose rows were found unique.
    unique
        Whether somebody has looked already and found no unit twice in one period.

    Raises
    ------
    DataError
        With what reading the data shows.
    """
    selected = select_rows(read_panel(spec, dated_source(spec, source)), spec)
    if not (source.distinct or unique):
        check_unique(selected, spec, memory)
    return with_roles(collapse_rows(selected, spec), spec)


def with_roles(sample: Panel, spec: Spec) -> Prepared:
    """Assign the design's roles and leave out the rows that have none.

    Raises
    ------
    DataError
        Where a side or a period of the design has no rows.
    """
    roles = assign_roles(sample, spec)
    if not roles.rows.all():
        left = sample.take(roles.rows, f"without {roles.step}")
        refuse_empty(left)
        return Prepared(left, roles.only(roles.rows), spec.design)
    return Prepared(sample, roles, spec.design)
