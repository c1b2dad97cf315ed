"""The wild cluster bootstrap of every coefficient, for few or unequal clusters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.checks._moments import refused_without_moments
from evaluation.checks._pre_period import pre_period
from evaluation.checks.contract import Case, ModelResult, Verdict
from evaluation.estimators.contract import Fit
from evaluation.inference.wild_bootstrap import Weights, WildBootstrap, wild_bootstrap
from evaluation.inference.wild_joint import WildJoint, wild_joint
from evaluation.spec.options import Evidence, OptionsModel

TITLE = "Wild cluster bootstrap"
ASSUMPTION = "the reference distribution fits the number and sizes of clusters"
SOURCE = (
    "MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232(2), section 5: restricted, "
    "studentised with cr1"
)
LEVEL = 0.05


class Options(OptionsModel):
    """Number of draws, seed, weights, and the value that is tested.

    Attributes
    ----------
    draws
        Draws of the clusters' weights; all patterns of signs are listed where there are no more.
    seed
        Seed of these draws.
    weights
        Distribution of a cluster's weight: ``rademacher`` has two values, ``webb`` six, for few
        clusters.
    null
        Value of the coefficient that is tested.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"moments"})

    draws: int = Field(default=999, ge=99)
    seed: int = Field(ge=0)
    weights: Weights = "rademacher"
    null: float = 0.0


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Test every coefficient of a model by the restricted wild cluster bootstrap.

    The verdict is ``rejected`` or ``not rejected`` at five per cent. Where there are no more
    patterns of signs than draws all are listed, and the message says so. Coefficients before the
    reform are tested jointly too, unless they are a fifth as many as the clusters. Refused
    without moments by cluster: no cluster or two, an estimator that is no clustered regression,
    effects across clusters too many to carry; and for a coefficient with one treated cluster,
    where the restricted bootstrap hardly ever rejects.
    """
    return tuple(
        verdict
        for name, fit in case.result.fits.items()
        for verdict in _verdicts(name, fit, case.result, options)
    )


def _verdicts(outcome: str, fit: Fit, result: ModelResult, options: Any) -> Iterator[Verdict]:
    if fit.moments is None:
        yield refused_without_moments(outcome, result)
        return
    labels = fit.moments.labels
    for term in fit.terms:
        if term.label not in labels:
            continue
        if term.std_error is None:
            yield Verdict(
                outcome, None, None, "refused",
                "one treated cluster: the restricted bootstrap would hardly ever reject; see "
                "randomisation", term=term.label,
            )  # fmt: skip
            continue
        which = labels.index(term.label)
        tests = [
            wild_bootstrap(
                fit.moments,
                which,
                options.draws,
                np.random.default_rng(options.seed),
                null=options.null,
                weights=options.weights,
                restricted=restricted,
            )
            for restricted in (True, False)
        ]
        yield _verdict(outcome, term.label, options, *tests)
    yield from _joint(outcome, fit, fit.moments, options)


def _joint(outcome: str, fit: Fit, moments: ClusterMoments, options: Any) -> Iterator[Verdict]:
    """Test all coefficients before the reform at once, where they are a few of many clusters."""
    places = [fit.terms[at].label for at in pre_period(fit, None)]
    which = [moments.labels.index(label) for label in places if label in moments.labels]
    if len(which) < 2 or len(which) * 5 >= moments.clusters:
        return
    found = wild_joint(
        moments,
        np.array(which),
        options.draws,
        np.random.default_rng(options.seed),
        weights=options.weights,
    )
    yield Verdict(
        outcome,
        found.statistic,
        found.p_value,
        "rejected" if found.p_value <= LEVEL else "not rejected",
        f"{len(which)} coefficients before the reform are zero: restricted, {_how(found, options)}",
        term="before the reform",
        details=(("restrictions", len(which)), ("draws", found.draws)),
    )


def _how(found: WildBootstrap | WildJoint, options: Any) -> str:
    if found.enumerated:
        return f"all {found.draws} patterns of signs"
    return f"{found.draws} {options.weights.capitalize()} draws"


def _verdict(
    outcome: str, term: str, options: Any, found: WildBootstrap, free: WildBootstrap
) -> Verdict:
    rejected = found.p_value <= LEVEL
    ends = [
        f"{sign}infinity" if end is None else f"{end:.4g}"
        for sign, end in (("minus ", found.conf_low), ("", found.conf_high))
    ]
    return Verdict(
        outcome,
        found.statistic,
        found.p_value,
        "rejected" if rejected else "not rejected",
        f"a value of {options.null:g}: restricted, {_how(found, options)}; "
        f"95 % interval {ends[0]} to {ends[1]}",
        term=term,
        details=(
            ("null", options.null),
            ("draws", found.draws),
            ("enumerated", found.enumerated),
            ("conf_low", found.conf_low),
            ("conf_high", found.conf_high),
            ("p_value_unrestricted", free.p_value),
        ),
    )
