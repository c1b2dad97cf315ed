"""The same persons under two policies, and a policy's effect in cells of the design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import data_synth
from evaluation.data.filters import satisfied
from evaluation.data.model_rows import outcome_values
from evaluation.data.prepare import Prepared, prepare
from evaluation.data.sources.synthetic import Synthetic
from evaluation.spec.model import Model
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

# The pair of policies whose difference each design's estimands compare.
POLICY_PAIRS = {
    "did": ("actual", "no_law"),
    "staggered_did": ("actual", "no_adoption"),
    "rd": ("under_duty", "released"),
}
BLOCKS = 20
CELL = ["block", "treated", "post", "event_time", "cohort", "period", "running"]


@dataclass(frozen=True)
class Coupled:
    """One sample under two policies, drawn from the same persons with the same draws.

    Attributes
    ----------
    with_policy, without
        The sample in each run.
    released_at
        Age in months at which the world's duty ends.
    """

    with_policy: Prepared
    without: Prepared
    released_at: int


def coupled_sample(spec: Spec, prepared: Prepared) -> Coupled:
    """Return the spec's own persons under both policies."""
    panel = _synthetic(spec)
    world = data_synth.load_world(panel.world)
    first, second = (
        prepared if policy == "actual" else prepare(spec, Synthetic(panel, policy))
        for policy in POLICY_PAIRS[spec.design.kind]
    )
    return Coupled(first, second, world.ages.released_at * 12)


def superpopulation(spec: Spec) -> Coupled:
    """Return a larger draw of the spec's world under both policies."""
    panel = _synthetic(spec)
    world = data_synth.load_world(panel.world)
    drawn = panel.model_copy(update={"persons": world.truth.persons, "seed": world.truth.seed})
    first, second = (
        prepare(spec, Synthetic(drawn, policy)) for policy in POLICY_PAIRS[spec.design.kind]
    )
    return Coupled(first, second, world.ages.released_at * 12)


def _synthetic(spec: Spec) -> SyntheticPanel:
    if not isinstance(spec.panel, SyntheticPanel):
        raise TypeError("only a synthetic panel has coupled runs")
    return spec.panel


def cell_sums(pair: Coupled, model: Model, outcome: Outcome) -> pd.DataFrame:
    """Return an outcome's sums in every cell of the design, under both policies.

    Parameters
    ----------
    pair
        The coupled runs.
    model
        Narrows the rows by its ``keep`` and ``periods``.
    outcome
        Whose column is summed.

    Returns
    -------
    DataFrame
        One row a cell: ``block`` (units in twenty groups, for the Monte Carlo error), the design
        roles, ``total_1`` and ``weight_1`` with the policy, ``total_0`` and ``weight_0`` without;
        0 where a run has no rows in the cell.
    """
    with_policy, without = (
        _cells(run, model, outcome).groupby(CELL, dropna=False, sort=True).sum()
        for run in (pair.with_policy, pair.without)
    )
    both = with_policy.add_suffix("_1").join(without.add_suffix("_0"), how="outer")
    return both.fillna(0.0).reset_index()


def _cells(run: Prepared, model: Model, outcome: Outcome) -> pd.DataFrame:
    panel, roles = run.panel, run.roles
    y = outcome_values(panel.frame, outcome.column, outcome)
    rows = ~np.isnan(y)
    for keep in model.keep:
        rows &= satisfied(panel.frame[keep.column], keep, f"models.{model.id}.keep")
    periods = getattr(model.options, "periods", "all")
    if periods != "all" and roles.post is not None:
        rows &= roles.post == (1.0 if periods == "post" else 0.0)
    weight = np.ones(len(y))
    if (name := panel.weight_of(outcome.column)) is not None:
        weight = panel.frame[name].to_numpy(np.float64)
    unit = panel.frame[panel.unit] if panel.unit else pd.Series(np.arange(len(y)))
    blank = np.zeros(len(y))
    table = {
        # By the unit's own value, so that both runs put it into the same block.
        "block": pd.util.hash_pandas_object(unit, index=False).to_numpy() % BLOCKS,
        "period": blank if panel.period is None else panel.period,
    }
    for name in ("treated", "post", "event_time", "cohort", "running"):
        role = getattr(roles, name)
        table[name] = blank if role is None else role
    table["total"], table["weight"] = y * weight, weight
    cells: pd.DataFrame = pd.DataFrame(table).loc[rows]
    return cells
