"""``explain``: a spec in words, or the plan of what is built of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.commands.locate import locate
from evaluation.spec.loader import read_spec
from evaluation.spec.spec import Spec


def explain(
    spec: str, *, settings: Sequence[str] = (), allowed: Sequence[Path] = (), plan: bool = False
) -> str:
    """Return what a spec claims and assumes, or its plan.

    Raises
    ------
    SpecError
        With every fault of the spec.
    """
    read = read_spec(
        locate(spec), catalogue(), settings=settings, allowed=allowed, with_paths=False
    )
    if plan:
        return planned(read)
    from evaluation.review.explain import explain as verb

    return verb(read)


def planned(spec: Spec) -> str:
    """Return the plan of a spec in words, by what is known of its source.

    Raises
    ------
    DataError
        Where the source is at hand and cannot be read.
    """
    from evaluation.cells.planning.known import known_columns
    from evaluation.cells.planning.plan_cells import plan_cells
    from evaluation.estimators.cell_needs import needs_of
    from evaluation.review.plan_words import plan_words

    known = known_columns(spec)
    plan = plan_cells(spec, needs_of(spec), None if known is None else known.columns)
    return plan_words(spec, plan, known)
