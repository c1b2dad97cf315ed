"""When an effect of the unit can be absorbed by types of units, so that cells suffice."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.cells.relation import ColumnFacts
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec
from evaluation.spec.variance import Inference


def types_possible(
    spec: Spec,
    model: Model,
    inference: Inference,
    columns: Mapping[str, ColumnFacts] | None = None,
) -> str | None:
    """Return why a model that absorbs unit effects cannot run from types, ``None`` if it can.

    Units of one type share their whole history of moments and regressors; only the outcome parts
    them. So least squares with an effect for every unit has the same cross-products as with one
    for every type, provided that all regressors stand in the key, controls included.

    Parameters
    ----------
    spec, model
        The spec, and a model of it that names ``panel.unit`` among its fixed effects.
    inference
        Its variance and clusters, resolved.
    columns
        What is known of the panel's columns; ``None`` before it is opened.
    """
    return next(
        (
            reason
            for reason in (
                _panel(spec),
                _controls(model, columns or {}),
                _clusters(spec, inference),
            )
            if reason
        ),
        None,
    )


def _panel(spec: Spec) -> str | None:
    panel = spec.panel
    if panel.unit is None or panel.time is None:
        return "unit effects need panel.unit and panel.time"
    if panel.weight is not None:
        return "unit effects with weights need the rows: weights may part units of one type"
    if panel.period not in (None, "month"):
        return f"unit effects need the source's own months, and the panel is made by {panel.period}"
    return None


def _controls(model: Model, columns: Mapping[str, ColumnFacts]) -> str | None:
    for name in model.controls:
        facts = columns.get(name)
        if facts is not None and facts.kind == "float" and not facts.whole:
            return (
                f"unit effects need controls of few whole values, and {name!r} holds other values"
            )
    return None


def _clusters(spec: Spec, inference: Inference) -> str | None:
    if spec.panel.unit in inference.cluster and inference.variance == "cr3":
        return "the jackknife deletes one cluster at a time, and every unit is one"
    return None
