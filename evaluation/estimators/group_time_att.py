"""Group-time average treatment effects under staggered adoption, and their averages."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError, EstimationError, SpecError
from evaluation.estimators._adoption import Adoption, adoption
from evaluation.estimators._aggregates import Aggregate, Sizes, aggregates
from evaluation.estimators._columns import control_columns
from evaluation.estimators._covariate_group_time import covariate_group_time
from evaluation.estimators._group_time import GroupTime, contrasts_of, group_time
from evaluation.estimators._group_time_terms import (
    ESTIMAND,
    Joint,
    Labels,
    band_details,
    cohorts_in_one_block,
    gradient_of,
    joint,
    joint_jackknife,
    pretest_details,
    terms_of,
)
from evaluation.estimators._guards import cluster_codes, refuse_effects, require_rows
from evaluation.estimators._influence import matched_influence
from evaluation.estimators._leave_one_out import leave_one_out, sizes_without
from evaluation.estimators._placebo_checks import placebo_checks
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._problem_of import far_clusters
from evaluation.estimators.contract import Fit, Influence, Role, Setting
from evaluation.inference.bands import Bands
from evaluation.inference.cluster_facts import effective_clusters, largest_share
from evaluation.inference.small_sample import is_nested
from evaluation.spec.options import OptionsModel

TITLE = "Group-time average treatment effects"
SOURCE = "Callaway and Sant'Anna (2021), Journal of Econometrics 225(2), equations 2.9 and 3.3"
DESIGNS = frozenset({"staggered_did"})
ESTIMANDS = frozenset({"att", "att_gt", "att_by_event_time", "att_by_cohort", "att_by_period"})
NEEDS: frozenset[Role] = frozenset({"unit", "period", "cohort"})
VARIANCES = frozenset({"hc1", "cr1", "cr3"})

# Family of averages that an estimand names.
FAMILY = {estimand: family for family, estimand in ESTIMAND.items()}


class Options(OptionsModel):
    """Keys of group-time effects.

    Attributes
    ----------
    base_period
        Before treatment changes are from the period just before (``varying``), or from one base as
        after it (``universal``), which checks of trends need.
    aggregate
        Averages given beside the estimand: ``simple`` over all, or by event time, cohort or period.
    method
        How controls enter: ``dr`` doubly robust, which is the default with controls, ``reg``
        outcome regression, ``ipw`` inverse probability weights.
    bands
        Simultaneous bands over the event times, beside pointwise intervals; none if not given.
    """

    INFLUENCE: ClassVar[bool] = True

    base_period: Literal["varying", "universal"] = "varying"
    aggregate: tuple[Literal["simple", "event_time", "cohort", "period"], ...] = ()
    method: Literal["dr", "reg", "ipw"] | None = None
    bands: Bands | None = None


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    given = " given controls at b" if setting.controls else ""
    return (
        "ATT(g, t) = E[y_t - y_b | cohort g] - E[y_t - y_b | "
        f"{setting.design.control_group}]{given}, base b {setting.options.base_period}"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    given = " given controls" if setting.controls else ""
    return (
        (
            f"parallel trends{given} between each cohort and the "
            f"{setting.design.control_group} units",
            ("pretrends", "trend_sensitivity", *placebo_checks(setting)),
        ),
        (
            f"no anticipation beyond {setting.design.anticipation} periods before treatment",
            ("anticipation",),
        ),
        ("treatment, once begun, lasts", ()),
        ("treatment of one cohort does not reach others", ("placebo_group",)),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be.

    Influence functions are summed within clusters, so cells by cluster suffice; those of single
    units, and regressions of each unit's change on controls, need the rows.
    """
    clusters, unit = setting.inference.cluster, setting.unit
    if setting.controls:
        return NotFromCells("with controls each unit's change is regressed on its own values")
    if not clusters:
        return NotFromCells("without a cluster every unit has an influence function of its own")
    if unit in clusters:
        return NotFromCells(f"clustered by {unit}, each has an influence function of its own")
    if setting.design.unbalanced == "drop_incomplete" and unit is not None:
        return NotFromCells("unbalanced = 'drop_incomplete' looks at every unit's history")
    return CellNeeds(
        roles=frozenset({"cohort", "period"}),
        units=unit is not None,
        clusters=clusters,
        whole_units=unit is not None and setting.inference.variance == "cr3",
    )


