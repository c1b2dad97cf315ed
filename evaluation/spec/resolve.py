"""Fill in the defaults of a model's inference."""

from __future__ import annotations

from evaluation.spec.model import Model
from evaluation.spec.spec import Spec
from evaluation.spec.variance import Inference, VarianceKind

# Columns that hold a municipality or an office in panels of registry shape.
OFFICE_COLUMNS = frozenset({"muni_h", "muni_now", "municipality", "office_id", "office"})
REGISTRY_SOURCES = frozenset({"synthetic", "registers", "sql"})


def resolve_inference(spec: Spec, model: Model) -> Inference:
    """Return the inference of ``model`` with every default of the grammar filled in.

    Without a cluster ``hc1`` (``nn`` for ``rd_robust``); with one ``cr1``, but ``cr3`` where the
    source has registry shape and the cluster is a municipality or office, never for ``rd_*``.
    Intervals use t, for ``rd_*`` the normal distribution.
    """
    at_cutoff = model.estimator.startswith("rd_")
    return Inference(
        cluster=model.clusters,
        variance=model.variance or _default_variance(spec, model, at_cutoff),
        fixed_effects=model.small_sample.fixed_effects,
        cluster_factor=model.small_sample.cluster,
        distribution=model.distribution or ("normal" if at_cutoff else "t"),
    )


def _default_variance(spec: Spec, model: Model, at_cutoff: bool) -> VarianceKind:
    if not model.clusters:
        return "nn" if model.estimator == "rd_robust" else "hc1"
    registry_shaped = spec.panel.source in REGISTRY_SOURCES
    by_office = any(name in OFFICE_COLUMNS for name in model.clusters)
    if registry_shaped and by_office and len(model.clusters) == 1 and not at_cutoff:
        return "cr3"
    return "cr1"
