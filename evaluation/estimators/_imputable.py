"""Effects to impute, what of them can be, and their averages."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import DataError
from evaluation.estimators._blocks import Blocks
from evaluation.estimators._columns import control_columns, dense_codes, effect_codes, with_effect
from evaluation.estimators._event_time import bin_width
from evaluation.estimators._imputed import Imputed, imputed, without_each
from evaluation.estimators._places import FAMILY, Average, Effect, Family, averages_of, pairs_of
from evaluation.estimators._saturated import codes_of_effects
from evaluation.estimators._starts import Started
from evaluation.estimators._units import rows_among
from evaluation.estimators._untreated import columns_of, fit_untreated
from evaluation.estimators.contract import Setting
from evaluation.inference.small_sample import is_nested


@dataclass(frozen=True)
class Ready:
    """Rows with a role, and what the numbers are made of.

    Attributes
    ----------
    start
        Rows by whether treatment has reached them.
    codes
        Position in ``effects``, -1 for none, shape ``(n,)``.
    effects
        By cohort and period.
    averages
        What is printed.
    columns
        Codes of absorbed effects by name.
    """

    start: Started
    codes: IntArray
    effects: tuple[Effect, ...]
    averages: tuple[Average, ...]
    columns: dict[str, IntArray]


def ready_for(start: Started, setting: Setting) -> Ready:
    """Return the effects to impute, their averages and the effects absorbed.

    Parameters
    ----------
    start
        Rows by whether treatment has reached them.
    setting
        The model.
    """
    data, options = start.data, setting.options
    width = bin_width(options.event_bin, data.period_months)
    chosen = start.touched & np.isfinite(start.cohort)
    moment = np.zeros(data.entries, dtype=np.int64)
    if start.dated and data.period is not None:
        moment = data.period
    codes, pairs = codes_of_effects(start.cohort, moment, chosen)
    effects = tuple(Effect(g, (t - g) // width, t) for g, t in pairs)
    wanted = {FAMILY[setting.estimand], *options.aggregate}
    families: frozenset[Family] = frozenset(wanted)
    absorbed = effect_codes(data, setting.fixed_effects)
    absorbed = with_effect(absorbed, start.group_name, dense_codes(start.group))
    absorbed = with_effect(absorbed, start.moment_name, dense_codes(start.moment))
    headline = setting.estimand if setting.estimand == "att_relative" else "att"
    return Ready(
        start,
        codes,
        effects,
        averages_of(effects, families, start.cohort_labels, data.period_labels, headline),
        absorbed,
    )


def fitted_averages(
    ready: Ready, setting: Setting, blocks: Blocks, weight: FloatArray
) -> tuple[Imputed, Ready, tuple[str, ...]]:
    """Return the averages, over what can be imputed, and a note of what cannot.

    Parameters
    ----------
    ready, setting, blocks
        The effects, the model and its clusters.
    weight
        Shape ``(n,)``.

    Raises
    ------
    DataError
        Where nothing can.
    """
    start, data = ready.start, ready.start.data
    nested = {
        name: codes
        for name, codes in ready.columns.items()
        if setting.inference.variance != "cr3" or is_nested(codes, blocks.codes)
    }
    swept = max(nested, key=lambda name: int(nested[name].max()), default=None)
    columns = columns_of(
        ready.columns,
        swept,
        control_columns(data, setting.controls),
        weight,
        data.within,
        data.outcome,
    )
    fitted = fit_untreated(columns, data.y, weight, start.untreated)
    lost = (ready.codes >= 0) & ~fitted.known
    notes: tuple[str, ...] = ()
    if lost.any():
        codes = np.where(lost, -1, ready.codes)
        kept = np.unique(codes[codes >= 0])
        averages = tuple(
            replace(one, parts=own)
            for one in ready.averages
            if len(own := np.intersect1d(one.parts, kept))
        )
        if not any(ready.effects[j].event_time >= 0 for j in kept) or not averages:
            raise DataError(
                f"outcome {data.outcome}: no treated row can be imputed, since no untreated row "
                "shares its period and its fixed effects: use fewer fixed_effects, or widen the "
                "window or the control group"
            )
        ready = replace(ready, codes=codes, averages=averages)
        notes = (
            f"{rows_among(data, lost)} treated rows cannot be imputed (no untreated row in their "
            "period, or none of their fixed effects) and are in no average",
        )
    parts = tuple(one.parts for one in ready.averages)
    return imputed(fitted, weight, ready.codes, parts), ready, notes


def averages_without_each(
    made: Imputed, ready: Ready, blocks: Blocks, weight: FloatArray, estimated: bool
) -> FloatArray:
    """Return every average without each cluster, shape ``(G, T)``.

    Parameters
    ----------
    made, ready, blocks, weight
        The averages and what they are made of.
    estimated
        Whether shares are taken anew without each cluster.

    Raises
    ------
    DataError
        Where an average does not exist without some cluster.
    """
    outcome = ready.start.data.outcome
    if estimated:
        return without_each(made, blocks.codes, outcome)
    present = np.unique(ready.codes[ready.codes >= 0])
    single = tuple(np.array([j], dtype=np.int64) for j in present)
    alone = imputed(made.fitted, weight, ready.codes, single)
    inside = np.array([np.isin(present, one.parts) for one in ready.averages]) * alone.whole
    shares = inside / inside.sum(axis=1, keepdims=True)
    found: FloatArray = without_each(alone, blocks.codes, outcome) @ shares.T
    return found


def treated_blocks(ready: Ready, blocks: Blocks) -> list[int]:
    """Return in how many blocks the rows behind every average lie."""
    return [len(np.unique(blocks.codes[np.isin(ready.codes, one.parts)])) for one in ready.averages]


def averaged_rows(ready: Ready) -> frozenset[tuple[str, str]]:
    """Return the labels of cohort and period behind averages under staggered adoption."""
    start, rows = ready.start, ready.codes >= 0
    if start.data.period is None or start.group_name != "(cohort)":
        return frozenset()
    return pairs_of(
        start.cohort[rows],
        start.data.period[rows],
        start.cohort_labels,
        start.data.period_labels,
    )
