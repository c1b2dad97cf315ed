"""``diagnose``: how the models of a spec do in synthetic worlds, where the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.commands.console import Console
from evaluation.commands.locate import locate
from evaluation.commands.outputs import refuse_unwritable
from evaluation.commands.progress import progress
from evaluation.commands.shown import text_table
from evaluation.commands.stoppable import stoppable
from evaluation.data.durable.holding import holding
from evaluation.diagnose.page import write_diagnosis
from evaluation.diagnose.running import Plan, plan_of, replicate_missing, rows_of
from evaluation.errors import UsageError
from evaluation.pipeline import refuse_unavailable, refuse_without_design
from evaluation.report.diagnosed import FOLDER, failing_designs, number_words
from evaluation.report.language import Language, language_of
from evaluation.results import Diagnosis
from evaluation.spec.loader import read_spec
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec

DIGITS = 2


def diagnose(
    name: str,
    *,
    worlds: Sequence[str],
    replications: int,
    persons: int | None,
    settings: Sequence[str],
    allowed: Sequence[Path],
    out: Path,
    jobs: int,
    console: Console,
) -> Path:
    """Diagnose a spec, tell what was found, and return the folder written.

    What was replicated before an earlier run was ended is not replicated again.

    Raises
    ------
    UserError
        For what is impossible, before anything is drawn.
    """
    # Where rows are simulated, the spec's own source is not read: it may be anywhere.
    spec = read_spec(
        locate(name), catalogue(), settings=settings, allowed=allowed, with_paths=False
    )
    refuse_unavailable(spec)
    refuse_without_design(spec, "diagnose")
    folder = out / spec.id / FOLDER
    refuse_unwritable(folder)
    plans = plan_of(spec, worlds or _own_world(spec), replications, persons, folder)
    _replicate(spec, plans, jobs, console)
    tables = {plan.spec.panel.world: rows_of(spec, plan) for plan in plans}  # type: ignore[union-attr]
    with holding(out / spec.id):
        write_diagnosis(spec, tables, folder)
    words = language_of(spec.lang)
    for rows in tables.values():
        console.say(_table(rows, words))
        for failing in failing_designs(rows, words):
            console.say(failing.sentence)
    console.say(f"{spec.id}: {folder / 'index.html'}")
    console.event("done", spec=spec.id, result=str(folder))
    return folder


def _own_world(spec: Spec) -> tuple[str, ...]:
    if isinstance(spec.panel, SyntheticPanel):
        return (spec.panel.world,)
    raise UsageError(
        f"diagnose: {spec.id} is of source {spec.panel.source}; name a world with --world "
        "(activity-duty list worlds)"
    )


def _replicate(spec: Spec, plans: Sequence[Plan], jobs: int, console: Console) -> None:
    missing = sum(len(plan.missing) for plan in plans)
    kept = sum(len(plan.done) for plan in plans)
    if kept:
        console.stage(spec.id, f"{kept} replications kept, {missing} to do")
    if not missing:
        return
    ended = 0
    try:
        with stoppable() as go_on, progress(console, spec.id, "replications", missing) as tell:

            def one_more() -> None:
                nonlocal ended
                ended += 1
                tell(1, 1)
                go_on()

            replicate_missing(plans, jobs, lambda stage: console.stage(spec.id, stage), one_more)
    except (KeyboardInterrupt, SystemExit):
        console.settle()
        console.stage(
            spec.id, f"ended after {kept + ended} of {kept + missing} replications; the same "
            "command goes on from there"
        )  # fmt: skip
        raise


def _table(rows: Sequence[Diagnosis], words: Language) -> str:
    """Return the headlines of one world for the terminal; all numbers where there is none."""
    head = [
        "model", "number", "truth", "bias", "in errors", "RMSE", "SE / SD", "covers", "power",
        "size", "found", "failed",
    ]  # fmt: skip

    def number(value: float | None, digits: int = 4) -> str:
        return "–" if value is None else words.number(value, digits)

    def share(value: float | None) -> str:
        return "–" if value is None else words.percent(value, 1)

    lines = [
        (
            row.model_id,
            number_words(row, words),
            number(row.truth),
            number(row.centre_bias),
            number(row.bias_in_std_errors, DIGITS),
            number(row.rmse),
            number(row.std_error_ratio, DIGITS),
            share(row.coverage),
            share(row.power),
            share(row.size),
            row.verdict.replace("_", " "),
            str(row.failed),
        )
        for row in [row for row in rows if not row.term] or rows
        if row.verdict
    ]
    title = f"{rows[0].world}: {rows[0].replications} replications of {rows[0].persons:,} persons"
    return f"\n{title}\n{text_table(head, lines, numeric_from=2)}"
