"""``explain``: a spec in words, or the plan of what is built of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.commands.explain_bundle import explain_bundle, refuse_other
from evaluation.commands.locate import locate
from evaluation.errors import UsageError
from evaluation.release.bundle.read import is_bundle
from evaluation.spec.loader import read_spec
from evaluation.spec.spec import Spec


def explain(
    spec: str,
    *,
    settings: Sequence[str] = (),
    allowed: Sequence[Path] = (),
    plan: bool = False,
    std_error: float | None = None,
    out: Path = Path("outputs"),
    language: str | None = None,
) -> str:
    """Return what a spec claims and assumes, its plan, or its models in Stata or R.

    Of a bundle, return the questions that its cells answer.

    Raises
    ------
    SpecError
        With every fault of the spec.
    UsageError
        For an error that is none, another language than these two, or plan and language together.
    """
    if is_bundle(Path(spec)):
        refuse_other(
            Path(spec), plan=plan, std_error=std_error is not None, as_=language is not None,
            allow=bool(allowed),
        )  # fmt: skip
        return explain_bundle(Path(spec), settings)
    if std_error is not None and not std_error > 0:
        raise UsageError(f"--std-error: found {std_error:g}; allowed: a number above 0")
    if plan and language is not None:
        raise UsageError("explain: give --plan or --as, not both")
    read = read_spec(
        locate(spec), catalogue(), settings=settings, allowed=allowed, with_paths=False
    )
    if plan or language is not None:
        from evaluation.pipeline import refuse_without_design

        refuse_without_design(read, "plan" if plan else "write in another language")
    if plan:
        return planned(read)
    if language is not None:
        from evaluation.review.foreign.lines import foreign_lines

        return foreign_lines(read, language)
    from evaluation.diagnose.power_files import detectable_lines
    from evaluation.review.explain import explain as verb

    lines = detectable_lines(read, out / read.id / "power", std_error)
    return verb(read, tuple(lines))


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
