"""Variables of the event shape: one a file, each made of a column of a canonical table."""

from __future__ import annotations

from data_synth.shapes.declared.norwegian import BENEFITS, INCOMES
from data_synth.shapes.declared.variable import Combine, Period, Unit, Variable

_NOK, _PERCENT, _HOURS, _NUMBER = "NOK", "Prosent", "Timer per uke", "Antall"
_SPELL, _MONTH_SPELL = ("from", "to"), ("from_ym", "to_ym")

_PERSON_TRAITS = (
    Variable(
        "BEFOLKNING_FOEDSELS_AAR_MND",
        "Fødselsår og -måned",
        "person",
        "birth_ym",
        Period.NONE,
        unit_of_value="ÅÅÅÅMM",
    ),
    Variable(
        "BEFOLKNING_KJOENN",
        "Kjønn",
        "person",
        "sex",
        Period.NONE,
        codes={"1": "Mann", "2": "Kvinne"},
    ),
    Variable(
        "BEFOLKNING_INVKAT",
        "Innvandringskategori",
        "person",
        "immigrant_cat",
        Period.NONE,
        codes={
            "A": "Verken innvandrer eller norskfødt med innvandrerforeldre",
            "B": "Innvandrer",
            "C": "Norskfødt med innvandrerforeldre",
        },
    ),
    Variable(
        "BEFOLKNING_LANDGRUPPE",
        "Landgruppe",
        "person",
        "country_group",
        Period.NONE,
        codes={
            "Norway": "Norge",
            "West": "Vesten",
            "Eastern EU": "EU-land i Øst-Europa",
            "Asia, Africa, other": "Asia, Afrika og andre",
        },
    ),
    Variable(
        "BEFOLKNING_DOEDS_DATO",
        "Dødsår og -måned",
        "person",
        "death_ym",
        Period.NONE,
        unit_of_value="ÅÅÅÅMM",
    ),
)

_LIVING = (
    Variable(
        "BOSATTEFDT_BOSTED",
        "Bostedskommune",
        "residence",
        "municipality",
        Period.DAYS,
        ("valid_from", "valid_to"),
        unit_of_value="Kommunenummer på datoen",
        attribute="district",
    ),
    Variable(
        "BEFOLKNING_STATUSKODE",
        "Registerstatus",
        "resident_status",
        "status",
        Period.ON_DAY,
        ("date",),
        codes={"1": "Bosatt", "3": "Utvandret", "5": "Død"},
    ),
    Variable(
        "BEFOLKNING_HUSHNR",
        "Husholdning",
        "household",
        "household_id",
        Period.ON_DAY,
        ("date",),
        measures=Unit.HOUSEHOLD,
    ),
    Variable(
        "BEFOLKNING_FAMTYPE",
        "Familietype",
        "household",
        "family_type",
        Period.ON_DAY,
        ("date",),
        codes={
            "1": "Alene",
            "2": "Par uten barn under 18 år",
            "3": "Par med barn under 18 år",
            "4": "Enslig forsørger",
            "5": "Hos foreldre",
        },
    ),
    Variable(
        "BEFOLKNING_BARN_U18",
        "Barn under 18 år i husholdningen",
        "household",
        "children_under_18",
        Period.ON_DAY,
        ("date",),
        unit_of_value=_NUMBER,
    ),
)

