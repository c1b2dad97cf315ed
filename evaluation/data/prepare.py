"""From a source to the rows and roles that every model shares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evaluation.data.panel import Panel, read_panel
from evaluation.data.roles import Roles, assign_roles
from evaluation.data.sample import draw_sample, refuse_empty
from evaluation.data.sources import Source
from evaluation.data.uniqueness import check_unique
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Prepared:
    """A sample with the roles that the design gives to its rows."""

    panel: Panel
    roles: Roles


def prepare(spec: Spec, source: Source, memory: Path | None = None) -> Prepared:
    """Read, check, sample and assign.

    Parameters
    ----------
    spec
        What is asked.
    source
        Where the rows come from.
    memory
        Folder that remembers inputs whose rows were found unique.

    Raises
    ------
    DataError
        With what reading the data shows.
    """
    panel = read_panel(spec, source)
    if not source.distinct:
        check_unique(panel, spec.panel.time, memory)
    sample = draw_sample(panel, spec)
    roles = assign_roles(sample, spec)
    if not roles.rows.all():
        left = sample.take(roles.rows, f"without rows that are {roles.step}")
        refuse_empty(left)
        return Prepared(left, roles.only(roles.rows))
    return Prepared(sample, roles)
