"""Hazard in discrete time: how treatment moves the monthly probability of entry or exit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators import twfe
from evaluation.estimators._binary_fit import BinaryFit, fit_binary
from evaluation.estimators._guards import require_rows
from evaluation.estimators._hazard import Hazard, hazard_of
from evaluation.estimators._placebo_checks import placebo_checks
from evaluation.estimators._term import term_of
from evaluation.estimators._treated_clusters import few_treated_clusters
from evaluation.estimators._two_way import require_four_cells
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.inference.cluster_facts import effective_clusters, largest_share
from evaluation.inference.links import LINKS, Link
from evaluation.inference.small_sample import (
    Effect,
    cluster_factor,
    count_parameters,
    is_nested,
)
from evaluation.spec.options import Column, OptionsModel
from evaluation.spec.resolve import resolve_inference
from evaluation.spec.variance import Inference

TITLE = "Discrete-time hazard"
SOURCE = (
    "Allison (1982), Sociological Methodology 13, equations 3 and 12; effect on the hazard: "
    "Puhani (2012), Economics Letters 115(1), equation 10"
)
DESIGNS = frozenset({"did", "staggered_did"})
ESTIMANDS = frozenset({"hazard_effect"})
NEEDS: frozenset[Role] = frozenset({"treated_post"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1", "cr3"})
IDENTITY = "identity"


class Options(OptionsModel):
    """The hazard's link, and the column on whose values the baseline hazard depends freely.

    Attributes
    ----------
    link
        ``identity`` is the linear probability of the event among rows at risk, whose destinations
        add up to the whole; ``logit`` and ``cloglog`` keep hazards inside 0 and 1.
    baseline
        Column of which each value has an effect of its own, most often the months since the spell
        began; none if not given.
    """

    link: Literal["identity", "logit", "cloglog"] = "identity"
    baseline: Column | None = None

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for everything that the link does not go with."""
        sloped = bool(owner.interact) or owner.group_trends is not None
        if spec.design.kind in DESIGNS:
            inference = resolve_inference(spec, owner)
            for fault in _not_with_link(self.link, spec.design, sloped, inference):
                yield f"{where}: {fault}"


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    plain = twfe.equation(_with_baseline(setting)).removeprefix("y = ").removesuffix(" + error")
    link = setting.options.link
    return f"P(event | at risk) = {plain}" if link == IDENTITY else f"{link}(P(event)) = {plain}"


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    scale = "" if setting.options.link == IDENTITY else f" on the scale of {setting.options.link}"
    return (
        (
            f"parallel hazards{scale}: without treatment both would have moved alike",
            ("pretrends", *placebo_checks(setting)),
        ),
        ("no anticipation before the first post period", ("anticipation",)),
        (
            "those at risk are alike in what the model leaves out: treatment that empties or fills "
            "the group at risk changes who is in it",
            ("composition",),
        ),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    if setting.options.link == IDENTITY:
        return twfe.cells(_with_baseline(setting))
    unit, inference = setting.unit, setting.inference
    if unit is not None and unit in (*inference.cluster, *setting.fixed_effects):
        return NotFromCells(f"a hazard with a link and {unit} needs its rows")
    # Rows of an entry must agree in everything that the link takes.
    return CellNeeds(roles=frozenset({"treated", "post"}), full=True, clusters=inference.cluster)


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the effect on the hazard of treated rows after the reform.

    With the identity link that is the coefficient of ``twfe``. With another it is the mean, over
    treated rows after the reform, of the hazard fitted less the hazard fitted without the
    coefficient on treated × post; its error follows by the delta method from the cluster-robust
    covariance of all coefficients, regressors taken as given. Levels of effects without any event,
    or with nothing but events, are left out, counted and warned of: their hazard is fitted without
    error, and no effect on it is.

    Parameters
    ----------
    data
        Rows at risk, or cells of them.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty group or side, one cluster, outcomes other than
        events; or a link is asked for together with what it does not go with.
    EstimationError
        Where the likelihood has no maximum.
    """
    if setting.options.link == IDENTITY:
        found = twfe.fit(data, _with_baseline(setting))
        return replace(found, details=(*found.details, ("", "link", IDENTITY)))
    setting = _with_baseline(setting)
    _refuse_with_link(setting)
    require_rows(data)
    require_four_cells(data)
    with one_blas_thread():
        hazard = hazard_of(data, setting)
        link = LINKS[setting.options.link]
        found_fit = fit_binary(hazard.x, hazard.y, hazard.weight, link)
        return _fit(data, setting, hazard, found_fit, link)


def _with_baseline(setting: Setting) -> Setting:
    """Return the setting with the baseline among its fixed effects."""
    baseline = setting.options.baseline
    if baseline is None or baseline in setting.fixed_effects:
        return setting
    return replace(setting, fixed_effects=(*setting.fixed_effects, baseline))


def _refuse_with_link(setting: Setting) -> None:
    sloped = bool(setting.interact) or setting.group_trends is not None
    faults = _not_with_link(setting.options.link, setting.design, sloped, setting.inference)
    for fault in faults:
        raise DataError(f"discrete_hazard: {fault}")


def _not_with_link(link: str, design: Any, sloped: bool, inference: Inference) -> Iterator[str]:
    if link == IDENTITY:
        return
    if design.kind != "did" or design.treatment is not None:
        yield (
            f"link = {link!r} goes with treated and reform_date or post; use link = 'identity' "
            "for staggered adoption and varying treatment"
        )
    if sloped:
        yield (f"link = {link!r} takes neither interact nor group_trends; use link = 'identity'")
    if inference.variance != "cr1" or len(inference.cluster) != 1:
        yield (
            f"link = {link!r} gives variance 'cr1' with one cluster, found "
            f"{inference.variance!r} with {len(inference.cluster)}; set cluster and variance = "
            "'cr1'"
        )


def _fit(data: ModelData, setting: Setting, hazard: Hazard, found: BinaryFit, link: Link) -> Fit:
    if hazard.cluster is None:
        raise DataError("discrete_hazard: a link needs a cluster column; set cluster")
    inference, places = setting.inference, len(found.theta)
    clusters = int(hazard.cluster.max()) + 1
    effects = tuple(
        Effect(int(codes.max()) + 1, is_nested(codes, hazard.cluster))
        for codes in hazard.effects.values()
    )
    indicators = sum(one.levels - 1 for one in effects) + (1 if effects else 0)
    k = count_parameters(max(places - indicators, 1), effects, inference.fixed_effects)
    used = int(hazard.rows.sum())
    factor = cluster_factor(used, k, clusters, inference.cluster_factor == "g")
    covariance = factor * found.clustered(hazard.cluster)
    effect, gradient = _effect(hazard, found, link)
    variance = float(gradient @ covariance @ gradient)
    treated = np.unique(hazard.cluster[hazard.x[:, -1] != 0])
    known = len(treated) > 1
    df = float(clusters - 1) if inference.distribution == "t" else None
    term = term_of(
        effect, float(np.sqrt(variance)) if known else None, df, estimand=setting.estimand
    )
    sizes = np.bincount(hazard.cluster, hazard.rows).astype(np.float64)
    lost = (
        f"{hazard.predicted} rows lie in levels of fixed effects without events or with nothing "
        "else, and are left out",
    )
    return Fit(
        terms=(term,),
        n_obs=used,
        n_units=data.n_units if not hazard.predicted else None,
        n_clusters=clusters,
        details=(
            ("", "link", setting.options.link),
            ("", "link_coefficient", float(found.theta[-1])),
            ("", "link_std_error", float(np.sqrt(covariance[-1, -1])) if known else None),
            ("", "parameters", k),
            ("", "clusters", clusters),
            ("", "effective_clusters", effective_clusters(sizes)),
            ("", "largest_cluster_share", largest_share(sizes)),
            ("", "small_sample_factor", factor),
            ("", "degrees_of_freedom", df),
            ("", "newton_steps", found.steps),
            ("", "rows_predicted_without_error", hazard.predicted),
            ("", "absorbed", ", ".join(hazard.dropped)),
        ),
        covariance=np.array([[variance if known else np.nan]]),
        warnings=(
            *(lost if hazard.predicted else ()),
            *few_treated_clusters(len(treated)),
        ),
    )


def _effect(hazard: Hazard, found: BinaryFit, link: Link) -> tuple[float, FloatArray]:
    """Return the mean effect on the hazard of treated rows after the reform, and its gradient."""
    has = hazard.x[:, -1] != 0
    x, index = hazard.x[has], found.index[has]
    share = hazard.weight[has] / hazard.weight[has].sum()
    without = x.copy()
    without[:, -1] = 0.0
    bare = index - found.theta[-1]
    gap = link.mean(index) - link.mean(bare)
    slopes = link.slope(index)[:, None] * x - link.slope(bare)[:, None] * without
    return float(share @ gap), np.asarray(share @ slopes)
