"""What may stand beside, below or under an estimate: one answer a statistic."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evaluation.checks.judging import EQUIVALENCE
from evaluation.report.places import is_headline, is_reference
from evaluation.report.tabling.answers import Answers, Entry, place
from evaluation.report.tabular import Number, NumberKind, Part
from evaluation.report.words import spaced, verdict_words
from evaluation.spec.model import Model
from evaluation.spec.resolve import resolve_inference

Parts = tuple[Part, ...]
Answer = Callable[[Answers, Entry], Parts]

# Largest p-value with so many stars: the convention of economics journals.
STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
TEXTS = frozenset(
    {"estimand", "estimator", "fixed_effects", "controls", "cluster", "variance", "engine"}
    | {"verdict"}
)


def answer(answers: Answers, entry: Entry, statistic: str) -> Parts:
    """Return what a statistic says of an estimate, nothing where it has none."""
    return ANSWERS[statistic](answers, entry)


def answer_below(answers: Answers, entry: Entry, statistic: str) -> Parts:
    """Return the same as it stands under the estimate: errors in parentheses, as is the custom."""
    parts = answer(answers, entry, statistic)
    if not parts:
        return ()
    if statistic == "std_error":
        return ("(", *parts, ")")
    if statistic == "interval":
        low, high = (part for part in parts if isinstance(part, Number))
        return ("[", low, answers.words.text("table.between"), high, "]")
    text = (
        f"{answers.words.text(f'table.below.{statistic}')} " if _named(answers, statistic) else ""
    )
    return (text, *parts) if text else parts


def stars(entry: Entry) -> str:
    """Return the stars of an estimate's p-value."""
    p = entry.row.p_value
    return "" if p is None else next((text for least, text in STARS if p < least), "")


def _named(answers: Answers, statistic: str) -> bool:
    return f"table.below.{statistic}" in answers.words


def _column(name: str, kind: NumberKind = "estimate") -> Answer:
    def read(answers: Answers, entry: Entry) -> Parts:
        return _one(answers.number(entry, name, kind))

    return read


def _detail(name: str, kind: NumberKind = "estimate") -> Answer:
    def read(answers: Answers, entry: Entry) -> Parts:
        return _one(answers.measured(entry, name, kind))

    return read


def _headline_detail(name: str, kind: NumberKind = "estimate") -> Answer:
    """Return what reads a detail that speaks of a model's single number alone."""

    def read(answers: Answers, entry: Entry) -> Parts:
        return _one(answers.measured(entry, name, kind)) if is_headline(entry.row) else ()

    return read


def _of_fit(name: str, kind: NumberKind = "estimate") -> Answer:
    """Return what reads a detail of a whole fit, which its subgroups do not share."""

    def read(answers: Answers, entry: Entry) -> Parts:
        return () if entry.row.subgroup else _one(answers.measured(entry, name, kind, term=""))

    return read


def _one(number: Number | None) -> Parts:
    return () if number is None else (number,)


def _estimate(answers: Answers, entry: Entry) -> Parts:
    if is_reference(entry.row):
        return (answers.words.text("table.reference"),)
    return _one(answers.number(entry, "estimate"))


def _interval(answers: Answers, entry: Entry) -> Parts:
    low, high = answers.number(entry, "conf_low"), answers.number(entry, "conf_high")
    return () if low is None or high is None else (low, answers.words.text("table.to"), high)


def _truth(answers: Answers, entry: Entry) -> Parts:
    level, within = entry.row.subgroup, place(entry.row)
    where = ": ".join(part for part in (level, within) if part)
    found = answers.measured(entry, "truth", term=where)
    error = answers.measured(entry, "truth_monte_carlo_error", term=where)
    if found is None:
        return ()
    return (found, " ± ", error) if error is not None and error.value > 0 else (found,)


def _adjusted(answers: Answers, entry: Entry) -> Parts:
    return _one(answers.measured(entry, "adjusted_p_value", "p_value", term=place(entry.row)))


def _bandwidth(answers: Answers, entry: Entry) -> Parts:
    one = answers.measured(entry, "bandwidth", "plain", term="")
    below, above = (
        answers.measured(entry, f"bandwidth_{side}", "plain", term="")
        for side in ("below", "above")
    )
    if one is not None or below is None or above is None:
        return _one(one)
    return (below,) if below.value == above.value else (below, " / ", above)


def _verdict(answers: Answers, entry: Entry) -> Parts:
    row = entry.row
    texts = [
        verdict_words(one.verdict, answers.words)
        for one in answers.record.checks
        if one.check == EQUIVALENCE and (one.model_id, one.outcome) == (row.model_id, row.outcome)
    ]
    return ("; ".join(texts),) if texts and is_headline(row) else ()


def _engine(answers: Answers, entry: Entry) -> Parts:
    found = answers.detail(entry, "engine")
    return () if found is None else (spaced(str(found[1])),)


def _estimand(answers: Answers, entry: Entry) -> Parts:
    return (entry.row.estimand,)


def _estimator(answers: Answers, entry: Entry) -> Parts:
    return (entry.row.estimator,)


def _fixed_effects(answers: Answers, entry: Entry) -> Parts:
    return _names(answers, _model(answers, entry).fixed_effects)


def _controls(answers: Answers, entry: Entry) -> Parts:
    return _names(answers, _model(answers, entry).controls)


def _cluster(answers: Answers, entry: Entry) -> Parts:
    return _names(answers, _model(answers, entry).clusters)


def _variance(answers: Answers, entry: Entry) -> Parts:
    kind = resolve_inference(answers.record.spec, _model(answers, entry)).variance
    return (kind.upper(),)


def _model(answers: Answers, entry: Entry) -> Model:
    return answers.record.spec.model(entry.row.model_id)


def _names(answers: Answers, names: tuple[str, ...]) -> Parts:
    return (", ".join(names),) if names else (answers.words.text("table.none"),)


ANSWERS: Mapping[str, Answer] = {
    "estimate": _estimate,
    "std_error": _column("std_error"),
    "interval": _interval,
    "p_value": _column("p_value", "p_value"),
    "adjusted_p_value": _adjusted,
    "truth": _truth,
    "baseline_mean": _of_fit("baseline_mean"),
    "per_cent_of_baseline": _headline_detail("per_cent_of_baseline", "plain"),
    "minimum_detectable_effect": _headline_detail("minimum_detectable_effect"),
    "attainable_effect": _headline_detail("attainable_effect"),
    "verdict": _verdict,
    "n_obs": _column("n_obs", "count"),
    "n_units": _column("n_units", "count"),
    "n_clusters": _column("n_clusters", "count"),
    "effective_clusters": _of_fit("effective_clusters", "plain"),
    "bandwidth": _bandwidth,
    "maximum_bias": _of_fit("maximum_bias"),
    "effective_f": _of_fit("effective_f", "plain"),
    "estimand": _estimand,
    "estimator": _estimator,
    "fixed_effects": _fixed_effects,
    "controls": _controls,
    "cluster": _cluster,
    "variance": _variance,
    "engine": _engine,
}
