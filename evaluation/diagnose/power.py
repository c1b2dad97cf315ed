"""Power over sample size, clusters and effect, from a measured or a stated standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluation.checks._headline import PER_UNIT, UP_TO_ONE
from evaluation.diagnose.measuring import Attainable, Law, Measurement
from evaluation.inference.detection import detection
from evaluation.inference.equivalence import equivalence_power, minimum_detectable_effect
from evaluation.inference.scaling import within_alone
from evaluation.report.point_table import PointTable, Value
from evaluation.spec.extras import SmallestEffect
from evaluation.spec.spec import Spec

COLUMNS = (
    "model", "outcome", "persons", "clusters", "std_error", "degrees_of_freedom", "maximum_bias",
    "minimum_detectable_effect", "effect", "power", "type_s", "type_m", "bound_unit", "bound_low",
    "bound_high", "bound_low_per_person", "bound_high_per_person", "attainable_effect",
    "equivalence_power", "equivalence_power_at_zero", "checked_at", "law_error", "world", "base",
    "design",
)  # fmt: skip
# Effects by default, in minimum detectable effects of the first size.
SHARES = (0.5, 1.0, 1.5)
# Sizes by default, in those of the spec.
SIZES = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Asked:
    """Sizes and effects to be shown; the spec's own, or multiples of them, where empty."""

    persons: tuple[int, ...] = ()
    clusters: tuple[int, ...] = ()
    effects: tuple[float, ...] = ()


@dataclass(frozen=True)
class Bound:
    """A smallest effect of interest on one person.

    Attributes
    ----------
    effect
        As the spec states it.
    low, high
        Per person; ``None`` where it is not known how many units a person counts.
    attainable
        The largest effect that the first stage allows; ``None`` where nothing limits it.
    """

    effect: SmallestEffect
    low: float | None
    high: float | None
    attainable: float | None

    @property
    def informative(self) -> bool:
        """Whether it can be ruled out at all."""
        if self.low is None or self.high is None or not self.low < self.high:
            return False
        return self.attainable is None or max(-self.low, self.high) <= self.attainable


def stated_laws(
    spec: Spec, std_error: float, persons: float, df: float | None, first_stage: float | None
) -> tuple[Law, ...]:
    """Return laws of an error that the user gives: variance in proportion to 1 / persons.

    Parameters
    ----------
    spec
        Every model and outcome of which has this error.
    std_error, persons, df
        The error, the size it belongs to, and its degrees of freedom.
    first_stage
        Units that the policy adds per person, where known.
    """
    scaling = within_alone(std_error, persons, persons)
    return tuple(
        Law(
            Measurement(
                model.id, name, persons, persons, 0.0, std_error, df, 0.0,
                {} if model.estimand in PER_UNIT else _stated(spec, name, first_stage),
            ),
            scaling,
        )
        for model in spec.models
        for name in spec.outcomes_of(model)
    )  # fmt: skip


def _stated(spec: Spec, outcome: str, first_stage: float | None) -> dict[str, Attainable]:
    """Return by unit what an outcome's bounds count, from a first stage that is given."""
    found: dict[str, Attainable] = {}
    for effect in spec.smallest_effect_of_interest:
        if effect.outcome == outcome:
            up_to = 1.0 if spec.outcomes[outcome].kind in UP_TO_ONE else None
            largest = up_to if effect.largest is None else effect.largest
            most: float | None = None
            if first_stage is not None and largest is not None:
                most = first_stage * largest
            found[effect.unit] = Attainable(first_stage, most)
    return found


def power_table(
    spec: Spec, laws: Sequence[Law], asked: Asked, world: str, design: str
) -> PointTable:
    """Return one row for each headline number, size and effect.

    Parameters
    ----------
    spec
        Whose bounds are tested.
    laws
        Of headline numbers.
    asked
        Sizes and effects.
    world
        Where errors were measured; empty where they were given.
    design
        Digest of the design.
    """
    rows = (
        (*row, world, int(row[2] == law.base.persons), design)
        for law in laws
        for row in _rows(spec, law, asked)
    )
    return PointTable(COLUMNS, tuple(rows))


def bound_of(spec: Spec, base: Measurement) -> Bound | None:
    """Return the first bound by which a number is judged, ``None`` where there is none."""
    own = (one for one in spec.smallest_effect_of_interest if one.outcome == base.outcome)
    effect = next((one for one in own if one.unit in base.attainable), None)
    if effect is None:
        return None
    known = base.attainable[effect.unit]
    scale = 1.0 if effect.unit == "per_person" else known.units_per_person
    low, high = effect.bounds
    if scale is None or scale <= 0:
        return Bound(effect, None, None, known.effect)
    return Bound(effect, low * scale, high * scale, known.effect)


def degrees_of_freedom(base: Measurement, clusters: float) -> float | None:
    """Return degrees of freedom with another number of clusters: as many more or fewer."""
    if base.df is None or not base.clusters:
        return base.df
    moved = base.df + (clusters - base.clusters) if base.df < base.clusters else base.df
    return max(moved, 1.0)


def _rows(spec: Spec, law: Law, asked: Asked) -> Iterator[tuple[Value, ...]]:
    base, bound = law.base, bound_of(spec, law.base)
    ends = None if bound is None else bound.effect.bounds
    own = minimum_detectable_effect(base.std_error, base.df, base.maximum_bias)
    effects = asked.effects or _effects(own, bound)
    sizes = asked.persons or tuple(round(base.persons * share) for share in SIZES)
    for persons in sizes:
        for clusters in asked.clusters or (base.clusters,):
            error = law.scaling.std_error(persons, clusters or None)
            df, bias = degrees_of_freedom(base, clusters), base.maximum_bias
            least = minimum_detectable_effect(error, df, bias)
            at_zero = _equivalence(bound, 0.0, error, df, bias)
            for effect in effects:
                found = detection(effect, error, df)
                yield (
                    base.model_id, base.outcome, persons, clusters or None, error, df, bias, least,
                    effect,
                    found.power, found.type_s if effect else None, found.type_m if effect else None,
                    None if bound is None else bound.effect.unit,
                    None if ends is None else ends[0], None if ends is None else ends[1],
                    None if bound is None else bound.low, None if bound is None else bound.high,
                    None if bound is None else bound.attainable,
                    _equivalence(bound, effect, error, df, bias), at_zero,
                    law.checked_at, law.error,
                )  # fmt: skip


def _effects(own: float, bound: Bound | None) -> tuple[float, ...]:
    """Return multiples of the detectable effect, and the bound where it is known per person."""
    shares = [own * share for share in SHARES]
    if bound is not None and bound.high is not None and bound.low is not None:
        shares.append(min(-bound.low, bound.high) or max(-bound.low, bound.high))
    return tuple(sorted(shares))


def _equivalence(
    bound: Bound | None, effect: float, error: float, df: float | None, bias: float
) -> float | None:
    """Return the power of the equivalence test; ``None`` where nothing can be ruled out."""
    if bound is None or not bound.informative or bound.low is None or bound.high is None:
        return None
    half = (bound.high - bound.low) / 2.0 - bias
    if half <= 0:
        return 0.0
    # The formula is of bounds around zero: these may lie around another middle.
    return equivalence_power(effect - (bound.high + bound.low) / 2.0, error, half, df)