def _blocks(ready: Adoption, setting: Setting) -> tuple[IntArray, float, int | None, str]:
    """Return each row's block, the small-sample factor, the number of clusters and their name."""
    data = ready.data
    clusters = cluster_codes(data, setting.inference)
    if len(clusters) > 1:
        raise DataError("group_time_att: takes one cluster column: name the coarser one")
    if far_clusters(data, setting.inference.cluster) or (data.from_cells and not clusters):
        raise NeedsRows("influences are summed by unit or by a cluster that no cell is made of")
    if not clusters:
        if data.unit is None:
            raise DataError(
                "group_time_att: rows without a unit need a cluster: set panel.unit, or cluster in "
                "the model"
            )
        return data.unit, 1.0, None, "unit"
    block = clusters[0]
    count = int(block.max()) + 1
    if data.from_cells:
        # No cluster splits a unit, so that as many of both are the same.
        coarser = data.units != count
    else:
        coarser = data.unit is None or not is_nested(block, data.unit)
    factor = count / (count - 1) if coarser and setting.inference.cluster_factor == "g" else 1.0
    return block, factor, count, setting.inference.cluster[0]


def _size_moments(ready: Adoption, weight: FloatArray, block: IntArray) -> tuple[Sizes, FloatArray]:
    """Return cohort sizes and what each block adds to them, shape ``(blocks, cohorts)``."""
    share: FloatArray = weight
    if ready.data.unit_shares is not None:
        if ready.data.dropped:
            raise NeedsRows("rows that lack a value change how many rows of each unit count")
        share = ready.data.unit_shares
    elif ready.data.from_cells and ready.data.units is not None:
        raise NeedsRows("cells do not hold the shares of units that cohort sizes are made of")
    elif ready.data.unit is not None:
        # A unit counts once, with its mean weight, however many of its periods are seen.
        share = weight / np.bincount(ready.data.unit)[ready.data.unit]
    added: FloatArray = np.column_stack(
        [
            np.bincount(block, share * (ready.cohort == g), int(block.max()) + 1).astype(float)
            for g in ready.cohorts
        ]
    )
    return Sizes(ready.cohorts, added.sum(axis=0)), added


def _effects(
    ready: Adoption, setting: Setting, block: IntArray, weight: FloatArray
) -> tuple[GroupTime, tuple[str, ...]]:
    """Return the group-time effects, and a warning where controls cost some of them."""
    design, options = setting.design, setting.options
    wanted = contrasts_of(ready, design.anticipation, design.control_group, options.base_period)
    if not setting.controls:
        if options.method is not None:
            raise SpecError("group_time_att: method goes with controls: name controls or drop it")
        return group_time(ready, wanted, weight, block), ()
    found = covariate_group_time(
        ready,
        control_columns(ready.data, setting.controls),
        design.anticipation,
        design.control_group,
        options.base_period,
        options.method or "dr",
        block,
    )
    lost = len(wanted) - len(found.contrasts)
    if not any(one.period >= one.cohort for one in found.contrasts):
        raise EstimationError(
            f"outcome {ready.data.outcome}: none of {len(wanted)} group-time effects can be "
            "estimated given the controls: use fewer controls or method = 'reg'"
        )
    if lost <= 0:
        return found, ()
    note = f"{lost} of {len(wanted)} group-time effects cannot be estimated given the controls"
    return found, (note,)


def _blind(cohorts: frozenset[int], labels: Labels) -> tuple[str, ...]:
    """Return a warning that names the cohorts whose own variation nobody sees."""
    if not cohorts:
        return ()
    named = ", ".join(labels.cohort(one) for one in sorted(cohorts))
    return (
        f"cohort {named} lies in one cluster: the error of its effects is unknown, and averages "
        "that it enters understate theirs",
    )


