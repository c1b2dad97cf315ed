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
    "rd": ("one_more_month", "actual"),
}
BLOCKS = 20
CELL = ["block", "treated", "post", "event_time", "cohort", "period", "running"]


@dataclass(frozen=True)
class Coupled:
    """One sample under two policies, drawn from the same persons with the same draws."""

    with_policy: Prepared
    without: Prepared


def coupled_sample(spec: Spec, prepared: Prepared) -> Coupled:
    """Return the spec's own persons under both policies."""
    panel = _synthetic(spec)
    first, second = (
        prepared if policy == "actual" else prepare(spec, Synthetic(panel, policy))
        for policy in POLICY_PAIRS[spec.design.kind]
    )
    return Coupled(first, second)


def superpopulation(spec: Spec) -> Coupled:
    """Return a larger draw of the spec's world under both policies."""
    panel = _synthetic(spec)
    truth = data_synth.load_world(panel.world).truth
    drawn = panel.model_copy(update={"persons": truth.persons, "seed": truth.seed})
    first, second = (
        prepare(spec, Synthetic(drawn, policy)) for policy in POLICY_PAIRS[spec.design.kind]
    )
    return Coupled(first, second)


def _synthetic(spec: Spec) -> SyntheticPanel:
    if not isinstance(spec.panel, SyntheticPanel):
        raise TypeError("only a synthetic panel has coupled runs")
    return spec.panel


def cell_effects(pair: Coupled, model: Model, outcome: Outcome) -> pd.DataFrame:
    """Return the policy's effect on an outcome in every cell of the design.

    Parameters
    ----------
    pair
        The coupled runs.
    model
        Narrows the rows by its ``keep`` and ``periods``.
    outcome
        Whose column is compared.

    Returns
    -------
    DataFrame
        One row a cell: ``block`` (units in twenty groups, for the Monte Carlo error), the design
        roles, ``effect`` and ``weight`` (rows, or the size of groups).
    """
    with_policy, without = (
        _cells(run, model, outcome).groupby(CELL, dropna=False, sort=True).sum()
        for run in (pair.with_policy, pair.without)
    )
    both = with_policy.add_suffix("_1").join(without.add_suffix("_0"), how="inner").reset_index()
    effect = both["total_1"] / both["weight_1"] - both["total_0"] / both["weight_0"]
    return both[CELL].assign(effect=effect, weight=both["weight_1"])


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
    if panel.weight is not None:
        weight = panel.frame[panel.weight].to_numpy(np.float64)
    unit = panel.frame[panel.unit] if panel.unit else pd.Series(np.arange(len(y)))
    blank = np.zeros(len(y))
    table = {
        "block": pd.factorize(unit)[0] % BLOCKS,
        "period": blank if panel.period is None else panel.period,
    }
    for name in ("treated", "post", "event_time", "cohort", "running"):
        role = getattr(roles, name)
        table[name] = blank if role is None else role
    table["total"], table["weight"] = y * weight, weight
    cells: pd.DataFrame = pd.DataFrame(table).loc[rows]
    return cells
