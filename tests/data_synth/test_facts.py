"""Facts: exact sums, honest verdicts, published figures from their table."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import data_synth
from data_synth.facts.catalogue import all_facts
from data_synth.facts.describe import describe
from data_synth.facts.fact import Fact, FactRow
from data_synth.facts.judge import judge
from data_synth.facts.kinds import (
    OF_ALL_AGES,
    RESIDENTS,
    Ratio,
    Relative,
    Settled,
    Spread,
    mean_of,
)
from data_synth.facts.tally import Estimate, Tally
from data_synth.world.schema import World
from evaluation.errors import SpecError

PERSONS, SEED = 4_000, 5
FACTS = [fact for _, fact in all_facts()]
PER_CENT_OF_COUNTS = re.compile(r"^(without|with)_others_(norway|west|eastern_eu|asia)$")
# Made of several published figures, or of one in other words; the others stand in the table.
COMPUTED = {
    "county_spread": 35 / 24,
    "profile_20_24": 83 / 53,
    "profile_25_29": 64 / 53,
    "more_conditions": 18 + 23,
    "single_67": 229 + 1007,
    "with_others": 9519 + 581 + 441 + 5083,
    "recipients_immigrants": 50,  # about half
    "provision_broad_centre": 100 / 3,
    "stipend_under_25": 200 / 3,
    "programme_longest": 24,  # two years
    "least_hours": 6,  # two hours on three days
    "most_hours": 32,  # eight hours on four days
}
OF_POPULATION = ("residents_2015", "residents_2019")


@lru_cache(maxsize=1)
def described() -> tuple[tuple[FactRow, ...], list[tuple[int, int]]]:
    """Describe the baseline once: the rows, and what was told meanwhile."""
    told: list[tuple[int, int]] = []
    world = data_synth.load_world("published_null")
    rows = describe(world, PERSONS, SEED, 1, lambda behind, made: told.append((behind, made)))
    return rows, told


def variant(**tables: dict[str, object]) -> World:
    world = data_synth.load_world("published_null")
    changed = {
        name: getattr(world, name).model_copy(update=update) for name, update in tables.items()
    }
    return world.model_copy(update=changed)


def fact(**given: object) -> Fact:
    base = {"text": "", "year": "2022", "unit": "%", "source": "", "kind": Settled(lambda w: 1.0)}
    return Fact(id="one", **{**base, **given})  # type: ignore[arg-type]


def test_a_tally_is_the_ratio_with_its_error_by_person() -> None:
    rng = np.random.default_rng(3)
    bottom = rng.integers(0, 12, 5_000)
    top = rng.binomial(bottom, 0.3)
    found = Tally.of((top, bottom)).ratio()
    ratio = top.sum() / bottom.sum()
    error = np.sqrt(((top - ratio * bottom) ** 2).sum()) / bottom.sum()
    assert found.value == pytest.approx(ratio, rel=1e-12)
    assert found.error == pytest.approx(error, rel=1e-9)


def test_tallies_of_parts_add_up_to_that_of_the_whole_beyond_64_bits() -> None:
    top = np.full(4_000, 10_000_000, dtype=np.int32)
    bottom = np.arange(4_000, dtype=np.int8) % 100
    whole = Tally.of((top, bottom)) + Tally.of((top, bottom))
    parts = [Tally.of((top[i::3], bottom[i::3])) for i in (2, 0, 1)]
    assert sum([*parts, *parts], Tally()) == whole
    assert whole.top_top == 8_000 * 10**14
    huge = Tally(top_top=2**62) + Tally(top_top=2**62)
    assert huge.top_top == 2**63


def test_nobody_to_count_is_no_figure() -> None:
    none = Tally.of((np.zeros(3, dtype=bool), np.zeros(3, dtype=bool)))
    assert none.ratio() == Estimate(None)
    world = data_synth.load_world("published_null")
    some = Tally.of((np.array([1]), np.array([2])))
    unused = lambda seen: (np.zeros(1), np.zeros(1))  # noqa: E731
    assert Relative(unused, unused).estimate(world, (some, none)).value is None
    assert Ratio(unused).estimate(world, (none,)).value is None
    assert Settled(lambda w: mean_of(np.zeros(0))).estimate(world, ()).value is None
    row = judge("topic", fact(published=1.0, tolerance=1.0), Estimate(None))
    assert (row.simulated, row.deviation, row.within) == (None, None, False)


def test_kinds_divide_what_they_counted() -> None:
    world = data_synth.load_world("published_null")
    unused = lambda seen: (np.zeros(1), np.zeros(1))  # noqa: E731
    half, fifth, tenth = (
        Tally.of((np.arange(100) < k, np.ones(100, dtype=bool))) for k in (50, 20, 10)
    )
    assert Ratio(unused, 100.0, less=0.1).estimate(world, (half,)).value == pytest.approx(40.0)
    assert Relative(unused, unused).estimate(world, (half, fifth)).value == pytest.approx(2.5)
    spread = Spread(lambda seen: ()).estimate(world, (fifth, half, tenth, Tally()))
    assert spread.value == pytest.approx(5.0)
    # The delta method: relative variances of independent ratios add up.
    relative = [np.sqrt(p * (1 - p) / 100) / p for p in (0.5, 0.1)]
    assert spread.error == pytest.approx(5.0 * np.hypot(*relative))


@pytest.mark.parametrize(
    ("published", "tolerance", "found", "deviation", "within"),
    [
        (10.0, 0.1, 11.0, 1.0, True),
        (10.0, 0.1, 11.1, 1.1, False),
        (10.0, 0.1, 8.9, -1.1, False),
        ((4.0, 6.0), 0.0, 5.9, 0.0, True),
        ((4.0, 6.0), 0.0, 6.1, 0.1, False),
        ((4.0, 6.0), 0.1, 6.5, 0.5, True),
        ((4.0, 6.0), 0.1, 3.5, -0.5, False),
    ],
)
def test_verdicts(
    published: float | tuple[float, float],
    tolerance: float,
    found: float,
    deviation: float,
    within: bool,
) -> None:
    row = judge("topic", fact(published=published, tolerance=tolerance), Estimate(found, 0.1))
    assert row.deviation == pytest.approx(deviation)
    assert row.within is within


@pytest.mark.parametrize(
    ("low", "high", "found", "within"),
    [(None, 5.0, 5.1, False), (None, 5.0, 4.9, True), (5.0, None, 4.9, False), (5.0, 6.0, 5, True)],
)
def test_words_are_held_by_their_bounds(
    low: float | None, high: float | None, found: float, within: bool
) -> None:
    row = judge("topic", fact(said="rare", bounds=(low, high)), Estimate(found, 0.0))
    assert row.within is within
    assert row.deviation is None
    assert row.said == "rare"


def test_facts_are_many_unique_and_whole() -> None:
    assert len(FACTS) >= 100
    assert len({one.id for one in FACTS}) == len(FACTS)
    for one in FACTS:
        words = one.said != "" and one.bounds != (None, None)
        assert (one.published is None) == words, one.id
        assert one.text
        assert one.unit
        assert re.fullmatch(r"OE .+|SSB( 07459)?|Dahl & Lima 2018", one.source), one.id
        assert re.search(r"20\d\d", one.year), one.id
    missed = [one for one in FACTS if not one.held]
    assert len(missed) <= 6
    assert all(one.note for one in missed)


def test_published_figures_stand_in_the_table_of_facts(shared_data: Path) -> None:
    text = (shared_data.parent / "reference" / "calibration.md").read_text(encoding="utf-8")
    numbers = {float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*\.?\d*", text)} | {
        float(found) * 1000 for found in re.findall(r"(\d+)k\b", text)
    }
    for one in FACTS:
        ends = one.published if isinstance(one.published, tuple) else (one.published,)
        if one.published is None or one.id in OF_POPULATION:
            continue
        if one.id in COMPUTED:
            assert ends == (pytest.approx(COMPUTED[one.id]),), one.id
        elif not PER_CENT_OF_COUNTS.match(one.id):
            assert numbers.issuperset(end for end in ends if end is not None), one.id


def test_shares_of_background_are_those_of_the_counts() -> None:
    published = {one.id: one.published for one in FACTS}
    for name, counts in (
        ("without", (16_001, 1_242, 1_254, 28_745)),
        ("with", (9_519, 581, 441, 5_083)),
    ):
        groups = ("norway", "west", "eastern_eu", "asia")
        for group, count in zip(groups, counts, strict=True):
            share = 100 * count / sum(counts)
            assert published[f"{name}_others_{group}"] == pytest.approx(share, abs=0.05)


def test_residents_are_those_of_statistics_norway(shared_data: Path) -> None:
    frame = pd.read_parquet(shared_data / "no_population_age_municip_2015on.parquet")
    total = frame[frame["sex"] == "total"].groupby(["calyear", "age"])["pop_jan1_n"].sum()
    assert total.loc[2023].sum() == OF_ALL_AGES
    assert total.loc[2023].loc[16:67].sum() == RESIDENTS
    published = {one.id: one.published for one in FACTS}
    for year in (2015, 2019):
        assert published[f"residents_{year}"] == total.loc[year].loc[16:67].sum()


@pytest.mark.slow
def test_facts_are_the_same_whatever_the_number_of_processes() -> None:
    world = data_synth.load_world("published_null")
    assert describe(world, PERSONS, SEED, 2) == described()[0]


def test_progress_tells_every_person_once() -> None:
    told = described()[1]
    assert sum(behind for behind, _ in told) == sum(made for _, made in told)
    # Of those born 1942 to 2007 the youngest come of age after the last fact.
    assert 0.97 * PERSONS <= sum(behind for behind, _ in told) <= PERSONS


def test_counts_are_those_of_the_panel() -> None:
    panel = data_synth.person_month(
        data_synth.load_world("published_null"),
        persons=PERSONS,
        seed=SEED,
        window=(date(2019, 1, 1), date(2022, 12, 1)),
        columns=["person_id", "ym", "sa_received", "obs_status"],
        recorded=False,
    )
    residents = ((panel["ym"] == 202212) & (panel["obs_status"] == "in")).sum()
    received = panel[panel["sa_received"] == 1]
    months = received[received["ym"] // 100 == 2019]["person_id"]
    recipients = received[received["ym"] // 100 == 2022]["person_id"].nunique()
    found = {row.id: row.simulated for row in described()[0]}
    assert recipients > 50
    assert found["recipients_2022"] == pytest.approx(RESIDENTS * recipients / residents)
    assert found["months_2019"] == pytest.approx(len(months) / months.nunique())


@pytest.mark.slow
def test_a_world_away_from_a_fact_fails_it() -> None:
    changed = describe(
        variant(
            grant={"mean_nok": 20_000.0},
            incomes={"programme_g": 3.0},
            adoption={"before_share": 0.10},
            background={"norwegian_born_to_immigrants": 0.30},
        ),
        PERSONS,
        SEED,
    )
    for before, after in zip(described()[0], changed, strict=True):
        if after.id in ("mean_amount", "stipend", "adopted_before", "recipients_second_generation"):
            assert not after.within, after.id
            assert after.simulated != before.simulated
        if after.id in (
            "recipients_2022",
            "months_2019",
            "family_couples",
            "smallest_municipality",
        ):
            assert after.simulated == before.simulated, after.id


@pytest.mark.slow
def test_a_handful_of_persons_leaves_figures_out_and_fails_nothing() -> None:
    few = describe(data_synth.load_world("published_null"), 40, SEED)
    empty = [row for row in few if row.simulated is None]
    assert empty
    assert not any(row.within for row in empty)


@pytest.mark.parametrize(
    ("world", "persons", "message"),
    [
        ({}, 0, "persons: found 0; allowed: 1 to 40000000"),
        ({"ages": {"oldest": 60}}, 100, 'world "published_null", ages: found 16 to 60; .+'),
        ({"time": {"first": date(2012, 1, 1)}}, 100, ".+, time: found 2012-01 to 2023-12; .+"),
    ],
)
def test_other_worlds_than_the_facts_are_refused(
    world: dict[str, dict[str, object]], persons: int, message: str
) -> None:
    with pytest.raises(SpecError, match=f"^{message}") as caught:
        describe(variant(**world), persons, SEED)
    assert len(caught.value.faults) == 1
