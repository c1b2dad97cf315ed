"""The qualification programme's rollout: who is reached, from when, and who is left as he was."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth
from data_synth.life.persons import NEVER
from data_synth.places.layout import make_places
from data_synth.places.rollout import ALWAYS
from data_synth.world.loader import world_of
from evaluation.errors import SpecError

WINDOW = (date(2014, 1, 1), date(2019, 12, 31))
LIVES = ["employed", "in_education", "sa_received", "on_aap", "on_disability", "on_programme"]
WHO = ["person_id", "ym", "muni_h", "muni_now", "kvp_open", "kvp_from_ym"]


@lru_cache(maxsize=8)
def panel(world: str, policy: str) -> pd.DataFrame:
    return data_synth.person_month(
        data_synth.load_world(world), persons=4_000, seed=3, window=WINDOW, policy=policy,
        ages=(25, 40), columns=[*WHO, *LIVES],
    )  # fmt: skip


def test_shares_and_dates_are_those_of_the_world() -> None:
    world = data_synth.load_world("programme_rollout")
    places, given = make_places(world), world.programme
    opens = places.programme_from != NEVER
    assert places.share[opens].sum() == pytest.approx(given.open_share, abs=0.01)
    assert opens.mean() == pytest.approx(given.open_share, abs=0.01)
    months = np.unique(places.programme_from[opens])
    assert list(np.diff(months)) == [given.every_months] * (len(months) - 1)
    ends = [month // 12 * 100 + month % 12 + 1 for month in months[[0, -1]]]
    assert ends == [moment.year * 100 + moment.month for moment in (given.first, given.last)]
    null = make_places(data_synth.load_world("published_null"))
    assert (null.programme_from == ALWAYS).all()


def test_columns_say_where_it_is_open_and_since_when() -> None:
    actual, none = panel("programme_rollout", "actual"), panel("programme_rollout", "no_programme")
    dated = actual["kvp_from_ym"].notna()
    assert actual["kvp_open"].eq(dated & (actual["ym"] >= actual["kvp_from_ym"])).all()
    assert not none["kvp_open"].any()
    assert none["kvp_from_ym"].equals(actual["kvp_from_ym"])
    null = panel("published_null", "actual")
    assert null["kvp_open"].all() and null["kvp_from_ym"].isna().all()


def test_nobody_joins_where_it_has_not_opened() -> None:
    actual = panel("programme_rollout", "actual")
    moved = actual["muni_h"].cat.codes != actual["muni_now"].cat.codes
    stayed = actual[~moved.groupby(actual["person_id"]).transform("any")]
    assert not stayed.loc[stayed["kvp_open"] == 0, "on_programme"].any()
    assert stayed.loc[stayed["kvp_open"] == 1, "on_programme"].mean() > 0.01
    assert not panel("programme_rollout", "no_programme")["on_programme"].any()


def test_policies_part_only_those_who_join() -> None:
    actual, none = panel("programme_rollout", "actual"), panel("programme_rollout", "no_programme")
    # Those seen before the first opening: of others, what came before their first row is not seen.
    early = actual.groupby("person_id")["ym"].transform("min") < 201507
    actual, none = actual[early], none[early]
    joined = actual.groupby("person_id")["on_programme"].cummax().eq(1)
    assert actual.loc[~joined, LIVES].equals(none.loc[~joined, LIVES])
    assert not actual.loc[joined, LIVES].equals(none.loc[joined, LIVES])
    later = joined & actual["on_programme"].eq(0)
    assert actual.loc[later, "employed"].mean() > none.loc[later, "employed"].mean() + 0.1
    during = joined & actual["on_programme"].eq(1)
    assert actual.loc[during, "employed"].mean() < none.loc[during, "employed"].mean() - 0.03


def test_a_programme_that_nobody_joins_does_nothing() -> None:
    actual, none = panel("programme_unused", "actual"), panel("programme_unused", "no_programme")
    assert actual[LIVES].equals(none[LIVES])
    assert actual["kvp_open"].any()


def test_what_opens_beside_it_helps_those_who_never_join() -> None:
    alone, beside = panel("programme_rollout", "actual"), panel("programme_beside", "actual")
    opened = alone["kvp_open"].eq(1) & alone["on_disability"].eq(1)
    assert beside.loc[opened, "employed"].mean() > alone.loc[opened, "employed"].mean()
    # Whatever the policy.
    none = panel("programme_beside", "no_programme")
    assert none.loc[opened, "employed"].mean() > alone.loc[opened, "employed"].mean()


@pytest.mark.parametrize(
    ("programme", "words"),
    [
        ({"first": date(2018, 1, 1)}, "first not after last"),
        ({"beside_find": 2.0}, "beside_find = 1 where staggered = false"),
    ],
)
def test_impossible_rollouts_are_refused(programme: dict[str, Any], words: str) -> None:
    content = {"extends": "published_null", "title": "variant", "programme": programme}
    with pytest.raises(SpecError, match=words):
        world_of("variant", content)
