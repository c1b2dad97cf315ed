"""One treated unit and its synthetic stand-in: both paths, and effects among placebos."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.estimators.contract import event_label
from evaluation.report.figures.path import time_words
from evaluation.report.figures.style import BLUE, GREY, INK, ORANGE, drawing, png_of
from evaluation.report.numbers import Numbers
from evaluation.report.record import Record
from evaluation.report.words import outcome_label, value_words
from evaluation.spec.design import SingleUnitDesign

LABEL = event_label(0).removesuffix("0")
ENDS = ("placebo_lowest", "placebo_highest")
MIDDLE = ("placebo_low", "placebo_high")


@dataclass(frozen=True)
class Synthetic:
    """The paths of one model and outcome, one value an event time.

    Attributes
    ----------
    times
        Event times, rising.
    values
        By name: ``treated``, ``synthetic``, ``effect`` and the ends of placebo effects.
    """

    times: tuple[int, ...]
    values: dict[str, tuple[float, ...]]


def synthetic_of(record: Record, model_id: str, outcome: str) -> Synthetic | None:
    """Return the paths of a model, ``None`` where it has no synthetic unit."""
    if not isinstance(record.spec.design, SingleUnitDesign):
        return None
    times = sorted(
        int(row.term.removeprefix(LABEL))
        for row in record.details
        if (row.model_id, row.outcome, row.name) == (model_id, outcome, "synthetic")
    )
    if not times:
        return None
    values = {
        name: tuple(
            float(str(record.detail(model_id, outcome, name, event_label(time)))) for time in times
        )
        for name in ("treated", "synthetic", "effect", *ENDS, *MIDDLE)
    }
    return Synthetic(tuple(times), values)


def draw_paths(record: Record, model_id: str, outcome: str) -> bytes:
    """Draw the treated unit and its synthetic stand-in as PNG."""
    found = _required(record, model_id, outcome)
    with drawing() as (figure, axis):
        axis.axvline(-0.5, color=GREY, linewidth=0.8, linestyle=":")
        axis.plot(found.times, found.values["treated"], color=INK, linewidth=2.0, label="Treated")
        axis.plot(
            found.times, found.values["synthetic"],
            color=ORANGE, linewidth=2.0, linestyle="--", label="Synthetic",
        )  # fmt: skip
        axis.set_title(outcome_label(record.spec, outcome))
        axis.set_xlabel(time_words(record, model_id).capitalize())
        axis.set_ylabel("Mean")
        axis.xaxis.get_major_locator().set_params(integer=True)
        figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=9)
        return png_of(figure)


def draw_effects(record: Record, model_id: str, outcome: str) -> bytes:
    """Draw the effects by event time, and the range of placebo effects behind them, as PNG."""
    found = _required(record, model_id, outcome)
    with drawing() as (figure, axis):
        axis.axhline(0.0, color=GREY, linewidth=0.8)
        axis.axvline(-0.5, color=GREY, linewidth=0.8, linestyle=":")
        for ends, shade, label in ((ENDS, 0.15, "All placebos"), (MIDDLE, 0.30, "Nine in ten")):
            low, high = (found.values[name] for name in ends)
            axis.fill_between(
                found.times, low, high, color=BLUE, alpha=shade, linewidth=0, label=label
            )
        axis.plot(found.times, found.values["effect"], color=INK, linewidth=2.0, label="Treated")
        axis.set_title(outcome_label(record.spec, outcome))
        axis.set_xlabel(time_words(record, model_id).capitalize())
        axis.set_ylabel("Effect")
        axis.xaxis.get_major_locator().set_params(integer=True)
        figure.legend(loc="outside lower left", ncols=3, frameon=False, fontsize=9)
        return png_of(figure)


def paths_caption(record: Record, model_id: str, outcome: str) -> str:
    """Return what the figure of both paths draws."""
    return (
        f"{outcome_label(record.spec, outcome)}: the treated unit and its weighted donors by "
        f"{time_words(record, model_id)}, model {model_id}."
    )


def effects_caption(record: Record, model_id: str, outcome: str) -> str:
    """Return what the figure of effects draws."""
    among = value_words(record.detail(model_id, outcome, "donors"))
    return (
        f"{outcome_label(record.spec, outcome)}: effect by {time_words(record, model_id)}, model "
        f"{model_id}, and the effects found for each of {among} donors in the treated unit's place."
    )


def paths_alt(record: Record, model_id: str, outcome: str) -> str:
    """Return what the figure of both paths shows: their values at the first and last time."""
    found = _required(record, model_id, outcome)
    numbers = Numbers(record.spec.rounding)
    ends = [
        f"{numbers.estimate(found.values['treated'][at])} treated and "
        f"{numbers.estimate(found.values['synthetic'][at])} synthetic at "
        f"{value_words(found.times[at])}"
        for at in (0, -1)
    ]
    return f"{outcome_label(record.spec, outcome)}: first {ends[0]}, last {ends[1]}."


def effects_alt(record: Record, model_id: str, outcome: str) -> str:
    """Return what the figure of effects shows: the last one among its placebos."""
    found = _required(record, model_id, outcome)
    numbers = Numbers(record.spec.rounding)
    lowest, highest = (numbers.estimate(found.values[name][-1]) for name in ENDS)
    return (
        f"{outcome_label(record.spec, outcome)}: {len(found.times)} effects by "
        f"{time_words(record, model_id)}; the last is "
        f"{numbers.estimate(found.values['effect'][-1])}, placebos lie between {lowest} and "
        f"{highest}."
    )


def _required(record: Record, model_id: str, outcome: str) -> Synthetic:
    found = synthetic_of(record, model_id, outcome)
    if found is None:
        raise TypeError("paths are drawn of models that have a synthetic unit")
    return found
