"""The refusal that checks of resampled clusters share."""

from __future__ import annotations

from evaluation.checks.contract import ModelResult, Verdict


def refused_without_moments(outcome: str, result: ModelResult) -> Verdict:
    """Return the refusal of a fit that has no moments by cluster, with the reason."""
    return Verdict(outcome, None, None, "refused", _reason(result))


def _reason(result: ModelResult) -> str:
    clusters = len(result.setting.inference.cluster)
    if clusters != 1:
        return (
            f"the bootstrap draws clusters of one column, and the model names {clusters or 'none'}"
        )
    return (
        f"{result.model.estimator} gives no moments by cluster here: the bootstrap needs a "
        "regression whose effects are nested in the clusters or few enough to carry"
    )
