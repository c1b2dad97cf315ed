"""Breaks of registers that a spec crosses, judged by what its delivery covers."""

from __future__ import annotations

from evaluation.data.registers.mapping import Delivery
from evaluation.errors import SpecError
from evaluation.spec.breaks import months_read, unbridged
from evaluation.spec.spec import Spec


def refuse_breaks(spec: Spec, delivery: Delivery) -> None:
    """Raise where an outcome or the treatment lies across a break that no bridge acknowledges.

    Raises
    ------
    SpecError
        With a line for each: column, month, what changed, and the bridge.
    """
    months = (one.year * 12 + one.month - 1 for one in (delivery.first, delivery.last))
    lines = tuple(dict.fromkeys(unbridged(spec, *months_read(spec, *months))))
    if lines:
        raise SpecError(*(f"{spec.id}: {line}" for line in lines))
