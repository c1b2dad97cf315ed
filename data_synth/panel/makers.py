"""How each column of ``person_month`` is made from the rows of a chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from data_synth.details.amounts import make_amounts
from data_synth.details.charged import charged
from data_synth.details.condition_content import condition_content, is_narrow
from data_synth.details.earnings import earnings
from data_synth.details.family import family_rank
from data_synth.details.main_income import main_income
from data_synth.details.prices import real_terms
from data_synth.details.recorded_employment import recorded_employed
from data_synth.life.draws import IntArray
from data_synth.life.exposure import exposure_share
from data_synth.life.lives import Benefit, Destination, Lives
from data_synth.life.months import days_in, ym_of
from data_synth.life.persons import NEVER
from data_synth.life.policies import STATUSES
from data_synth.panel.rows import Rows, Values
from data_synth.places.layout import Places
from data_synth.places.serving import office_of

GROUPS = ("Norway", "West", "Eastern EU", "Asia, Africa, other")
SIZES = ("small", "medium", "large")
REGIMES = ("mild", "strict")
PROVISIONS = ("broad_centre", "specialised", "none")


def _yms(months: IntArray) -> NDArray[np.int32]:
    return (months // 12 * 100 + months % 12 + 1).astype(np.int32)


def _maybe_yms(months: IntArray) -> NDArray[np.float32]:
    known = (months > 0) & (months < NEVER)
    # YYYYMM stays below 2**24: exact in float32.
    return np.where(known, _yms(np.where(known, months, 0)), np.nan).astype(np.float32)


def _flow(rows: Rows, happened: Callable[[Lives], Values], among: int) -> Values:
    """Return an indicator, missing where receipt in the month before was not ``among``."""
    at_risk = rows.monthly(rows.lives.received_before) == among
    return np.where(at_risk, rows.monthly(happened(rows.lives)), np.nan).astype(np.float32)


def _exit_to(destination: Destination) -> Callable[[Rows], Values]:
    return lambda r: _flow(r, lambda lives: lives.exit_to == destination, 1)


def _charged(kind: str = "", *, weekend: bool = False) -> Callable[[Rows], Values]:
    return lambda r: r.monthly(charged(r.charges, r.lives.received.shape, kind, weekend=weekend))


def _on(benefit: Benefit) -> Callable[[Rows], Values]:
    return lambda r: r.monthly((r.lives.benefit == benefit).astype(np.int8))


def _office(rows: Rows, values: Values | None = None) -> Values:
    lives = rows.lives
    office = office_of(lives.places, lives.muni, lives.persons.district)
    return rows.monthly(office if values is None else values[office])


def _provision(rows: Rows) -> Values:
    """Return the provision of the office, none before its centre opened."""
    lives, offices = rows.lives, rows.lives.places.offices
    office = office_of(lives.places, lives.muni, lives.persons.district)
    month = lives.first + np.arange(lives.months)[:, None]
    closed = month < offices.opened[office]
    provision = np.where(closed, PROVISIONS.index("none"), offices.provision[office])
    return rows.monthly(provision.astype(np.int8))


def _paid(lives: Lives) -> Values:
    amounts = make_amounts(lives)
    return amounts.grant + amounts.loan


def _real(rows: Rows) -> Values:
    nok = rows.monthly(_paid(rows.lives))
    at = np.flatnonzero(nok)  # few rows: most months are without assistance
    real = np.zeros(len(rows), dtype=np.float32)
    real[at] = real_terms(rows.lives.world, nok[at], rows.lives.first + rows.month[at])
    return real


def _intro_leaver(rows: Rows) -> Values:
    since = rows.lives.first + rows.month - rows.fixed(rows.lives.persons.programme_to)
    lasts = rows.lives.world.receipt.after_programme_months
    return ((since > 0) & (since <= lasts)).astype(np.int8)


MAKERS: Mapping[str, Callable[[Rows], Values]] = {
    "person_id": lambda r: r.fixed(r.lives.persons.number),
    "ym": lambda r: r.dated(ym_of).astype(np.int32),
    "birth_ym": lambda r: r.fixed(_yms(r.lives.persons.birth)),
    "age_months": lambda r: r.age().astype(np.int16),
    "exposure_share": lambda r: exposure_share(
        r.age(),
        r.fixed(r.lives.persons.birth_day),
        r.dated(days_in),
        r.lives.world.ages.released_at * 12,
    ),
    "muni_h": lambda r: r.fixed(r.lives.persons.muni).astype(np.int16),
    "muni_now": lambda r: r.monthly(r.lives.muni),
    "office_id": lambda r: _office(r).astype(np.int16),
    "sanction_regime": lambda r: _office(r, r.lives.places.offices.strict.astype(np.int8)),
    "provision": _provision,
    "adopted_ym": lambda r: r.place(
        _yms(r.lives.places.recorded_adopted if r.recorded else r.lives.places.adopted)
    ),
    "adopted_narrow_ym": lambda r: r.place(_yms(r.lives.places.adopted_narrow)),
    "adoption_status": lambda r: r.place(r.lives.places.status).astype(np.int8),
    "adopted_earliest": lambda r: r.place(_maybe_yms(r.lives.places.reported_earliest)),
    "adopted_latest": lambda r: r.place(_maybe_yms(r.lives.places.reported_latest)),
    "kvp_open": lambda r: (r.place(r.lives.programme_from) <= r.lives.first + r.month).astype(
        np.int8
    ),
    "kvp_from_ym": lambda r: r.place(_maybe_yms(r.lives.places.programme_from)),
    "low_prior_use": lambda r: r.place(r.lives.places.low_prior_use).astype(np.int8),
    "size_class": lambda r: r.place(r.lives.places.size_class).astype(np.int8),
    "female": lambda r: r.fixed(r.lives.persons.female).astype(np.int8),
    "immigrant": lambda r: r.fixed(r.lives.persons.immigrant).astype(np.int8),
    "country_group": lambda r: r.fixed(r.lives.persons.group),
    "intro_leaver": _intro_leaver,
    "child_welfare": lambda r: r.fixed(r.lives.persons.child_welfare).astype(np.int8),
    "family_rank": lambda r: r.fixed(family_rank(r.lives)),
    "resident": lambda r: np.ones(len(r), dtype=np.int8),
    "sa_received": lambda r: r.monthly(r.lives.received),
    "sa_nok": lambda r: r.monthly(_paid(r.lives)),
    "sa_nok_real": _real,
    "sa_main_income": lambda r: r.monthly(main_income(r.lives)),
    "employed": lambda r: r.monthly(recorded_employed(r.lives) if r.recorded else r.lives.employed),
    "earnings_nok": lambda r: r.monthly(earnings(r.lives)),
    "in_education": lambda r: r.monthly(r.lives.educated),
    "on_aap": _on(Benefit.AAP),
    "on_disability": _on(Benefit.DISABILITY),
    "on_programme": _on(Benefit.PROGRAMME),
    "on_introduction": _on(Benefit.INTRODUCTION),
    "condition_imposed": lambda r: r.monthly(r.lives.condition),
    "condition_hours": lambda r: r.monthly(condition_content(r.lives).hours),
    "condition_narrow": lambda r: r.monthly(is_narrow(condition_content(r.lives))),
    "duty_months": lambda r: r.monthly(r.lives.duty_months),
    "sa_entry": lambda r: _flow(r, lambda lives: lives.received, 0),
    "sa_exit": lambda r: _flow(r, lambda lives: lives.exit_to > 0, 1),
    "sa_exit_work": _exit_to(Destination.WORK),
    "sa_exit_education": _exit_to(Destination.EDUCATION),
    "sa_exit_programme": _exit_to(Destination.PROGRAMME),
    "sa_exit_aap": _exit_to(Destination.AAP),
    "sa_exit_disability": _exit_to(Destination.DISABILITY),
    "sa_exit_introduction": _exit_to(Destination.INTRODUCTION),
    "sa_exit_nothing": _exit_to(Destination.NOTHING),
    "charged": _charged(),
    "charged_property": _charged("property"),
    "charged_violence": _charged("violence"),
    "charged_drugs": _charged("drugs"),
    "charged_traffic": _charged("traffic"),
    "charged_weekend": _charged(weekend=True),
    "obs_status": lambda r: np.zeros(len(r), dtype=np.int8),
}

# Columns of codes: what the whole numbers stand for.
LABELS: Mapping[str, Callable[[Places], Sequence[str]]] = {
    "muni_h": lambda places: places.codes,
    "muni_now": lambda places: places.codes,
    "office_id": lambda places: places.offices.ids,
    "sanction_regime": lambda places: REGIMES,
    "provision": lambda places: PROVISIONS,
    "adoption_status": lambda places: STATUSES,
    "size_class": lambda places: SIZES,
    "country_group": lambda places: GROUPS,
    "obs_status": lambda places: ("in",),
}
