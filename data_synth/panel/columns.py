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
        "muni_h": "municipality at the person's first month in the data, four-digit code, frozen; "
        "harmonised over mergers",
        "muni_now": "municipality lived in, four-digit code, harmonised over mergers",
        "office_id": "office that serves the person now",
        "sanction_regime": "sanction regime of that office: mild or strict",
        "provision": "provision of that office: broad_centre, specialised or none",
        "adopted_ym": "first month in which the municipality muni_h demands activity from "
        "under-30s, YYYYMM, whatever the policy simulated",
        "adopted_narrow_ym": "as adopted_ym, in the narrow sense of work practice or courses only",
        "adoption_status": "adoption against the law of 2017: before, at_law or after",
        "adopted_earliest": "earliest month of adoption by the office survey, YYYYMM; "
        "missing if unknown",
        "adopted_latest": "latest month of adoption by the office survey, YYYYMM; "
        "missing if unknown",
        "kvp_open": "1 where the municipality muni_h has opened the qualification programme, under "
        "the policy simulated",
        "kvp_from_ym": "first month of the qualification programme in muni_h, YYYYMM, whatever the "
        "policy simulated; missing if it is open from the start, or never opens",
        "low_prior_use": "1 where muni_h rarely set conditions before its own adoption",
        "size_class": "size of muni_h: small, medium or large",
        "female": "1 for women",
        "immigrant": "1 for immigrants",
        "country_group": 'Norway; West; Eastern EU; "Asia, Africa, other"',
        "intro_leaver": "1 in the first years after the introduction programme that the person "
        "had a right to, attended or not",
        "child_welfare": "1 for those who left the care of child welfare at 18",
        "family_rank": "rank by resources of the family that the person grew up in, 1 to 100",
        "resident": "1 while resident in Norway",
        "sa_received": "1 where social assistance was received in the month",
        "sa_nok": "social assistance paid in the month, whole nominal kroner, 0 if none",
        "sa_nok_real": "social assistance paid in the month, kroner of 2015, 0 if none",
        "sa_main_income": "1 where social assistance was received as main income in the month",
        "employed": "1 where employed in the month",
        "earnings_nok": "cash wages of the month over all jobs, whole nominal kroner, 0 without a "
        "job; missing before the job register began",
        "in_education": "1 where enrolled in education in the month",
        "on_aap": "1 where on work assessment allowance in the month",
        "on_disability": "1 where on disability benefit in the month",
        "on_programme": "1 where on the qualification programme in the month",
        "on_introduction": "1 where on the introduction benefit in the month",
        "condition_imposed": "1 where a condition was in force for a recipient, or for one who "
        "left this month; 0 otherwise",
        "condition_hours": "hours of activity a week that the condition demands, 0 if none",
        "condition_narrow": "as condition_imposed, where it asks for work training or a course",
        "duty_months": "months so far, this one included, as a recipient under the duty",
        "sa_entry": "1 where receipt began, 0 where it did not; missing if received last month",
        "sa_exit": "1 where receipt ended, 0 where it did not; missing if not received last month",
        "sa_exit_work": "as sa_exit, to work, new or held already",
        "sa_exit_education": "as sa_exit, to education, new or under way",
        "sa_exit_programme": "as sa_exit, to the qualification programme",
        "sa_exit_aap": "as sa_exit, to work assessment allowance",
        "sa_exit_disability": "as sa_exit, to disability benefit",
        "sa_exit_introduction": "as sa_exit, to the introduction benefit",
        "sa_exit_nothing": "as sa_exit, to none of these",
        "charged": "1 where charged with an offence of the month, 0 where not",
        "charged_property": "as charged, with an offence for gain",
        "charged_violence": "as charged, with violence",
        "charged_drugs": "as charged, with a drug offence",
        "charged_traffic": "as charged, with a traffic offence",
        "charged_weekend": "as charged, with an offence of a Saturday or Sunday",
        "obs_status": "whether the person is observed: in; months before arrival, abroad or after "
        "death have no row",
    }
)

STANDARD = (
    "person_id",
    "ym",
    "age_months",
    "exposure_share",
    "muni_h",
    "muni_now",
    "adopted_ym",
    "resident",
    "sa_received",
    "sa_nok_real",
    "employed",
    "in_education",
    "female",
    "immigrant",
    "condition_imposed",
    "duty_months",
    "sa_entry",
    "sa_exit",
    "on_aap",
    "on_disability",
    "on_programme",
    "on_introduction",
    "obs_status",
)
"""What is written when nobody says which columns."""
