"""What keeps outcomes at another month, and those of an identity, from cells."""

from __future__ import annotations

from evaluation.cells.needs import CellNeeds
from evaluation.spec.design import RdDesign
from evaluation.spec.identities import companions
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec


def dated_reason(spec: Spec, model: Model, needs: CellNeeds) -> str | None:
    """Return why a model cannot run from cells for when its outcomes are measured, and with what.

    Pre rows whose outcome date is no pre date leave: cells must tell which those are, and how many
    units they leave.

    Parameters
    ----------
    spec, model
        The spec and one of its models.
    needs
        What its estimator says.
    """
    if (needs.pairs or needs.unit_effect or needs.units) and any(
        companions(spec, spec.outcomes[name]) for name in spec.outcomes_of(model)
    ):
        return "outcomes of an identity share their rows, and cells by unit are those of one"
    moved = {name: spec.outcomes[name].dated for name in spec.outcomes_of(model)}
    aged = [name for name, one in moved.items() if one.at_age is not None]
    if aged:
        return f"the date of outcome {aged[0]!r} differs from row to row"
    led = [name for name, one in moved.items() if one.lead]
    if not led:
        return None
    if spec.design.kind == "staggered_did":
        return f"which pre rows outcome {led[0]!r} leaves out differs by cohort"
    if needs.unit_effect or needs.units:
        return f"which rows of a unit count differs by outcome, as {led[0]!r} lies at a lead"
    periods = getattr(model.options, "periods", "all")
    if isinstance(spec.design, RdDesign) and spec.design.reform_date and periods != "post":
        return f"which rows before the reform outcome {led[0]!r} leaves out hangs on their month"
    return None
