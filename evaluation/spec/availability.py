"""What a spec may say already and this version does not do yet."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.spec import Spec

SOURCES = frozenset({"synthetic", "file", "registers", "sql"})
DESIGNS = frozenset({"did", "staggered_did", "rd", "single_unit", "none"})


def not_available(spec: Spec, catalogue: Catalogue) -> list[str]:
    """Return one line for every key whose feature is not built yet, empty where all is."""
    return [f"{where}: not available yet" for where in _keys(spec, catalogue)]


def _keys(spec: Spec, catalogue: Catalogue) -> Iterator[str]:
    if spec.panel.source not in SOURCES:
        yield f"panel.source {spec.panel.source!r}"
    if spec.design.kind not in DESIGNS:
        yield f"design.kind {spec.design.kind!r}"
    for model in spec.models:
        if model.estimator in catalogue.planned_estimators:
            yield f"models.{model.id}: estimator {model.estimator!r}"
    for check in spec.checks:
        if check.kind in catalogue.planned_checks:
            yield f"checks.{check.name}: check {check.kind!r}"
