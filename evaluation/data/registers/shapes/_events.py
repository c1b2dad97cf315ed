"""What the variables of the event layout are: their table, column and dates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_MONTHS, _DAYS = ("from_ym", "to_ym"), ("from", "to")

# Canonical columns that start and stop of a row are.
DATED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "person": (),
        "residence": ("valid_from", "valid_to"),
        "resident_status": ("date",),
        "household": ("date",),
        "sa_spell": _MONTHS,
        "sa_month": ("ym",),
        "sa_year": ("year",),
        "benefit_spell": _MONTHS,
        "jobseeker_spell": _DAYS,
        "job_month": ("ym",),
        "employment_nov": ("year",),
        "income_year": ("year",),
        "education": ("from",),
        "enrolment": _DAYS,
        "charge": ("date",),
        "measure_spell": _DAYS,
    }
)

# The column that a variable is, in tables that one variable makes up.
VALUES: Mapping[str, str] = MappingProxyType(
    {
        "residence": "municipality",
        "resident_status": "status",
        "sa_spell": "kind",
        "benefit_spell": "degree",
        "jobseeker_spell": "group",
        "employment_nov": "status",
        "income_year": "nok",
        "education": "nus2000",
        "enrolment": "level",
        "charge": "type",
        "measure_spell": "measure",
    }
)

ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {"residence": "district", "sa_month": "payer_municipality"}
)

# Tables that several variables make up, and what their rows meet on beside the person.
JOINED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "person": (),
        "household": ("date",),
        "sa_month": ("ym", "payer_municipality"),
        "sa_year": ("year",),
        "job_month": ("job_id", "ym"),
    }
)

# Entries by the names of Statistics Norway's variables; those of assistance by month, and of the
# form's answers by year, are of this project.
VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "BEFOLKNING_FOEDSELS_AAR_MND": "person.birth_ym",
        "BEFOLKNING_KJOENN": "person.sex",
        "BEFOLKNING_INVKAT": "person.immigrant_cat",
        "BEFOLKNING_LANDGRUPPE": "person.country_group",
        "BEFOLKNING_DOEDS_DATO": "person.death_ym",
        "BOSATTEFDT_BOSTED": "residence",
        "BEFOLKNING_STATUSKODE": "resident_status",
        "BEFOLKNING_HUSHNR": "household.household_id",
        "BEFOLKNING_FAMTYPE": "household.family_type",
        "BEFOLKNING_BARN_U18": "household.children_under_18",
        "SOSHJLPFDT_MOTTAK": "sa_spell",
        "SOSHJLPMND_BIDRAG": "sa_month.grant_nok",
        "SOSHJLPMND_LAAN": "sa_month.loan_nok",
        "SOSHJLPZFDT_ANTMND": "sa_year.months",
        "SOSHJLPZFDT_BIDRAG": "sa_year.grant_nok",
        "SOSHJLPZFDT_LAAN": "sa_year.loan_nok",
        "SOSHJLPZFDT_VKLO": "sa_year.main_source",
        "SOSHJLPZFDT_ARBSIT": "sa_year.work_status",
        "SOSHJLPZFDT_BOSIT": "sa_year.housing",
        "ARBSOEK2001FDT_HOVED": "jobseeker_spell",
        "ARBEIDSFORHOLD_PERSON": "job_month.person",
        "ARBLONN_ARB_STILLINGSPST": "job_month.contract_pct",
        "ARBLONN_ARB_ARBEIDSTID": "job_month.hours_week",
        "ARBLONN_LONN_KONTANT": "job_month.cash_wage_nok",
        "REGSYS_ARB_ARBMARK_STATUS": "employment_nov",
        "INNTEKT_WYRKINNT": "income_year.wyrkinnt",
        "INNTEKT_WIES": "income_year.wies",
        "INNTEKT_PGIVINNT": "income_year.pgivinnt",
        "NUDB_BU": "education",
        "NUDB_IGANG": "enrolment",
        "SIKTELSE_TYPE": "charge",
    }
)
