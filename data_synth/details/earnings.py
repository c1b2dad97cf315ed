"""Wages by month, as the job register holds them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data_synth.details.jobs import make_jobs
from data_synth.life.lives import Lives
from data_synth.life.months import month_index


def earnings(lives: Lives) -> NDArray[np.float32]:
    """Return cash wages over all jobs, whole nominal kroner, shape ``(months, n)``.

    0 without a job, missing before the job register began.
    """
    jobs = make_jobs(lives)
    months, n = lives.employed.shape
    cells = jobs.row * n + jobs.person
    total = np.bincount(cells, weights=jobs.wage.astype(np.float64), minlength=months * n)
    found = total.reshape(months, n).astype(np.float32)
    found[: max(month_index(lives.world.jobs.register_from) - lives.first, 0)] = np.nan
    return found
