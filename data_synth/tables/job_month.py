"""The job table: STATUS, a row for each month in each job, from when the register begins."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from data_synth.details.dates import year_months
from data_synth.details.jobs import make_jobs
from data_synth.life.lives import Lives
from data_synth.life.months import month_index

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "job_id": "the person's number of the job, unique within the person",
        "ym": "month, YYYYMM",
        "contract_pct": "agreed share of full time, per cent",
        "hours_week": "agreed hours a week",
        "cash_wage_nok": "cash wage of the month, nominal kroner",
    }
)


def make_job_month(lives: Lives) -> pd.DataFrame:
    """Return the months in jobs of a chunk, by person, then month, then job."""
    import pandas as pd

    jobs = make_jobs(lives)
    at = lives.first + jobs.row >= month_index(lives.world.jobs.register_from)
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[jobs.person[at]],
            "job_id": jobs.number[at].astype("int32"),
            "ym": year_months(lives.first + jobs.row[at]),
            "contract_pct": jobs.contract[at],
            "hours_week": jobs.hours[at],
            "cash_wage_nok": jobs.wage[at],
        }
    )
