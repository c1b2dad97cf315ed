"""A panel is kept while nothing changes, built anew with its reason, and never half there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.data.registers import cache as kept
from evaluation.data.registers.built import NAME, Built, read_built
from evaluation.data.registers.cache import PANELS, panel_of
from evaluation.data.registers.placed import inputs_of
from evaluation.data.registers.stale import why_stale
from evaluation.errors import DataError
from tests.data.registers.panel.conftest import Deliveries, placed_at

HELD = Built(Path(), {}, {"ym": ""}, ("ym",), 1, 1, {}, {}, (), {"mapping": "a", "program": "p"})


def test_every_reason_is_named() -> None:
    made = {"mapping": "a", "program": "p"}
    assert why_stale(made, HELD, made, ["ym"]) == ()
    assert why_stale(None, None, made, ["ym"]) == ("none was built of this mapping yet",)
    assert why_stale(made, None, made, ["ym"]) == ("its files are gone or damaged",)
    assert why_stale(made, HELD, made, ["ym", "employed"]) == ("it lacks employed",)
    changed = {"mapping": "b", "program": "q", "files of charge": "c"}
    assert why_stale(made, HELD, changed, ["ym"]) == (
        "the files of charge came in",
        "the mapping changed",
        "the program changed",
    )
    assert why_stale(changed, HELD, made, [])[0] == "the files of charge left the mapping"


def test_a_panel_is_kept_and_grows_by_what_it_lacks(deliveries: Deliveries, tmp_path: Path) -> None:
    placed, said = deliveries.placed("tables"), []
    cache = _staged_copy(deliveries, tmp_path)
    first = panel_of(placed, ["sa_received"], cache=cache, announce=said.append)
    assert said[0] == "panel is built: none was built of this mapping yet"
    assert list(first.columns) == ["person_id", "ym", "sa_received"]
    said.clear()
    again = panel_of(placed, ["ym"], cache=cache, announce=said.append)
    assert again.folder == first.folder and said == []
    more = panel_of(placed, ["female"], cache=cache, announce=said.append)
    assert said[0] == "panel is built: it lacks female"
    assert set(more.columns) == {"person_id", "ym", "female", "sa_received"}
    (more.folder / next(iter(more.parts))).write_bytes(b"")
    said.clear()
    mended = panel_of(placed, ["female"], cache=cache, announce=said.append)
    assert said[0] == "panel is built: its files are gone or damaged"
    assert read_built(mended.folder) == mended


def test_a_run_that_stops_leaves_nothing(
    deliveries: Deliveries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, whole = _staged_copy(deliveries, tmp_path), kept.build

    def stopped(*words: object, **named: object) -> Built:
        whole(*words, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(kept, "build", stopped)
    with pytest.raises(KeyboardInterrupt):
        panel_of(deliveries.placed("tables"), ["female"], cache=cache)
    assert list((cache / PANELS).iterdir()) == []


def test_the_one_of_two_that_comes_second_takes_what_is_there(
    deliveries: Deliveries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, whole = _staged_copy(deliveries, tmp_path), kept.build
    placed = deliveries.placed("tables")

    def overtaken(*words: object, **named: object) -> Built:
        monkeypatch.setattr(kept, "build", whole)
        panel_of(placed, ["female"], cache=cache)
        return whole(*words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(kept, "build", overtaken)
    built = panel_of(placed, ["female"], cache=cache)
    assert built.rows == len(deliveries.truth)
    assert [one.name for one in (cache / PANELS).iterdir() if one.is_dir()] == [built.folder.name]
    assert (built.folder.stat().st_mode & 0o077) == 0  # persons: for its owner alone


def test_inputs_are_the_delivery_and_not_the_program(deliveries: Deliveries) -> None:
    made = deliveries.placed("tables").made_of(deliveries.cache)
    other = inputs_of({**made, "program": "another"}, "delivery.toml")
    assert inputs_of(made, "delivery.toml") == other
    assert inputs_of({**made, "mapping": "another"}, "delivery.toml") != other


def test_columns_that_cannot_be_built_are_named(deliveries: Deliveries) -> None:
    placed = deliveries.placed("tables")
    fewer = {name: one for name, one in placed.delivery.tables.items() if name != "charge"}
    delivery = placed.delivery.model_copy(
        update={"tables": fewer, "columns": {"benefit": {"by": "x"}}}
    )
    from evaluation.data.registers.chosen import choose, column_options
    from evaluation.errors import SpecError

    with pytest.raises(SpecError, match=r"columns\.benefit: no column"):
        column_options(delivery)
    with pytest.raises(DataError) as raised:
        choose(["charged", "muni_at", "wealth"], placed.delivery, {"person", "residence"})
    lines = raised.value.faults
    assert lines[0].startswith("panel.mapping: column 'charged' is built from charge, and the ")
    assert "'wealth' can be built from registers" in lines[2]


def _staged_copy(deliveries: Deliveries, folder: Path) -> Path:
    """Return a cache that holds the staged tables and no panel."""
    deliveries.built("tables")
    cache = folder / "cache"
    shutil.copytree(deliveries.cache, cache, ignore=shutil.ignore_patterns(PANELS))
    return cache


def test_a_panel_without_its_note_is_none(tmp_path: Path) -> None:
    assert read_built(tmp_path) is None
    (tmp_path / NAME).write_text("{", encoding="utf-8")
    assert read_built(tmp_path) is None
    assert replace(HELD, folder=tmp_path).files == ()
    assert callable(placed_at)
