"""Files and columns of a research extract, in the register owners' words.

Names of the source variables are theirs where a star in the list of sources leaves no doubt; what
stands in a star's place (``SOSHJLPZFDT_*``, ``ARBLONN_*``, ``INNTEKT_*``) and the names of dates
and of files are of the same fashion, and of this project.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Extract(NamedTuple):
    """Name of a file, and of its columns by those of the canonical table."""

    file: str
    columns: Mapping[str, str]


def _extract(file: str, **columns: str) -> Extract:
    return Extract(file, MappingProxyType(columns))


_DATES: Mapping[str, str] = MappingProxyType({"from": "FRA_DATO", "to": "TIL_DATO"})

EXTRACTS: Mapping[str, Extract] = MappingProxyType(
    {
        "person": _extract(
            "befolkning",
            birth_ym="BEFOLKNING_FOEDSELS_AAR_MND",
            birth_date="FOEDSELSDATO",
            sex="BEFOLKNING_KJOENN",
            immigrant_cat="BEFOLKNING_INVKAT",
            country_group="BEFOLKNING_LANDGRUPPE",
            death_ym="BEFOLKNING_DOEDS_DATO",
        ),
        "residence": _extract(
            "bosatte",
            municipality="BOSATTEFDT_BOSTED",
            district="BOSATTEFDT_BYDEL",
            valid_from="FRA_DATO",
            valid_to="TIL_DATO",
        ),
        "resident_status": _extract(
            "statuskode", date="STATUSDATO", status="BEFOLKNING_STATUSKODE"
        ),
        "sa_spell": _extract("f_shj", kind="shjkode", from_ym="shj_tilg", to_ym="shj_avg"),
        "sa_month": _extract(
            "sosialhjelp_maaned",
            payer_municipality="KOMMUNE_NR",
            grant_nok="BIDRAG",
            loan_nok="LAAN",
            paid="STMND",
        ),
        "sa_year": _extract(
            "sosialhjelp_aar",
            year="AAR",
            payer_municipality="KOMMUNE_NR",
            months="SOSHJLPZFDT_ANTMND",
            grant_nok="SOSHJLPZFDT_BIDRAG",
            loan_nok="SOSHJLPZFDT_LAAN",
            n_municipalities="SOSHJLPZFDT_ANTKOMM",
            main_source="VKLO",
            work_status="ARBSIT",
            housing="BOSIT",
        ),
        "sa_condition": _extract(
            "vilkaar",
            year="AAR",
            payer_municipality="KOMMUNE_NR",
            condition="VILKARSOSLOV",
            condition_types="VILKAR",
            hours_week="VILKAR_TIMER",
            decision_from="UTBETDATO",
            decision_to="UTBETTOMDATO",
            exemption_date="VEDTAKDATO",
            exemption_reasons="VEDTAK",
            sanction="SANKSJON",
        ),
        "benefit_spell": _extract(
            "ytelse", from_ym="FRA_AARMND", to_ym="TIL_AARMND", degree="GRAD"
        ),
        "jobseeker_spell": _extract("arbsoek2001fdt", group="ARBSOEK2001FDT_HOVED", **_DATES),
        "job_month": _extract(
            "arblonn",
            job_id="ARBLONN_ARB_ID",
            ym="AARMND",
            contract_pct="ARBLONN_ARB_STILLINGSPST",
            hours_week="ARBLONN_ARB_ARBEIDSTID",
            cash_wage_nok="ARBLONN_LONN_KONTANT",
        ),
        "employment_nov": _extract("regsys", year="AAR", status="REGSYS_ARB_ARBMARK_STATUS"),
        "income_year": _extract("inntekt", year="AAR", nok="INNTEKT"),
        "education": _extract("nudb_bu", nus2000="NUDB_BU", **{"from": "FRA_DATO"}),
        "enrolment": _extract("nudb_igang", level="NUDB_NIVAA", **_DATES),
        "charge": _extract("siktelser", date="DATO", type="SIKTELSE"),
        "household": _extract(
            "husholdning",
            household_id="BEFOLKNING_HUSHNR",
            family_type="BEFOLKNING_FAMTYPE",
            children_under_18="BEFOLKNING_BARN_U18",
            date="STATUSDATO",
        ),
        "measure_spell": _extract("tiltak", measure="TILTAK", provider="ARRANGOER", **_DATES),
    }
)

# Files of benefits, by the codes of the canonical table.
BENEFITS: Mapping[str, str] = MappingProxyType(
    {
        "aap": "aapfdt_mottak",
        "ufore": "uforefdt_mottak",
        "kvp": "kvpfdt_mottak",
        "intro": "introfdt_mottak",
        "sykepenger": "sykepengerfdt_mottak",
        "dagpenger": "dagpengerfdt_mottak",
        "overgangsstonad": "overgangsstonadfdt_mottak",
        "alderspensjon": "alderspensjonfdt_mottak",
        "tiltakspenger": "tiltakspengerfdt_mottak",
    }
)

INCOMES = ("wyrkinnt", "wies", "pgivinnt")

# A condition as the form has it: a blank is neither.
YES_NO: Mapping[str, str] = MappingProxyType({"yes": "1", "no": "2"})
