"""Run one study as a user would, and read off what its main estimate says."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from study_panels.trial import Placebo, Trial

    from evaluation.report.record import Record
    from evaluation.results import Estimate

ROOT = Path(__file__).resolve().parent.parent
STUDIES = ROOT / "specs" / "studies"
SIMULATION = ROOT / "tests" / "simulation"
LEVEL = 0.05
HOLDS, MISSES = "holds the truth", "misses the truth"
REFUSES = "refuses, as it must"
# Digits of a number in the table that is committed.
DIGITS = 6

# The figure that a study's own paper shows, before that of its design.
OWN: Mapping[str, tuple[str, ...]] = {
    "kvp_2016": ("horizons",),
    "hernaes_2020": ("quantile_effects",),
    "hmr_2017": ("risk_classes",),
    "youth_crime_2019": ("risk_classes",),
    "jonassen_2013": ("entry_exit",),
    "neets_2022": ("partition",),
    "provision_2023": ("forest",),
    "sanction_regimes": ("forest",),
}
# The natural figure of a design, the first that a run has.
NATURAL: Mapping[str, tuple[str, ...]] = {
    "staggered_did": ("event_study", "adoption"),
    "did": ("event_study", "horizons", "forest", "first_stage", "raw_trends"),
    "rd": ("rd_plot", "entry_exit"),
    "single_unit": ("synthetic",),
    "none": ("raw_trends",),
}


@dataclass(frozen=True)
class Picture:
    """The figure of a study on its world: its file, and what is said of it."""

    png: bytes
    caption: str
    alt: str


@dataclass(frozen=True)
class Found:
    """What one run of a study says.

    Attributes
    ----------
    study, model, outcome, estimand
        The main estimate: the first model for its first outcome.
    estimate, conf_low, conf_high, truth, truth_error
        As text, empty for none; the last is the truth's Monte Carlo error.
    verdict
        ``holds the truth``, ``misses the truth``, ``refuses, as it must``, or what else it is.
    placebos
        The comparisons of its trial that should give nothing, and what they give in this run.
    against
        Checks that speak against something, with model and outcome.
    seconds, picture
        Of the run; not committed with the rest.
    """

    study: str
    model: str = ""
    outcome: str = ""
    estimand: str = ""
    estimate: str = ""
    conf_low: str = ""
    conf_high: str = ""
    truth: str = ""
    truth_error: str = ""
    verdict: str = ""
    placebos: str = ""
    against: str = ""
    seconds: float = 0.0
    picture: Picture | None = None

    @property
    def broken(self) -> bool:
        """Whether the run ended without what a study is to give."""
        return self.verdict.startswith("fails")


COMMITTED = tuple(one.name for one in fields(Found) if one.name not in ("seconds", "picture"))


def run_study(study: str, out: str, drawn: bool) -> Found:
    """Run one study into a folder and return what it says.

    Parameters
    ----------
    study
        Its id.
    out
        Folder of outputs.
    drawn
        Whether its figure is wanted too.
    """
    import evaluation
    from evaluation.errors import UserError

    begun = time.monotonic()
    try:
        record = evaluation.run(STUDIES / f"{study}.toml", out=out).record
    except UserError as error:
        return Found(study, verdict=f"fails: {error.faults[0]}", seconds=time.monotonic() - begun)
    seconds = time.monotonic() - begun
    read = _read(study, record, trial_of(study))
    return Found(
        **{**read, "seconds": seconds, "picture": picture_of(study, record) if drawn else None}
    )


def trial_of(study: str) -> Trial | None:
    """Return how a study is judged by simulation, nothing where nobody said."""
    if str(SIMULATION) not in sys.path:
        sys.path.append(str(SIMULATION))
    from study_panels.trial import FOLDER, read_trial

    path = FOLDER / f"{study}.toml"
    return read_trial(path) if path.exists() else None


def end_with_parent() -> None:
    """Leave no worker behind when the run is ended."""
    from multiprocessing import parent_process
    from threading import Thread

    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()


def _read(study: str, record: Record, trial: Trial | None) -> Mapping[str, str]:
    from evaluation.report.truths import place_in_details

    row = main_row(record, "" if trial is None else trial.estimand)
    if row is None:
        return {"study": study, "verdict": "fails: no rows"}
    truth = record.detail(row.model_id, row.outcome, "truth", place_in_details(row))
    known = float(truth) if isinstance(truth, int | float) else None
    spread = record.detail(
        row.model_id, row.outcome, "truth_monte_carlo_error", place_in_details(row)
    )
    placebos = () if trial is None else [one for one in trial.placebo if one.in_run]
    return {
        "study": study,
        "model": row.model_id,
        "outcome": row.outcome,
        "estimand": row.estimand,
        "estimate": shown(row.estimate),
        "conf_low": shown(row.conf_low),
        "conf_high": shown(row.conf_high),
        "truth": shown(known),
        "truth_error": shown(float(spread)) if isinstance(spread, int | float) else "",
        "verdict": _verdict(record, row, known),
        "placebos": "; ".join(f"{one.name}: {_placebo(record, one)}" for one in placebos),
        "against": "; ".join(_against(record)),
    }


def _against(record: Record) -> Iterator[str]:
    """Yield the checks of a run that speak against something, each once for a model and outcome."""
    from evaluation.report.sections.tones import tone_of

    rows = [row for row in record.checks if tone_of(row) == "against"]
    named = (f"{row.check} of {row.model_id} {row.outcome}".rstrip() for row in rows)
    yield from dict.fromkeys(named)


def main_row(record: Record, estimand: str = "") -> Estimate | None:
    """Return the first model's headline for its first outcome, else its first number.

    Parameters
    ----------
    record
        The run.
    estimand
        Names the number where the model gives several.
    """
    from evaluation.report.places import is_headline

    if not record.estimates:
        return None
    first = record.estimates[0]
    own = [
        row
        for row in record.estimates
        if (row.model_id, row.outcome) == (first.model_id, first.outcome) and not row.subgroup
    ]
    named = [row for row in own if estimand in ("", row.estimand)]
    return next((row for row in named if is_headline(row)), (named or own)[0])


def _verdict(record: Record, row: Estimate, truth: float | None) -> str:
    if row.estimate is None:
        if row.status == "insufficient":
            return REFUSES
        return f"fails: {row.status}: {row.reason}"
    if truth is None:
        absent = record.detail(row.model_id, row.outcome, "truth_absent")
        return f"no truth: {absent or 'none is known of this number'}"
    if row.conf_low is None or row.conf_high is None:
        return "no interval"
    return HOLDS if row.conf_low <= truth <= row.conf_high else MISSES


def _placebo(record: Record, placebo: Placebo) -> str:
    """Return what a comparison that should give nothing gives in this run."""
    if placebo.check:
        from evaluation.report.sections.tones import tone_of

        rows = [
            row
            for row in record.checks
            if row.check == placebo.check and row.outcome in ("", placebo.outcome)
        ]
        against = [row for row in rows if tone_of(row) == "against"]
        return (against or rows)[0].verdict if rows else "not run"
    own = (
        row
        for row in record.estimates
        if (row.model_id, row.outcome) == (placebo.model, placebo.outcome) and not row.subgroup
    )
    row = next((row for row in own if placebo.estimand in ("", row.estimand)), None)
    if row is None or row.p_value is None:
        return "not run" if row is None else row.status
    return f"{'null' if row.p_value >= LEVEL else 'not null'} (p = {row.p_value:.2g})"


def picture_of(study: str, record: Record) -> Picture | None:
    """Return the figure that shows the study best, of its main estimate where there is one."""
    from evaluation.report.figures.plot import plot_name
    from evaluation.report.figures.registry import plots_of
    from evaluation.report.figures.render import render

    kinds = (*OWN.get(study, ()), *NATURAL[record.spec.design.kind])
    row = main_row(record)
    model, outcome = ("", "") if row is None else (plot_name(row.model_id), plot_name(row.outcome))
    wanted: tuple[Callable[[str], bool], ...] = (
        lambda name: model in name and outcome in name,
        lambda name: outcome in name,
        lambda name: True,
    )
    plots = plots_of(record)
    for kind in kinds:
        own = [plot for plot in plots if plot.kind == kind]
        for fits in wanted if own else ():
            chosen = next((plot for plot in own if fits(plot.name)), None)
            if chosen is not None:
                return Picture(render(chosen, record.words), chosen.caption, chosen.alt)
    return None


def shown(value: float | None) -> str:
    """Return a number as it is committed; empty for none."""
    return "" if value is None else f"{value:.{DIGITS}g}"
