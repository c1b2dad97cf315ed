"""Rules on bandwidth and donut that the text of a spec alone shows."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.spec.design import RdDesign
from evaluation.spec.spec import Spec


def cutoff_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every model whose bandwidth lies inside the donut."""
    design = spec.design
    if not isinstance(design, RdDesign) or design.donut is None:
        return
    for model in spec.models:
        bandwidth = getattr(model.options, "bandwidth", None)
        fixed = getattr(bandwidth, "fixed", None)
        if fixed is not None and fixed <= design.donut:
            yield (
                f"models.{model.id}.bandwidth: found fixed = {fixed:g}; allowed: more than "
                f"design.donut, {design.donut}, within which all rows are left out"
            )
