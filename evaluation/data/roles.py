"""Assign roles: who is treated, when it begins, which cohort, how far from the cutoff."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.data.adoption_dates import DatedUnits
from evaluation.data.panel import Panel
from evaluation.spec.spec import Spec

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Roles:
    """Design roles of every row of a sample, each of shape ``(n,)`` or ``None``.

    The meaning of each array is that of the same name in ``ModelData``; ``rows`` marks the rows
    that have a role at all, ``step`` says why the others leave. ``dated`` counts units by the
    dates between which they adopt, those included whose dates keep them out of the sample.
    """

    rows: NDArray[np.bool_]
    step: str
    treated: FloatArray | None = None
    post: FloatArray | None = None
    dose: FloatArray | None = None
    event_time: FloatArray | None = None
    cohort: FloatArray | None = None
    cohort_labels: dict[int, str] = field(default_factory=dict)
    running: FloatArray | None = None
    treatment: FloatArray | None = None
    share_above: FloatArray | None = None
    third: FloatArray | None = None
    instrument: FloatArray | None = None
    instrument_times: FloatArray | None = None
    dated: tuple[DatedUnits, ...] = ()

    def only(self, rows: NDArray[np.bool_]) -> Roles:
        """Return the roles of some of the rows."""
        arrays: dict[str, Any] = {
            one.name: value[rows]
            for one in fields(self)
            if isinstance(value := getattr(self, one.name), np.ndarray)
        }
        return replace(self, **arrays)


def assign_roles(panel: Panel, spec: Spec) -> Roles:
    """Return the roles that the design gives to the rows of a sample.

    Raises
    ------
    DataError
        Where a side or a period of the design has no rows.
    """
    module = importlib.import_module(f"evaluation.data.designs.{spec.design.kind}")
    roles: Roles = module.assign(panel, spec)
    return roles
