"""The baseline world meets the published facts, each within its stated tolerance."""

from __future__ import annotations

import pytest

import data_synth
from data_synth.facts.catalogue import all_facts
from data_synth.facts.describe import PERSONS, describe
from data_synth.facts.fact import FactRow

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows() -> dict[str, FactRow]:
    world = data_synth.load_world("published_null")
    return {row.id: row for row in describe(world, PERSONS, 1)}


@pytest.mark.parametrize("name", [fact.id for _, fact in all_facts() if fact.held])
def test_a_fact_is_met(rows: dict[str, FactRow], name: str) -> None:
    row = rows[name]
    published = row.said or f"{row.published_low} to {row.published_high}"
    assert row.within, f"{row.simulated} (error {row.error}) against {published}"


@pytest.mark.parametrize("name", [fact.id for _, fact in all_facts() if not fact.held])
def test_what_is_not_held_is_not_clearly_met(rows: dict[str, FactRow], name: str) -> None:
    row = rows[name]
    assert row.relative is not None
    assert row.published_low is not None
    assert row.error is not None
    farthest = abs(row.relative) + 2.0 * row.error / row.published_low
    assert farthest > row.tolerance, "hold it: the world meets it"


def test_tolerances_cover_the_error_of_the_simulation(rows: dict[str, FactRow]) -> None:
    for row in rows.values():
        if row.published_low is None or row.published_low != row.published_high or not row.error:
            continue
        if row.held:
            assert 1.5 * row.error <= row.tolerance * row.published_low, row.id
