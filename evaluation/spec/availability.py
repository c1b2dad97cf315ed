"""What a spec may say already and this version does not do yet."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.design import DidDesign, RdDesign, StaggeredDesign
from evaluation.spec.filters import FixedDate, Predicate
from evaluation.spec.spec import Spec

SOURCES = frozenset({"synthetic", "file", "sql"})
DESIGNS = frozenset({"did", "staggered_did", "rd"})
TOP_TABLES = ("joins", "derive", "identities", "heterogeneity", "families", "vary", "tables")
MODEL_KEYS = ("interact", "group_trends", "horizons", "quantiles")
OUTCOME_KEYS = ("lead_months", "horizons", "at_age", "difference")


def not_available(spec: Spec, catalogue: Catalogue) -> list[str]:
    """Return one line for every key whose feature is not built yet, empty where all is."""
    return [f"{where}: not available yet" for where in _keys(spec, catalogue)]


def _keys(spec: Spec, catalogue: Catalogue) -> Iterator[str]:
    if spec.panel.source not in SOURCES:
        yield f"panel.source {spec.panel.source!r}"
    if spec.design.kind not in DESIGNS:
        yield f"design.kind {spec.design.kind!r}"
    if spec.lang != "en":
        yield f"lang {spec.lang!r}"
    for table in TOP_TABLES:
        if getattr(spec, table):
            yield table
    for name, outcome in spec.outcomes.items():
        for key in OUTCOME_KEYS:
            if getattr(outcome, key) is not None:
                yield f"outcomes.{name}.{key}"
    yield from _design_keys(spec)
    for model in spec.models:
        if model.estimator in catalogue.planned_estimators:
            yield f"models.{model.id}: estimator {model.estimator!r}"
        for key in MODEL_KEYS:
            if getattr(model, key):
                yield f"models.{model.id}.{key}"
    for check in spec.checks:
        if check.kind in catalogue.planned_checks:
            yield f"checks.{check.name}: check {check.kind!r}"


def _design_keys(spec: Spec) -> Iterator[str]:
    design = spec.design
    if isinstance(design, DidDesign):
        for key in ("treated", "control", "third"):
            predicate = getattr(design, key)
            if predicate is not None and not _moment_available(predicate):
                yield f"design.{key}.assigned_at"
    if isinstance(design, StaggeredDesign) and design.cohort.column is None:
        yield "design.cohort with earliest and latest"
    if isinstance(design, RdDesign) and design.exposure is not None:
        yield "design.exposure (use donut = 1)"
    if getattr(design, "instrument", None) is not None:
        yield "design.instrument"


def _moment_available(predicate: Predicate) -> bool:
    moment = predicate.assigned_at
    return isinstance(moment, FixedDate) or moment in ("period_end", "period_start")
