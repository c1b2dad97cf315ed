"""Levels of absorbed effects, and whether they lie inside a cluster."""

from __future__ import annotations

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import IntArray
from evaluation.data.moments import rows_alone
from evaluation.estimators._problem import Problem
from evaluation.estimators._slopes import slope_parameters
from evaluation.inference.small_sample import Effect, is_nested
from evaluation.spec.variance import FixedEffectCorrection


def counted_effects(
    problem: Problem,
    rule: FixedEffectCorrection,
    counts: dict[str, int] | None = None,
) -> tuple[Effect, ...]:
    """Return levels and nesting of every absorbed effect.

    Parameters
    ----------
    problem
        The regression.
    rule
        Which effects count; nesting in a cluster of a second pass is looked at only for
        ``nested``.
    counts
        Number of clusters by name, where a second pass made some.

    Raises
    ------
    NeedsRows
        Where cells do not show whether an effect is nested.
    """
    found = []
    for name, codes in problem.effects.items():
        levels = problem.levels.get(name, int(codes.max()) + 1)
        nested = any(is_nested(codes, cluster) for cluster in problem.clusters)
        if not nested and rule == "nested":
            nested = any(
                _nested_far(problem, name, levels, far, (counts or {}).get(far))
                for far in problem.far
            )
        found.append(Effect(levels, nested))
    return tuple(found)


def parameters_of_slopes(problem: Problem, rule: FixedEffectCorrection) -> int:
    """Return how many parameters the absorbed slopes of a regression add to k."""
    effects = tuple(problem.effects.values())
    return slope_parameters(problem.slopes, effects, problem.clusters, problem.weight, rule)


def _nested_far(
    problem: Problem,
    effect: str,
    levels: int,
    cluster: str,
    count: int | None,
) -> bool:
    """Say whether every level of an effect lies inside one value of a cluster not in the cells."""
    if effect == cluster:
        return True
    # Every cluster holds a row, so more clusters than levels cannot each hold whole levels.
    if count is not None and count > levels:
        return False
    if count is None or problem.second_pass is None or effect.startswith("("):
        raise NeedsRows(f"cells do not show whether effect {effect} is nested in {cluster}")
    parts = rows_alone(len(problem.y))
    return problem.second_pass.meat((effect, cluster), parts).clusters == levels


def split_effects(problem: Problem) -> tuple[IntArray | None, list[IntArray]]:
    """Return the effect to sweep out within the first cluster, and those to carry as indicators.

    Parameters
    ----------
    problem
        A regression with one cluster.
    """
    cluster = problem.clusters[0]
    nested = [c for c in problem.effects.values() if is_nested(c, cluster)]
    swept = max(nested, key=lambda codes: int(codes.max()), default=None)
    carried = [
        codes
        for codes in problem.effects.values()
        if codes is not swept and (swept is None or not is_nested(swept, codes))
    ]
    return swept, carried
