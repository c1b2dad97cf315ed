"""The canonical tables as they are declared: temporality, kinds of columns, ends, valid periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Temporality(StrEnum):
    """Statistics Norway's vocabulary."""

    FIXED = "FIXED"
    STATUS = "STATUS"
    ACCUMULATED = "ACCUMULATED"
    EVENT = "EVENT"
    REFERENCE = "REFERENCE"  # of places and prices, not of persons: outside that vocabulary


class Kind(StrEnum):
    """What a column holds."""

    KEY = "key"  # opaque text
    OWN_KEY = "own_key"  # opaque text, of what is numbered within the person
    MONTH = "month"  # YYYYMM
    DATE = "date"
    CODE = "code"  # text with its leading zeros
    NUMBER = "number"  # whole
    NOK = "nok"  # whole nominal kroner
    SHARE = "share"  # with decimals


class OpenEnd(StrEnum):
    """What a missing end of a spell means."""

    ONGOING = "ongoing"
    DROP = "drop"  # it ended, nobody knows when
    ERROR = "error"  # an end is never missing


@dataclass(frozen=True, slots=True)
class Register:
    """Declaration of one canonical table.

    Attributes
    ----------
    temporality
        Of its rows.
    columns
        Kinds by column, in the order of delivery.
    spell
        Columns of a spell's start and end, for those that have both.
    open_end
        What a missing end means; None where rows are not spells.
    valid_from, valid_to
        First and last month in which the source exists, YYYYMM; None for no limit.
    """

    temporality: Temporality
    columns: Mapping[str, Kind]
    spell: tuple[str, str] | None = None
    open_end: OpenEnd | None = None
    valid_from: int | None = None
    valid_to: int | None = None


def _columns(**kinds: Kind) -> Mapping[str, Kind]:
    return MappingProxyType(kinds)


def _persons(**kinds: Kind) -> Mapping[str, Kind]:
    return MappingProxyType({"person_id": Kind.KEY, **kinds})


_MONTHS, _DATES, _VALID = ("from_ym", "to_ym"), ("from", "to"), ("valid_from", "valid_to")
_FROM_TO = MappingProxyType({"from": Kind.DATE, "to": Kind.DATE})

