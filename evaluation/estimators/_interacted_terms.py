"""Terms of a regression whose effect differs with columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._interacted import Interacted
from evaluation.estimators._problem import Solved, require_positive
from evaluation.estimators._term import term_of
from evaluation.estimators.contract import Term, label_of


@dataclass(frozen=True)
class InteractedTerms:
    """Terms with their covariance, shape ``(terms, terms)``, and what makes them of coefficients.

    ``weights`` has shape ``(terms, coefficients)``.
    """

    terms: tuple[Term, ...]
    covariance: FloatArray
    weights: FloatArray


def product_labels(estimand: str, parts: Interacted) -> tuple[str, ...]:
    """Return the labels of the products, in order, as their terms give them."""
    return tuple(label_of(estimand, _product(name)) for name in parts.columns)


def interacted_terms(
    solved: Solved, parts: Interacted, estimand: str, df: float | None, known: bool
) -> InteractedTerms:
    """Return the mean effect, each product, and each effect where its column is zero.

    Parameters
    ----------
    solved
        Coefficients: the effect at the columns' means over treated rows, then the products.
    parts
        The interacted columns.
    estimand, df
        For the terms.
    known
        Whether there are standard errors at all.
    """
    count = len(solved.estimates)
    rows, names = [np.eye(count)[0]], [""]
    for at, (name, mean) in enumerate(parts.means.items(), start=1):
        rows.append(np.eye(count)[at])
        names.append(_product(name))
        rows.append(np.eye(count)[0] - mean * np.eye(count)[at])
        names.append(f"at {name} = 0")
    weights = np.array(rows)
    estimates = weights @ solved.estimates
    covariance = weights @ solved.covariance @ weights.T
    if known:
        require_positive(covariance, np.zeros(len(names)), estimand)
    else:
        covariance = np.zeros_like(covariance)
    terms = tuple(
        term_of(
            float(estimate),
            float(np.sqrt(variance)) if known else None,
            df,
            estimand=estimand,
            term=name,
        )
        for estimate, variance, name in zip(estimates, np.diag(covariance), names, strict=True)
    )
    return InteractedTerms(terms, covariance, weights)


def _product(name: str) -> str:
    return f"× {name}"
