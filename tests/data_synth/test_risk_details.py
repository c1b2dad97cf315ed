"""Family, wages and charges of the panel, and what a world may make of charges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from data_synth.details.charged import charged as marked
from data_synth.details.charges import TYPES, make_charges
from data_synth.details.earnings import earnings
from data_synth.details.family import family_rank
from data_synth.details.jobs import make_jobs
from data_synth.life.lives import Lives, Status
from data_synth.life.plan import Chunk
from data_synth.life.policies import STATUSES
from data_synth.life.simulate import simulate_chunk
from data_synth.world.loader import world_of

FIRST, LAST = 2012 * 12, 2018 * 12 - 1


def lived(policy: str = "actual") -> Lives:
    content = {"extends": "published_null", "title": "Changed"}
    return simulate_chunk(
        world_of("changed", content), Chunk(1992, 0, 2_500), 9, policy, FIRST, LAST
    )


def charged(lives: Lives, kind: str = "", *, weekend: bool = False) -> np.ndarray:
    return marked(make_charges(lives), lives.received.shape, kind, weekend=weekend)


@pytest.fixture(scope="module")
def lives() -> Lives:
    return lived()


def changed(lives: Lives, **keys: Any) -> Lives:
    """Return the same lives in a world with other charges, where many are charged."""
    given = lives.world.charges
    often = {"men": given.men.model_copy(update={"at_30": 0.05}), "need": 0.0, **keys}
    world = lives.world.model_copy(update={"charges": given.model_copy(update=often)})
    return replace(lives, world=world)


def test_family_rank_spreads_evenly_and_goes_with_need(lives: Lives) -> None:
    rank = family_rank(lives)
    assert rank.min() >= 1 and rank.max() <= 100
    assert np.histogram(rank, bins=5)[0].min() > 0.16 * len(rank)
    link = lives.world.traits.family_in_need
    assert np.corrcoef(rank, lives.persons.need)[0, 1] == pytest.approx(link, abs=0.05)


def test_earnings_add_the_jobs_of_a_month_and_begin_with_the_register(lives: Lives) -> None:
    found, jobs = earnings(lives), make_jobs(lives)
    began = 2015 * 12 - FIRST
    assert np.isnan(found[:began]).all() and not np.isnan(found[began:]).any()
    assert (found[began:] > 0).tolist() == (lives.employed[began:] > 0).tolist()
    assert found[began:].sum(dtype=np.float64) == jobs.wage[jobs.row >= began].sum()


def test_kinds_of_charges_make_up_all_and_weekends_are_saturdays_and_sundays(lives: Lives) -> None:
    many = changed(lives)
    parts = sum(charged(many, kind).astype(int) for kind in TYPES)
    np.testing.assert_array_equal(charged(many), parts)
    charges = make_charges(many)
    month = (FIRST + charges.row - 1970 * 12).astype("datetime64[M]")
    days = month.astype("datetime64[D]") + (charges.day - 1).astype("timedelta64[D]")
    np.testing.assert_array_equal(charges.weekend, ~np.is_busday(days))
    assert charged(many, weekend=True).sum() == charges.weekend.sum() > 0


def test_multipliers_of_receipt_and_duty_move_those_months_alone(lives: Lives) -> None:
    none, more = charged(changed(lives)), charged(changed(lives, receiving=4.0))
    received = lives.received > 0
    np.testing.assert_array_equal(none[~received], more[~received])
    assert more[received].mean() == pytest.approx(4 * none[received].mean(), rel=0.4)
    spared = charged(changed(lives, receiving=4.0, under_duty=0.25))
    under = received & (lives.duty > 0)
    np.testing.assert_array_equal(more[~under], spared[~under])
    assert spared[under].sum() < 0.5 * more[under].sum()
    assert (spared <= more).all()


def test_a_trend_of_early_adopters_is_the_same_whatever_the_policy(lives: Lives) -> None:
    plain, eased = charged(changed(lives)), charged(changed(lives, early_adopters=-0.3))
    early = lives.places.status[lives.muni] == STATUSES.index("before")
    here = lives.status == Status.IN
    np.testing.assert_array_equal(plain[~early], eased[~early])
    years = (FIRST + np.arange(lives.months) - 2010 * 12) / 12
    expected = (plain * np.exp(-0.3 * years)[:, None])[early & here].sum()
    assert eased[early & here].sum() == pytest.approx(expected, rel=0.25)
    other = charged(changed(lived("no_adoption"), early_adopters=-0.3))
    np.testing.assert_array_equal(eased, other)


def test_charges_answer_to_the_duty_under_coupled_draws(lives: Lives) -> None:
    # In a world whose duty moves nothing else, charges differ by the duty of the month alone.
    without = changed(lived("no_adoption"), receiving=4.0, under_duty=0.25)
    with_duty = changed(lives, receiving=4.0, under_duty=0.25)
    first, second = charged(with_duty), charged(without)
    under = (lives.received > 0) & (lives.duty > 0)
    assert (first <= second).all() and first[under].sum() < second[under].sum()
    np.testing.assert_array_equal(first[~under], second[~under])
