"""How many equal clusters the unequal ones are worth, and what errors they allow."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.grams import Grams
from evaluation.cells.threads import one_blas_thread
from evaluation.checks._numbers import NO_NUMBER, Number, number_of
from evaluation.checks._pre_period import detail_of
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.inference.cluster_facts import effective_clusters, largest_share
from evaluation.inference.jackknife import jackknife
from evaluation.spec.options import Evidence, OptionsModel

TITLE = "Effective clusters"
ASSUMPTION = "the number and sizes of clusters allow clustered errors"
SOURCE = (
    "Carter, Schnepel and Steigerwald (2017), Review of Economics and Statistics 99(4), under "
    "independent errors; MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232(2)"
)


class Options(OptionsModel):
    """What counts as few clusters.

    Attributes
    ----------
    few
        Effective clusters below which there are few.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"moments"})

    few: float = Field(default=30.0, gt=1)


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Count effective clusters by rows and by leverage, with the errors of CR1 and CR3.

    The fewer of the two counts decides between ``few`` and ``not few``. With few, errors by CR1 are
    too small: use CR3 with t(G - 1), and the restricted wild bootstrap beside it. Leverage is that
    of the coefficient in a clustered regression; other fits are judged by rows alone.

    Raises
    ------
    DataError
        Where the model has no cluster, or two.
    """
    if len(case.result.setting.inference.cluster) != 1:
        raise DataError("effective_clusters: counts clusters of one column: name one in the model")
    variance = case.result.setting.inference.variance
    return tuple(
        _verdict(name, fit, variance, options.few) for name, fit in case.result.fits.items()
    )


def _verdict(outcome: str, fit: Fit, variance: str, few: float) -> Verdict:
    number, by_rows = number_of(fit), detail_of(fit, "effective_clusters")
    if number is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    if not isinstance(by_rows, int | float):
        return Verdict(outcome, None, None, "refused", "the model counts no clusters")
    counts, details = [float(by_rows)], [("effective_clusters_by_rows", float(by_rows))]
    place, words = fit.terms[0].label, ""
    if fit.moments is not None and place in fit.moments.labels:
        facts = _facts(fit.moments, fit.moments.labels.index(place))
        counts.append(facts["effective_clusters_by_leverage"])
        details += list(facts.items())
        words = _errors(facts)
    share = detail_of(fit, "largest_cluster_share")
    least = min(counts)
    return Verdict(
        outcome,
        least,
        None,
        "few" if least < few else "not few",
        f"{number.n_clusters} clusters are worth {' by rows, '.join(f'{c:.3g}' for c in counts)}"
        f"{' by leverage' if len(counts) > 1 else ' by rows'}{_largest(share)}{words}"
        f"{_advice(number, variance) if least < few else ''}",
        details=(
            ("clusters", number.n_clusters),
            ("largest_cluster_share", share),
            *details,
        ),
    )


def _facts(moments: ClusterMoments, which: int) -> dict[str, float]:
    """Return counts by leverage of one coefficient, and its errors by CR1 and CR3."""
    with one_blas_thread():
        bread = moments.bread()
        direction = bread[:, moments.interest[which]]
        leverage = np.einsum("i,gij,j->g", direction, moments.gram, direction)
        scores = moments.scores() @ direction
        found = {
            "effective_clusters_by_leverage": effective_clusters(leverage),
            "largest_leverage": largest_share(leverage),
            "std_error_cr1": float(np.sqrt(moments.factor * (scores @ scores))),
        }
        try:
            columns = np.arange(moments.gram.shape[1])
            deleted = jackknife(
                Grams(moments.gram, moments.moment), moments.beta, columns, moments.interest
            )
        except DataError:
            return found  # one cluster alone identifies the coefficient: there is no CR3
    return {**found, "std_error_cr3": float(np.sqrt(deleted.covariance[which, which]))}


def _errors(facts: dict[str, float]) -> str:
    cr3 = facts.get("std_error_cr3")
    shown = "CR3 does not exist" if cr3 is None else f"CR3 {cr3:.4g}"
    return f"; standard error by CR1 {facts['std_error_cr1']:.4g}, {shown}"


def _largest(share: object) -> str:
    return f"; the largest has {share:.0%} of the rows" if isinstance(share, float) else ""


def _advice(number: Number, variance: str) -> str:
    degrees = "" if number.n_clusters is None else f" with t({number.n_clusters - 1})"
    if variance == "cr3":
        return "; beside cr3 see the check wild_bootstrap"
    return f"; set variance = 'cr3'{degrees}, and see the check wild_bootstrap"