_ASSISTANCE = (
    Variable(
        "SOSHJLPFDT_MOTTAK",
        "Mottak av sosialhjelp",
        "sa_spell",
        "kind",
        Period.MONTHS,
        _MONTH_SPELL,
        codes={"1": "Bidrag", "2": "Bidrag og lån"},
    ),
    Variable(
        "SOSHJLPMND_BIDRAG",
        "Sosialhjelp utbetalt som bidrag i måneden",
        "sa_month",
        "grant_nok",
        Period.MONTH,
        ("ym",),
        unit_of_value=_NOK,
        attribute="payer_municipality",
    ),
    Variable(
        "SOSHJLPMND_LAAN",
        "Sosialhjelp utbetalt som lån i måneden",
        "sa_month",
        "loan_nok",
        Period.MONTH,
        ("ym",),
        unit_of_value=_NOK,
        attribute="payer_municipality",
    ),
    *(
        Variable(
            f"SOSHJLPZFDT_{name}",
            title,
            "sa_year",
            column,
            Period.YEAR,
            ("year",),
            unit_of_value=unit,
            combine=combine,
        )
        for name, title, column, unit, combine in (
            ("ANTMND", "Måneder med sosialhjelp", "months", _NUMBER, Combine.SUM),
            ("BIDRAG", "Bidrag i året", "grant_nok", _NOK, Combine.SUM),
            ("LAAN", "Lån i året", "loan_nok", _NOK, Combine.SUM),
            (
                "VKLO",
                "Viktigste kilde til livsopphold",
                "main_source",
                "KOSTRA 11F VKLO",
                Combine.LAST,
            ),
            ("ARBSIT", "Arbeidssituasjon", "work_status", "KOSTRA 11F ARBSIT", Combine.LAST),
            ("BOSIT", "Bosituasjon", "housing", "KOSTRA 11F BOSIT", Combine.LAST),
        )
    ),
)

_BENEFITS = tuple(
    Variable(
        file.upper(),
        f"Mottak: {benefit}",
        "benefit_spell",
        "degree",
        Period.MONTHS,
        _MONTH_SPELL,
        unit_of_value=_PERCENT,
        only=("benefit", benefit),
    )
    for benefit, file in BENEFITS.items()
)

_WORK = (
    Variable(
        "ARBSOEK2001FDT_HOVED",
        "Hovedgruppe arbeidssøker",
        "jobseeker_spell",
        "group",
        Period.DAYS,
        _SPELL,
        unit_of_value="Kode 1 til 8",
    ),
    Variable(
        "ARBEIDSFORHOLD_PERSON",
        "Person i arbeidsforholdet",
        "job_month",
        "person_id",
        Period.NONE,
        unit=Unit.JOB,
        id="job_id",
        measures=Unit.PERSON,
        combine=Combine.FIRST,
    ),
    *(
        Variable(
            f"ARBLONN_{name}",
            title,
            "job_month",
            column,
            Period.MID_MONTH,
            ("ym",),
            unit_of_value=unit,
            unit=Unit.JOB,
            id="job_id",
        )
        for name, title, column, unit in (
            ("ARB_STILLINGSPST", "Stillingsprosent", "contract_pct", _PERCENT),
            ("ARB_ARBEIDSTID", "Avtalt arbeidstid", "hours_week", _HOURS),
            ("LONN_KONTANT", "Kontantlønn i måneden", "cash_wage_nok", _NOK),
        )
    ),
    Variable(
        "REGSYS_ARB_ARBMARK_STATUS",
        "Sysselsetting i november",
        "employment_nov",
        "status",
        Period.NOVEMBER,
        ("year",),
        codes={"0": "Ikke lønnstaker", "1": "Lønnstaker"},
    ),
    *(
        Variable(
            f"INNTEKT_{concept.upper()}",
            f"Inntekt: {concept}",
            "income_year",
            "nok",
            Period.YEAR,
            ("year",),
            unit_of_value=_NOK,
            only=("concept", concept),
        )
        for concept in INCOMES
    ),
)

_SCHOOL = (
    Variable(
        "NUDB_BU",
        "Høyeste fullførte utdanning",
        "education",
        "nus2000",
        Period.FROM_DAY,
        ("from",),
        unit_of_value="NUS2000",
    ),
    Variable(
        "NUDB_IGANG",
        "Igangværende utdanning",
        "enrolment",
        "level",
        Period.DAYS,
        _SPELL,
        unit_of_value="Første siffer i NUS2000",
    ),
)

_CHARGES = (
    Variable(
        "SIKTELSE_TYPE",
        "Siktelse",
        "charge",
        "type",
        Period.ON_DAY,
        ("date",),
        unit_of_value="Gruppe av lovbrudd",
    ),
)

VARIABLES: tuple[Variable, ...] = (
    *_PERSON_TRAITS,
    *_LIVING,
    *_ASSISTANCE,
    *_BENEFITS,
    *_WORK,
    *_SCHOOL,
    *_CHARGES,
)
