"""Which canonical tables a column of ``person_month`` is derived from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_MONTHS_OF_ASSISTANCE = (("sa_spell",), ("sa_month",))
_TO_BENEFIT = tuple((*one, "benefit_spell") for one in _MONTHS_OF_ASSISTANCE)
_ADOPTED = (("residence", "muni_crosswalk", "adoption"),)
_OFFICE = (("residence", "muni_crosswalk", "office"),)
_PLACE = (("residence", "muni_crosswalk"),)

# For each column the sets of tables that suffice, the preferred first.
SOURCES: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "person_id": (("person",), ("sa_month",)),
        "ym": (("resident_status", "residence"), ("sa_month",)),
        "birth_ym": (("person",),),
        "age_months": (("person",),),
        "exposure_share": (("person",),),
        "muni_h": _PLACE,
        "muni_now": _PLACE,
        "office_id": _OFFICE,
        "sanction_regime": _OFFICE,
        "provision": _OFFICE,
        "adopted_earliest": _ADOPTED,
        "adopted_latest": _ADOPTED,
        "female": (("person",),),
        "immigrant": (("person",),),
        "country_group": (("person",),),
        "resident": (("resident_status", "residence"),),
        "sa_received": _MONTHS_OF_ASSISTANCE,
        "sa_nok": (("sa_month",),),
        "sa_nok_real": (("sa_month", "deflator"),),
        "sa_main_income": (("sa_year", "sa_month"),),
        "employed": (("job_month", "employment_nov"),),
        "earnings_nok": (("job_month",),),
        "in_education": (("enrolment",),),
        "on_aap": (("benefit_spell",),),
        "on_disability": (("benefit_spell",),),
        "on_programme": (("benefit_spell",),),
        "on_introduction": (("benefit_spell",),),
        "condition_imposed": (("sa_condition",),),
        "condition_hours": (("sa_condition",),),
        "duty_months": tuple(("person", *one, *_ADOPTED[0]) for one in _MONTHS_OF_ASSISTANCE),
        "sa_entry": _MONTHS_OF_ASSISTANCE,
        "sa_exit": _MONTHS_OF_ASSISTANCE,
        "sa_exit_programme": _TO_BENEFIT,
        "sa_exit_aap": _TO_BENEFIT,
        "sa_exit_disability": _TO_BENEFIT,
        "sa_exit_introduction": _TO_BENEFIT,
        "charged": (("charge",),),
        "charged_property": (("charge",),),
        "charged_violence": (("charge",),),
        "charged_drugs": (("charge",),),
        "charged_traffic": (("charge",),),
        "charged_weekend": (("charge",),),
        "obs_status": (("person", "resident_status", "residence"),),
    }
)

NOWHERE: frozenset[str] = frozenset(
    {"adopted_ym", "adopted_narrow_ym", "adoption_status", "low_prior_use", "size_class"}
    | {"kvp_open", "kvp_from_ym"}
    | {"child_welfare", "family_rank", "intro_leaver"}
    # Work, studies and nothing cannot be told apart where work or studies had begun before.
    | {"sa_exit_work", "sa_exit_education", "sa_exit_nothing"}
    | {"condition_narrow"}  # kinds are those of the first condition of a calendar year
)
"""Columns that no register holds: the truth of a world, what nobody asks, what is grouped."""


def carried(tables: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the columns that can be derived from ``tables``, each with those it needs."""
    has = frozenset(tables)
    found = {
        column: next((one for one in ways if has.issuperset(one)), ())
        for column, ways in SOURCES.items()
    }
    return MappingProxyType({column: way for column, way in found.items() if way})
