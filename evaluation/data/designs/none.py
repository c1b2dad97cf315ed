"""No design: nobody is compared with anybody, and rows lie before or after a date at most."""

from __future__ import annotations

import numpy as np

from evaluation.data.panel import Panel
from evaluation.data.roles import Roles
from evaluation.errors import DataError
from evaluation.spec.design import NoDesign
from evaluation.spec.spec import Spec


def assign(panel: Panel, spec: Spec) -> Roles:
    """Return whether a row lies after the reform, where the design dates one, and nothing else.

    Raises
    ------
    DataError
        Where the reform is a date and the panel's time is none.
    """
    design = spec.design
    if not isinstance(design, NoDesign):
        raise TypeError("no design is assigned to specs of kind none")
    post = None
    if design.reform_date is not None and panel.period is not None:
        if panel.calendar.unit == "integer":
            raise DataError(
                "design.reform_date: is a date, but the panel's time is whole numbers; leave it "
                "out, or see panel.time_unit"
            )
        post = (panel.period >= panel.calendar.of_date(design.reform_date)).astype(np.float64)
    return Roles(np.ones(len(panel.frame), dtype=bool), "", post=post)
