"""Every trap of a world is met with a rule, and counted as the world counted it."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_synth.life.plan import Chunk
from data_synth.life.recording import as_recorded
from data_synth.life.simulate import simulate_chunk
from data_synth.shapes.declared.registers import PERSONS, REFERENCE
from data_synth.shapes.registry import shape as written_shape
from data_synth.world.loader import world_of
from evaluation.data.registers.contract import Staged
from evaluation.data.registers.mapping import Delivery
from evaluation.data.registers.staging import stage

SEED = 7
FIRST, LAST = 2015 * 12, 2018 * 12 + 11
SPELLS = ("sa_spell", "benefit_spell", "jobseeker_spell", "measure_spell")


@pytest.fixture(scope="module")
def lived() -> Any:
    """Return the delivered tables of one world, with traps at a rate or without."""
    folder = files("data_synth") / "worlds"
    content = tomllib.loads((folder / "published_null.toml").read_text(encoding="utf-8"))
    content["receipt"]["enter"]["at_30"] *= 4
    made: dict[float, Any] = {}

    def tables(rate: float) -> Any:
        content["traps"] = dict.fromkeys(content["traps"], rate)
        world = world_of("traps", content)
        if not made:
            lives = as_recorded(
                simulate_chunk(world, Chunk(1990, 0, 400), SEED, "actual", FIRST, LAST)
            )
            made[0.0] = {name: _make(name)(lives) for name in PERSONS}
        return world, made[0.0], {name: _make(name)(world) for name in REFERENCE}

    return tables


def _make(name: str) -> Any:
    return getattr(import_module(f"data_synth.tables.{name}"), f"make_{name}")


def _staged(lived: Any, rate: float, where: Path) -> tuple[Staged, dict[str, Any]]:
    world, persons, places = lived(rate)
    writer, out = written_shape("tables"), where / f"delivered{rate}"
    writer.write(persons, out, "1990-000", world, SEED, "parquet")
    writer.finish(out, places, world, SEED, "parquet")
    told = json.loads((out / "delivery.json").read_text(encoding="utf-8"))
    mapping = {
        name: {"file": name, **({"open_end": one["open_end"]} if one["open_end"] else {})}
        for name, one in told["tables"].items()
    }
    delivery = Delivery.model_validate(
        {
            "schema_version": 1,
            "shape": "tables",
            "first": dt.date(2015, 1, 1),
            "last": dt.date(2018, 12, 1),
            "tables": mapping,
        }
    )
    parts = {name: tuple(sorted((out / name).glob("*.parquet"))) for name in told["tables"]}
    return stage(delivery, parts, where / "cache"), told["traps"]


@pytest.fixture(scope="module")
def both(lived: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    where = tmp_path_factory.mktemp("traps")
    return _staged(lived, 0.2, where), _staged(lived, 0.0, where)


def test_traps_are_counted_to_the_person_and_row(both: Any) -> None:
    staged, told = both[0]
    counted = {
        (one.rule, one.table): (one.persons, one.rows)
        for one in staged.touched
        if one.rule in ("overlap", "unlinked")
        or (one.rule == "several" and one.table == "sa_month")
        or (one.rule == "open_end" and one.table in ("jobseeker_spell", "measure_spell"))
    }
    laid = {
        (_RULES.get(trap, trap), table): (counts["persons"], counts["rows"])
        for name, counts in told.items()
        for trap, table in [name.split("/")]
        if (trap, table) not in _ELSEWHERE
    }
    assert counted == laid
    assert len(laid) >= 11


def test_places_that_do_not_say_are_counted(both: Any) -> None:
    """Those of the trap, and those that said nothing without it."""
    (trapped, told), (clean, _) = both
    silent = [
        sum(one.rows for one in staged.touched if one.rule == "missing_adoption")
        for staged in (trapped, clean)
    ]
    assert silent[0] - silent[1] == told["missing_adoption/adoption"]["rows"] > 0


_RULES = {"two_municipalities": "several"}
# Codes of adoption are missing for other reasons too, and so are further records of a year.
_ELSEWHERE = {
    ("missing_adoption", "adoption"),
    ("two_municipalities", "sa_year"),
    ("two_municipalities", "sa_condition"),
}


def test_without_traps_nothing_is_mended(both: Any) -> None:
    staged, told = both[1]
    assert told == {}
    rules = {(one.rule, one.table) for one in staged.touched}
    assert not {rule for rule, _ in rules} & {"overlap", "unlinked", "clipped", "out_of_period"}
    assert ("several", "sa_month") not in rules


def test_rules_give_back_the_tables_without_traps(both: Any) -> None:
    """But for persons unlinked, who have other keys, and spells dropped for want of an end."""
    (trapped, _), (clean, _) = both
    for table in ("benefit_spell", "sa_spell", "sa_month", "person", "job_month", "residence"):
        names = [name for name in clean.columns[table] if name != "person_id"]
        if table == "sa_month":
            names.remove("payer_municipality")
        got, wanted = (_keyed(one, table, names) for one in (trapped, clean))
        linked = {key for key, *_ in _keyed(trapped, "person", ["sex"])}
        unlinked = {key for key, *_ in got} - linked
        if table.startswith("sa_"):
            assert unlinked
        here = {key for key, *_ in got} & linked
        kept = [row for row in wanted if row[0] in here]
        assert [row for row in got if row[0] in linked] == kept, table


def _keyed(staged: Staged, table: str, names: list[str]) -> list[Any]:
    columns = ", ".join(f't."{name}"' for name in names)
    folder = staged.folder
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT k.key, {columns} FROM '{folder}/{table}.parquet' AS t "
            f"JOIN '{folder}/person_key.parquet' AS k USING (person) ORDER BY ALL"
        ).fetchall()
