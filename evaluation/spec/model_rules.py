"""Rules on each model: its estimator must fit the design, the estimand and the variance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.design import DidDesign, RdDesign
from evaluation.spec.faults import nearest
from evaluation.spec.model import Model
from evaluation.spec.resolve import resolve_inference
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec


def model_rules(spec: Spec, catalogue: Catalogue) -> Iterator[str]:
    """Yield a line for every rule that a model breaks."""
    if not spec.models and spec.design.kind != "none":
        yield "models: there are none; add [[models]] with id, estimand and estimator"
    for model in spec.models:
        where = f"models.{model.id}"
        yield from _outcomes(spec, model, where)
        yield from _twice(model, where)
        yield from _itself(spec, model, where)
        yield from _variance(spec, model, where)
        if spec.design.kind == "none":  # nothing is fitted: models say what would be
            continue
        yield from _fits(spec, model, catalogue, where)
        yield from _periods(spec, model, where)
        if model.estimator in catalogue.estimators:
            yield from model.options.faults(spec, model, where)


def _outcomes(spec: Spec, model: Model, where: str) -> Iterator[str]:
    for name in model.outcomes:
        if name not in spec.outcomes:
            yield (
                f"{where}.outcomes: no outcome {name!r}{nearest(name, spec.outcomes)} "
                f"(there are: {', '.join(spec.outcomes)})"
            )


def _twice(model: Model, where: str) -> Iterator[str]:
    """Yield a line for each name that an array holds more than once."""
    arrays = ("outcomes", "controls", "fixed_effects", "clusters", "interact", "quantiles")
    for array in arrays:
        for name, count in Counter(getattr(model, array)).items():
            if count > 1:
                key = "cluster" if array == "clusters" else array
                yield f"{where}.{key}: names {name!r} {count} times; name it once"


def _itself(spec: Spec, model: Model, where: str) -> Iterator[str]:
    """Yield a line for each outcome that stands among what is to explain it."""
    for name in spec.outcomes_of(model):
        outcome = spec.outcomes.get(name)
        if outcome is None or not _at_its_row(outcome):
            continue
        for key in ("controls", "fixed_effects"):
            if outcome.column in getattr(model, key):
                yield (
                    f"{where}.{key}: {outcome.column!r} is the column of outcome {name!r}, which "
                    "cannot explain itself; leave it out, or name the model's other outcomes"
                )


def _at_its_row(outcome: Outcome) -> bool:
    """Whether an outcome is read in the month of its row: an earlier value may explain a later."""
    late = outcome.at_age is not None or outcome.difference is not None
    return not (late or outcome.lead_months or any(outcome.horizons or ()))


def _variance(spec: Spec, model: Model, where: str) -> Iterator[str]:
    clusters = model.clusters
    if len(clusters) > 2:
        yield f"{where}.cluster: found {len(clusters)} columns; allowed: one or two"
    if model.variance in ("cr1", "cr3") and not clusters:
        yield f"{where}.variance: {model.variance!r} needs cluster = ..."
    if model.variance in ("iid", "hc0", "hc1", "nn") and clusters:
        yield (
            f"{where}.variance: {model.variance!r} ignores the cluster; "
            "remove one of the two (allowed with a cluster: cr1, cr3)"
        )
    if model.variance == "cr3" and len(clusters) > 1:
        yield f"{where}.variance: 'cr3' takes one cluster; use cr1 for two"


def _fits(spec: Spec, model: Model, catalogue: Catalogue, where: str) -> Iterator[str]:
    offer = catalogue.estimators.get(model.estimator)
    if offer is None:
        return
    yield from _taken(model, catalogue, where)
    if spec.design.kind not in offer.designs:
        yield (
            f"{where}.estimator: {model.estimator!r} does not fit design.kind "
            f"{spec.design.kind!r} (it fits: {', '.join(sorted(offer.designs))})"
        )
    elif model.estimand not in offer.estimands:
        yield (
            f"{where}.estimand: {model.estimator!r} does not give {model.estimand!r} "
            f"(it gives: {', '.join(sorted(offer.estimands))})"
        )
    varying = isinstance(spec.design, DidDesign) and spec.design.treatment is not None
    if "event_time" in offer.needs and varying:
        yield (
            f"{where}.estimator: {model.estimator!r} needs an event to count time from; "
            "design.treatment varies over time: give treated with post or reform_date"
        )
    third = isinstance(spec.design, DidDesign) and spec.design.third is not None
    by_risk = getattr(model.options, "risk", None) is not None
    if "third" in offer.needs and not by_risk and (varying or not third):
        yield (
            f"{where}.estimator: {model.estimator!r} needs design.third beside treated and "
            "reform_date or post"
        )
    instrument = getattr(spec.design, "instrument", None)
    if "instrument" in offer.needs and (instrument is None or not varying):
        yield (
            f"{where}.estimator: {model.estimator!r} needs design.treatment, the column whose "
            "effect is wanted, and design.instrument"
        )
    if "period" in offer.needs and spec.panel.time is None:
        yield f"panel.time: is missing; {where} needs it"
    variance = resolve_inference(spec, model).variance
    if offer.variances and variance not in offer.variances:
        given = ", ".join(sorted(offer.variances))
        default = "" if model.variance else ", the default here; set variance to one of those"
        yield (
            f"{where}.variance: {model.estimator!r} does not give {variance!r} "
            f"(it gives: {given}){default}"
        )


def _taken(model: Model, catalogue: Catalogue, where: str) -> Iterator[str]:
    """Yield a line for each key that the model's estimator does not take, or lacks."""
    takes = catalogue.estimators[model.estimator].options.TAKES
    for key in ("interact", "group_trends", "quantiles"):
        if getattr(model, key) and key not in takes:
            offers = catalogue.estimators.items()
            others = [name for name, one in offers if key in one.options.TAKES]
            yield (
                f"{where}.{key}: {model.estimator!r} does not take it "
                f"(these do: {', '.join(others) or 'none'})"
            )
    if "quantiles" in takes and not model.quantiles:
        yield f"{where}.quantiles: is missing; {model.estimator!r} needs it, such as [0.5, 0.9]"
    for quantile in model.quantiles:
        if not 0 < quantile < 1:
            yield f"{where}.quantiles: found {quantile}; allowed: numbers above 0 and below 1"
    for name in model.interact:
        if name in model.controls:
            yield f"{where}.controls: {name!r} stands in interact, which adds it; remove it here"


def _periods(spec: Spec, model: Model, where: str) -> Iterator[str]:
    periods = getattr(model.options, "periods", "all")
    if periods != "all" and isinstance(spec.design, RdDesign) and spec.design.reform_date is None:
        yield f"{where}.periods: {periods!r} needs design.reform_date"
