"""Standard errors of a spec's headline numbers, from draws of a world at one size or several."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.checks.judging import Judgement
from evaluation.checks.smallest_effect import Headline, headline_of
from evaluation.diagnose.replicate import Drawn, drawn, seed_of, world_of
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.inference.scaling import (
    PARAMETRIC,
    Scaling,
    parted,
    rate_of,
    relative_noise,
    within_alone,
)
from evaluation.spec.spec import Spec

Place = tuple[str, str]  # model and outcome
# The smaller of the two sizes by which parts of a variance are told apart.
SMALLER = 4
# Clusters of this many persons or fewer are persons themselves, or nearly.
OWN = 3.0


@dataclass(frozen=True, slots=True)
class Attainable:
    """What a unit counts, means over draws: units per person, and the effect they can make."""

    units_per_person: float | None
    effect: float | None


@dataclass(frozen=True)
class Measurement:
    """The error of one headline number at one size.

    Attributes
    ----------
    model_id, outcome
        Whose.
    persons, units, clusters
        Of the world, and in the fit.
    std_error
        Root of the mean variance over draws, of the pair on which inference stands.
    df
        Degrees of freedom; ``None`` means normal.
    maximum_bias
        Largest bias that the interval counts, mean over draws.
    attainable
        By unit of a smallest effect of interest.
    variances
        One a draw.
    """

    model_id: str
    outcome: str
    persons: float
    units: float
    clusters: float
    std_error: float
    df: float | None
    maximum_bias: float
    attainable: Mapping[str, Attainable]
    variances: tuple[float, ...] = ()


@dataclass(frozen=True)
class Law:
    """How the error of a number scales, and how well that law predicts another size.

    Attributes
    ----------
    base
        What it goes from.
    scaling
        The law.
    checked_at, simulated
        Persons and error of the re-simulation by which it is checked; ``None`` where none was made.
    noise
        Relative Monte Carlo error of each simulated standard error; ``None`` where it is not known.
    """

    base: Measurement
    scaling: Scaling
    checked_at: float | None = None
    simulated: float | None = None
    noise: float | None = None

    @property
    def error(self) -> float | None:
        """Relative error of the law's standard error at that size."""
        if self.checked_at is None or not self.simulated:
            return None
        return self.scaling.std_error(self.checked_at) / self.simulated - 1.0


def laws_of(
    spec: Spec, draws: int, check: int | None, announce: Callable[[str], None]
) -> tuple[Law, ...]:
    """Return the law of every headline number of a spec that ``in_world`` gave.

    Parameters
    ----------
    spec
        In its world, at the size from which laws go.
    draws
        At each size.
    check
        Persons of the re-simulation; half of the spec's own by default.
    announce
        Told of every draw.

    Raises
    ------
    DataError
        Where no draw gives a headline number.
    """
    persons = int(getattr(spec.panel, "persons", 0))
    base = measured(spec, persons, draws, announce)
    if not base:
        raise DataError(f"{spec.id}: no model gives a single number with a standard error")
    other = max(check or persons // 2, 1)
    again = measured(spec, other, draws, announce)
    smaller: dict[Place, Measurement] = {}
    if any(_shares_clusters(one) for one in base.values()):
        smaller = measured(spec, max(persons // SMALLER, 1), draws, announce)
    laws = []
    for place, one in base.items():
        found = again.get(place)
        sizes = [one, *(size[place] for size in (again, smaller) if place in size)]
        noise = relative_noise([size.variances for size in sizes])
        scaling = _scaling(spec, one, smaller.get(place), noise)
        simulated = None if found is None else found.std_error
        # An error moves half as much as its square.
        laws.append(Law(one, scaling, other, simulated, None if noise != noise else noise / 2.0))
    return tuple(laws)


def measured(
    spec: Spec, persons: int, draws: int, announce: Callable[[str], None]
) -> dict[Place, Measurement]:
    """Return errors by model and outcome at one size, those of draws that gave a number."""
    sized = spec.model_copy(update={"panel": spec.panel.model_copy(update={"persons": persons})})
    found: list[Drawn] = []
    for at in range(1, draws + 1):
        announce(f"{world_of(spec)}: {persons:,} persons, draw {at} of {draws}")
        found.append(drawn(sized, seed_of(f"{spec.id}/{persons}", world_of(spec), at)))
    refused = [one.refused for one in found if one.refused]
    if len(refused) == draws:
        raise DataError(f"{spec.id}: in the world {world_of(spec)!r}: {refused[0]}")
    fits: dict[Place, list[tuple[Fit, Headline]]] = {}
    for one in found:
        for result in one.results:
            for name, fit in result.fits.items():
                headline = headline_of(fit)
                if headline is not None:
                    fits.setdefault((result.model.id, name), []).append((fit, headline))
    bounds = [bound for one in found for bound in one.bounds]
    return {place: _over_draws(place, persons, own, bounds) for place, own in fits.items()}


def _over_draws(
    place: Place,
    persons: int,
    own: Sequence[tuple[Fit, Headline]],
    bounds: Sequence[Judgement],
) -> Measurement:
    model, outcome = place
    units = [fit.n_units or fit.n_obs for fit, _ in own]
    clusters = [fit.n_clusters or fit.n_units or fit.n_obs for fit, _ in own]
    judged = [one for one in bounds if (one.model_id, one.verdict.outcome) == place]
    by_unit = {
        unit: [dict(one.verdict.details) for one in judged if one.verdict.term == unit]
        for unit in dict.fromkeys(one.verdict.term for one in judged)
    }
    return Measurement(
        model,
        outcome,
        persons,
        sum(units) / len(own),
        sum(clusters) / len(own),
        math.sqrt(sum(one.std_error**2 for _, one in own) / len(own)),
        own[0][1].df,
        sum(one.maximum_bias for _, one in own) / len(own),
        {
            unit: Attainable(_mean(some, "units_per_person"), _mean(some, "attainable_effect"))
            for unit, some in by_unit.items()
        },
        tuple(one.std_error**2 for _, one in own),
    )


def _mean(details: Sequence[Mapping[str, object]], name: str) -> float | None:
    found = [one.get(name) for one in details]
    known = [float(value) for value in found if isinstance(value, int | float)]
    return sum(known) / len(known) if known else None


def _shares_clusters(one: Measurement) -> bool:
    return one.units > OWN * one.clusters


def _scaling(spec: Spec, one: Measurement, smaller: Measurement | None, noise: float) -> Scaling:
    if smaller is not None and _shares_clusters(one):
        return parted(
            one.std_error, one.persons, smaller.std_error, smaller.persons, one.clusters, noise
        )
    options = spec.model(one.model_id).options
    rule = getattr(getattr(options, "bandwidth", None), "rule", None)
    order = getattr(options, "order", 1)
    chosen = rate_of(order, narrower=str(rule).startswith("cer"))
    rate = PARAMETRIC if rule is None else chosen
    return within_alone(one.std_error, one.persons, one.clusters, rate)
