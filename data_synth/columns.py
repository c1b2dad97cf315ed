"""The columns of the direct ``person_month`` panel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person: an integer code, the same person whatever the number of persons",
        "ym": "month of the row, YYYYMM",
        "birth_ym": "month of birth, YYYYMM",
        "age_months": "completed months of age at the end of the month",
        "exposure_share": "share of the month spent under 30: 1 below month 360, 0 from 361",
        "muni_h": "municipality at the person's first month, four-digit code, frozen",
        "adopted_ym": "first month in which the municipality demands activity from under-30s, "
        "YYYYMM, as it happened, whatever the policy simulated",
        "adoption_status": "adoption against the law of 2017: before, at_law or after",
        "low_prior_use": "1 where the municipality rarely set conditions before its own adoption",
        "female": "1 for women",
        "immigrant": "1 for immigrants",
        "resident": "1 while resident in Norway",
        "sa_received": "1 where social assistance was received in the month",
        "sa_nok": "social assistance paid in the month, whole nominal kroner, 0 if none",
        "employed": "1 where employed in the month",
        "in_education": "1 where enrolled in education in the month",
        "condition_imposed": "1 where a recipient got a condition, 0 for other recipients "
        "and for non-recipients",
        "duty_months": "months so far, this one included, as a recipient under the duty",
        "sa_entry": "1 where receipt began, 0 where it did not; missing if received last month",
        "sa_exit": "1 where receipt ended, 0 where it did not; missing if not received last month",
        "obs_status": "whether the row is observed: in",
    }
)
