"""Which columns of the direct ``person_month`` each shape carries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

import data_synth
from evaluation.data.registers.chosen import carried
from evaluation.data.registers.loading import load_delivery
from evaluation.data.registers.shapes._select import PERSON_KEY
from evaluation.data.registers.shapes.registry import shape_names
from evaluation.spec.origin import Origin

Read = Callable[[str, str], Mapping[str, pa.Table]]

PERSON = "person_id ym female"
BORN = "birth_ym age_months exposure_share immigrant country_group resident obs_status"
PLACES = "muni_h muni_now office_id sanction_regime provision adopted_earliest adopted_latest"
ASSISTANCE = "sa_received sa_nok sa_main_income sa_entry sa_exit"
REST = """
    duty_months sa_nok_real employed in_education on_aap on_disability on_programme on_introduction
    sa_exit_programme sa_exit_aap sa_exit_disability sa_exit_introduction
    earnings_nok charged charged_property charged_violence charged_drugs charged_traffic
    charged_weekend
"""
EVENTS = " ".join((PERSON, BORN, PLACES, ASSISTANCE, REST))
CARRIED = {
    "tables": f"{EVENTS} condition_imposed condition_hours",
    "research_extract": f"{EVENTS} condition_imposed condition_hours",
    "microdata_event": EVENTS,
    "kostra_11f": f"{PERSON} {ASSISTANCE} condition_imposed",
}
# Built with the prices that come with the package, where the delivery brings none.
BY_OWN_PRICES = {"kostra_11f": {"sa_nok_real"}}


@pytest.mark.parametrize("name", shape_names())
def test_shape_carries_what_its_delivery_says(
    name: str, read_back: Read, delivery_folder: Callable[[str, str], Path]
) -> None:
    said = json.loads((delivery_folder(name, "csv") / "delivery.json").read_text())
    assert set(said["carries"]) == set(CARRIED[name].split())
    has = {
        one
        for table, rows in read_back(name, "csv").items()
        for one in (table, *(f"{table}.{column}" for column in _canonical(rows)))
    }
    folder = delivery_folder(name, "csv")
    delivery = load_delivery(folder / "delivery.toml", Origin(folder=folder))
    found = set(carried(has, delivery)) & set(data_synth.COLUMNS)
    assert found == {*said["carries"], *BY_OWN_PRICES.get(name, ())}


def _canonical(rows: pa.Table) -> list[str]:
    return ["person_id" if one == PERSON_KEY else one for one in rows.column_names]