REGISTERS: Mapping[str, Register] = MappingProxyType(
    {
        "person": Register(
            Temporality.FIXED,
            _persons(
                birth_ym=Kind.MONTH,
                birth_date=Kind.DATE,
                sex=Kind.CODE,
                immigrant_cat=Kind.CODE,
                country_group=Kind.CODE,
                death_ym=Kind.MONTH,
            ),
        ),
        "residence": Register(
            Temporality.EVENT,
            _persons(
                municipality=Kind.CODE,
                district=Kind.CODE,
                valid_from=Kind.DATE,
                valid_to=Kind.DATE,
            ),
            _VALID,
            OpenEnd.ONGOING,
        ),
        "resident_status": Register(Temporality.STATUS, _persons(date=Kind.DATE, status=Kind.CODE)),
        "sa_spell": Register(
            Temporality.EVENT,
            _persons(from_ym=Kind.MONTH, to_ym=Kind.MONTH, kind=Kind.CODE),
            _MONTHS,
            OpenEnd.ERROR,
        ),
        "sa_month": Register(
            Temporality.ACCUMULATED,
            _persons(
                ym=Kind.MONTH,
                payer_municipality=Kind.CODE,
                grant_nok=Kind.NOK,
                loan_nok=Kind.NOK,
                paid=Kind.NUMBER,
            ),
        ),
        "sa_year": Register(
            Temporality.ACCUMULATED,
            _persons(
                year=Kind.NUMBER,
                payer_municipality=Kind.CODE,
                months=Kind.NUMBER,
                grant_nok=Kind.NOK,
                loan_nok=Kind.NOK,
                n_municipalities=Kind.NUMBER,
                main_source=Kind.CODE,
                work_status=Kind.CODE,
                housing=Kind.CODE,
            ),
        ),
        "sa_condition": Register(
            Temporality.ACCUMULATED,
            _persons(
                year=Kind.NUMBER,
                payer_municipality=Kind.CODE,
                condition=Kind.CODE,
                condition_types=Kind.CODE,
                hours_week=Kind.SHARE,
                decision_from=Kind.DATE,
                decision_to=Kind.DATE,
                exemption_date=Kind.DATE,
                exemption_reasons=Kind.CODE,
                sanction=Kind.CODE,
            ),
        ),
        "benefit_spell": Register(
            Temporality.EVENT,
            _persons(benefit=Kind.CODE, from_ym=Kind.MONTH, to_ym=Kind.MONTH, degree=Kind.NUMBER),
            _MONTHS,
            OpenEnd.ONGOING,
        ),
        "jobseeker_spell": Register(
            Temporality.EVENT, _persons(group=Kind.CODE, **_FROM_TO), _DATES, OpenEnd.DROP
        ),
        "job_month": Register(
            Temporality.STATUS,
            _persons(
                job_id=Kind.OWN_KEY,
                ym=Kind.MONTH,
                contract_pct=Kind.SHARE,
                hours_week=Kind.SHARE,
                cash_wage_nok=Kind.NOK,
            ),
            valid_from=201501,
        ),
        "employment_nov": Register(
            Temporality.STATUS, _persons(year=Kind.NUMBER, status=Kind.CODE)
        ),
        "income_year": Register(
            Temporality.ACCUMULATED,
            _persons(year=Kind.NUMBER, concept=Kind.CODE, nok=Kind.NOK),
        ),
        "education": Register(
            Temporality.EVENT, _persons(nus2000=Kind.CODE, **{"from": Kind.DATE})
        ),
        "enrolment": Register(
            Temporality.EVENT, _persons(**_FROM_TO, level=Kind.CODE), _DATES, OpenEnd.ONGOING
        ),
        "charge": Register(Temporality.EVENT, _persons(date=Kind.DATE, type=Kind.CODE)),
        "household": Register(
            Temporality.STATUS,
            _persons(
                household_id=Kind.KEY,
                family_type=Kind.CODE,
                children_under_18=Kind.NUMBER,
                date=Kind.DATE,
            ),
        ),
        "measure_spell": Register(
            Temporality.EVENT,
            _persons(measure=Kind.CODE, provider=Kind.CODE, **_FROM_TO),
            _DATES,
            OpenEnd.DROP,
        ),
        "office": Register(
            Temporality.REFERENCE,
            _columns(
                office_id=Kind.CODE,
                municipality=Kind.CODE,
                district=Kind.CODE,
                valid_from=Kind.DATE,
                valid_to=Kind.DATE,
                provision=Kind.CODE,
                strategy=Kind.CODE,
                aim=Kind.CODE,
                sanction_regime=Kind.CODE,
                youth_unit=Kind.NUMBER,
                refugee_unit=Kind.NUMBER,
                operator=Kind.CODE,
                fte=Kind.SHARE,
            ),
            _VALID,
            OpenEnd.ONGOING,
        ),
        "adoption": Register(
            Temporality.REFERENCE,
            _columns(
                municipality=Kind.CODE,
                base_year=Kind.NUMBER,
                from_ym=Kind.MONTH,
                to_ym=Kind.MONTH,
                status=Kind.CODE,
                definition=Kind.CODE,
                source=Kind.CODE,
            ),
        ),
        "muni_crosswalk": Register(
            Temporality.REFERENCE,
            _columns(
                code_from=Kind.CODE,
                code_to=Kind.CODE,
                valid_ym=Kind.MONTH,
                weight=Kind.SHARE,
                weight_basis=Kind.CODE,
            ),
        ),
        "deflator": Register(
            Temporality.REFERENCE,
            _columns(ym=Kind.MONTH, year=Kind.NUMBER, series=Kind.CODE, value=Kind.SHARE),
        ),
    }
)

# May be absent from a table: delivered as an empty column.
OPTIONAL: frozenset[str] = frozenset(
    {"birth_date", "death_ym", "district", "kind", "payer_municipality", "hours_week", "degree"}
)

PERSONS: tuple[str, ...] = tuple(
    name for name, one in REGISTERS.items() if one.temporality is not Temporality.REFERENCE
)
REFERENCE: tuple[str, ...] = tuple(
    name for name, one in REGISTERS.items() if one.temporality is Temporality.REFERENCE
)
