"""Names that Norwegian registers and those who extract them give their variables.

Those with the name of a register in front are of Statistics Norway's microdata variables, ``shj_``
of FD-Trygd and the rest of KOSTRA 11F or of common use. A name that is not here is no fault: the
mapping says it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_FROM = ("FRA_DATO", "DATO_FRA", "FRADATO", "STARTDATO", "START_DATO", "START")
_TO = ("TIL_DATO", "DATO_TIL", "TILDATO", "TOMDATO", "TOM_DATO", "SLUTTDATO", "SLUTT_DATO", "STOP")
_FROM_YM = ("FRA_AARMND", "FOM_AARMND", "START_AARMND", *_FROM)
_TO_YM = ("TIL_AARMND", "TOM_AARMND", "SLUTT_AARMND", *_TO)
_YEAR = ("AAR", "AARGANG", "INNTEKTSAAR", "YEAR")
_PAYER = ("KOMMUNE_NR", "KOMMUNENR", "KOMMNR", "KOMMUNE")
_STATUS_DATE = ("STATUSDATO", "STATUS_DATO", "DATO")


@dataclass(frozen=True, slots=True)
class Known:
    """Names of one canonical table.

    Attributes
    ----------
    marks
        Canonical columns without one of which a file is not of this table.
    names
        Names by canonical column, the likeliest first.
    only
        Names of the register's own, where those of the marks are anybody's.
    codes
        Canonical code by code of the register, by column.
    """

    marks: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    only: tuple[str, ...] = ()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


KNOWN: Mapping[str, Known] = MappingProxyType(
    {
        "person": Known(
            ("birth_ym",),
            {
                "birth_ym": ("BEFOLKNING_FOEDSELS_AAR_MND", "FOEDSELS_AAR_MND", "FOEDT_AARMND"),
                "birth_date": ("FOEDSELSDATO", "FOEDSELS_DATO", "BEFOLKNING_FOEDSELSDATO"),
                "sex": ("BEFOLKNING_KJOENN", "KJOENN", "KJONN"),
                "immigrant_cat": ("BEFOLKNING_INVKAT", "INVKAT"),
                "country_group": ("BEFOLKNING_LANDGRUPPE", "LANDGRUPPE"),
                "death_ym": ("BEFOLKNING_DOEDS_DATO", "DOEDS_DATO", "DOEDSDATO"),
            },
        ),
        "residence": Known(
            ("municipality",),
            {
                "municipality": ("BOSATTEFDT_BOSTED", "BOSTEDSKOMMUNE", "BOSTED"),
                "district": ("BOSATTEFDT_BYDEL", "BYDEL", "BYDELSNR"),
                "valid_from": _FROM,
                "valid_to": _TO,
            },
        ),
        "resident_status": Known(
            ("status",),
            {"date": _STATUS_DATE, "status": ("BEFOLKNING_STATUSKODE", "STATUSKODE")},
        ),
        "sa_spell": Known(
            ("from_ym", "kind"),
            {
                "from_ym": ("SHJ_TILG", "REGDATO", *_FROM_YM),
                "to_ym": ("SHJ_AVG", *_TO_YM),
                "kind": ("SHJKODE", "SOSHJLPFDT_MOTTAK"),
            },
            only=("SHJKODE", "SHJ_TILG", "SOSHJLPFDT_MOTTAK"),
        ),
        "sa_month": Known(
            ("grant_nok",),
            {
                "ym": ("AARMND", "AAR_MND", *_YEAR),
                "payer_municipality": _PAYER,
                "grant_nok": ("BIDRAG",),
                "loan_nok": ("LAAN",),
                "paid": ("STMND",),
            },
        ),
        "sa_year": Known(
            ("grant_nok", "months", "main_source"),
            {
                "year": _YEAR,
                "payer_municipality": _PAYER,
                "months": ("SOSHJLPZFDT_ANTMND",),
                "grant_nok": ("SOSHJLPZFDT_BIDRAG",),
                "loan_nok": ("SOSHJLPZFDT_LAAN",),
                "n_municipalities": ("SOSHJLPZFDT_ANTKOMM",),
                "main_source": ("SOSHJLPZFDT_VKLO", "VKLO"),
                "work_status": ("SOSHJLPZFDT_ARBSIT", "ARBSIT"),
                "housing": ("SOSHJLPZFDT_BOSIT", "BOSIT"),
            },
        ),
        "sa_condition": Known(
            ("condition",),
            {
                "year": _YEAR,
                "payer_municipality": _PAYER,
                "condition": ("VILKARSOSLOV",),
                "condition_types": ("VILKAR",),
                "hours_week": ("VILKAR_TIMER",),
                "decision_from": ("UTBETDATO",),
                "decision_to": ("UTBETTOMDATO",),
                "exemption_date": ("VEDTAKDATO",),
                "exemption_reasons": ("VEDTAK",),
                "sanction": ("SANKSJON",),
            },
            codes={"condition": {"1": "yes", "2": "no"}},
        ),
        "benefit_spell": Known(
            ("benefit",),
            {
                "benefit": ("YTELSE",),
                "from_ym": _FROM_YM,
                "to_ym": _TO_YM,
                "degree": ("GRAD", "YTELSESGRAD"),
            },
        ),
        "jobseeker_spell": Known(
            ("group",),
            {"group": ("ARBSOEK2001FDT_HOVED", "ARBSOEKFDT_HOVED"), "from": _FROM, "to": _TO},
        ),
        "job_month": Known(
            ("contract_pct", "hours_week", "cash_wage_nok"),
            {
                "job_id": ("ARBLONN_ARB_ID", "ARBFORHOLD_ID"),
                "ym": ("AARMND", "AAR_MND", "ARBLONN_AARMND"),
                "contract_pct": ("ARBLONN_ARB_STILLINGSPST",),
                "hours_week": ("ARBLONN_ARB_ARBEIDSTID",),
                "cash_wage_nok": ("ARBLONN_LONN_KONTANT",),
            },
        ),
        "employment_nov": Known(
            ("status",), {"year": _YEAR, "status": ("REGSYS_ARB_ARBMARK_STATUS",)}
        ),
        "income_year": Known(("nok",), {"year": _YEAR, "concept": (), "nok": ("INNTEKT",)}),
        "education": Known(("nus2000",), {"nus2000": ("NUDB_BU", "NUS2000"), "from": _FROM}),
        "enrolment": Known(
            ("level",), {"from": _FROM, "to": _TO, "level": ("NUDB_NIVAA", "NUDB_IGANG")}
        ),
        "charge": Known(
            ("type",), {"date": ("DATO", "SIKTELSESDATO"), "type": ("SIKTELSE", "SIKTELSE_TYPE")}
        ),
        "household": Known(
            ("household_id",),
            {
                "household_id": ("BEFOLKNING_HUSHNR", "HUSHNR"),
                "family_type": ("BEFOLKNING_FAMTYPE", "FAMTYPE"),
                "children_under_18": ("BEFOLKNING_BARN_U18", "BARN_U18"),
                "date": _STATUS_DATE,
            },
        ),
        "measure_spell": Known(
            ("measure",),
            {"measure": ("TILTAK",), "provider": ("ARRANGOER",), "from": _FROM, "to": _TO},
        ),
    }
)

# Benefits by the beginning of the names of their files or variables, ``aapfdt_mottak`` and such.
BENEFITS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        benefit: re.compile(rf"({stem})[a-z0-9]*fdt_mottak(_\d+)?", re.IGNORECASE)
        for benefit, stem in (
            ("aap", "aap"),
            ("ufore", "ufoe?re?"),
            ("kvp", "kvp|kvalp"),
            ("intro", "intro"),
            ("sykepenger", "sykep"),
            ("dagpenger", "dagp"),
            ("overgangsstonad", "overgangsst"),
            ("alderspensjon", "alders?p"),
            ("tiltakspenger", "tiltakspenger|tiltp"),
        )
    }
)