def _joint(
    ready: Adoption,
    setting: Setting,
    effects: GroupTime,
    averages: tuple[Aggregate, ...],
    added: FloatArray,
    weight: FloatArray,
    block: IntArray,
    factor: float,
) -> tuple[Joint, float]:
    """Return every number with its covariance, and the factor in it."""
    if setting.inference.variance != "cr3":
        stacked = np.column_stack([effects.influence, added])
        return joint(effects, averages, factor * (stacked.T @ stacked), added.shape[1]), factor
    if setting.controls:
        raise DataError("group_time_att: cr3 with controls is not available: set variance = 'cr1'")
    if not setting.inference.cluster:
        raise DataError("group_time_att: cr3 needs a cluster: name one, or set variance = 'hc1'")
    left = leave_one_out(ready, effects.contrasts, weight, block)
    mass = sizes_without(ready, weight, block)
    return joint_jackknife(effects, averages, left, mass), (len(left) - 1) / len(left)


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate every ATT(g, t) and the averages asked for.

    Variances are sums over units, or over clusters, of squared influence functions, with no
    small-sample factor where the block is the unit; with clusters coarser than units the factor
    is G / (G - 1) unless ``cluster_factor`` is ``none``. Cohort sizes are estimated and enter the
    variance of averages. ``cr3`` is the delete-one-cluster jackknife of every number, averages
    and cohort sizes taken anew without each cluster. The covariance is joint over all terms.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: no control or cohort left, an unbalanced panel without a
        rule, one cluster, no variation.
    SpecError
        Where fixed effects are named, or a method without controls.
    EstimationError
        Where controls leave no effect to estimate.
    NeedsRows
        Where cells do not do: controls, blocks that are units, shares that were not counted.
    """
    refuse_effects(setting.fixed_effects, "group_time_att")
    require_rows(data)
    if data.from_cells and setting.controls:
        raise NeedsRows("group-time effects given controls are fitted to the rows of units")
    ready = adoption(data, setting.design)
    require_rows(ready.data)
    block, factor, clusters, name = _blocks(ready, setting)
    count = int(block.max()) + 1
    weight = np.ones(ready.data.entries) if ready.data.weight is None else ready.data.weight
    with one_blas_thread():
        effects, notes = _effects(ready, setting, block, weight)
        sizes, added = _size_moments(ready, weight, block)
        implied = {FAMILY.get(setting.estimand, "")}
        families = tuple(f for f in ESTIMAND if f in implied | set(setting.options.aggregate))
        averages = aggregates(effects.contrasts, effects.estimates, sizes, families)
        plain = factor
        every, factor = _joint(ready, setting, effects, averages, added, weight, block, factor)
        blind = cohorts_in_one_block(ready, block) if clusters is not None else frozenset()
        found = every.without_error(blind)
    used = float(count - 1) if setting.inference.distribution == "t" else None
    labels = Labels(data.cohort_labels, data.period_labels)
    mass = np.bincount(block, weight).astype(np.float64)
    details: list[tuple[str, str, DetailValue]] = [
        *ready.details,
        ("", "control_group", setting.design.control_group),
        ("", "anticipation", setting.design.anticipation),
        ("", "base_period", setting.options.base_period),
        ("", "form", "panel" if ready.balanced else "repeated_cross_section"),
        ("", "summed_within", name),
        ("", "blocks", count),
        ("", "small_sample_factor", factor),
        ("", "degrees_of_freedom", used),
        ("", "effective_clusters", effective_clusters(mass)),
        ("", "largest_cluster_share", largest_share(mass)),
        *pretest_details(found, setting.design.anticipation, effective_clusters(mass)),
        *band_details(found, labels, setting.options.bands, used),
    ]
    return Fit(
        terms=terms_of(found, labels, used),
        n_obs=ready.data.n_obs,
        n_units=ready.data.n_units,
        n_clusters=clusters,
        details=tuple(details),
        covariance=found.covariance,
        warnings=(*ready.warnings, *notes, *_blind(blind, labels)),
        influence=_influence(ready, setting, effects, averages, added, plain),
    )


def _influence(
    ready: Adoption,
    setting: Setting,
    effects: GroupTime,
    averages: tuple[Aggregate, ...],
    added: FloatArray,
    factor: float,
) -> Influence | None:
    """Return every block's influence on the terms, where a check asks for it."""
    column = (*setting.inference.cluster, setting.unit or "")[0]
    stacked = np.column_stack([effects.influence, added])
    values = stacked @ gradient_of(effects, averages, added.shape[1]).T
    return matched_influence(values, ready.data, column, factor, setting)
