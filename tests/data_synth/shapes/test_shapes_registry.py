"""Shapes are found by name, keep their contract, and say which column comes from where."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from data_synth.panel.columns import COLUMNS
from data_synth.shapes.declared.carried import NOWHERE, SOURCES, carried
from data_synth.shapes.declared.form_11f import CONDITIONS, EXEMPTIONS, FIELDS, MONTHS, SANCTIONS
from data_synth.shapes.declared.registers import PERSONS, REFERENCE, REGISTERS
from data_synth.shapes.registry import list_shapes, shape
from evaluation.errors import UsageError

SHAPES = ("kostra_11f", "microdata_event", "research_extract", "tables")


def test_the_four_shapes_are_found() -> None:
    assert list_shapes() == SHAPES


def test_unknown_shape_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r'"kostra11f".*did you mean "kostra_11f"'):
        shape("kostra11f")


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_keeps_the_contract(name: str) -> None:
    one = shape(name)
    assert name == one.NAME
    assert set(one.FORMATS) >= {"parquet", "csv"}
    assert set(one.TABLES) <= set(PERSONS)
    assert set(one.REFERENCE) <= set(REFERENCE)
    assert set(one.CARRIES) <= set(COLUMNS)
    for column, tables in one.CARRIES.items():
        assert tables, column
        assert set(tables) <= {*one.TABLES, *one.REFERENCE}, column


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_tables_are_declared_as_they_are_made(name: str) -> None:
    made = import_module(f"data_synth.tables.{name}").COLUMNS
    assert list(made) == list(REGISTERS[name].columns)


def test_every_column_of_the_panel_has_a_source_or_none_at_all() -> None:
    assert set(SOURCES) | NOWHERE == set(COLUMNS)
    assert not set(SOURCES) & NOWHERE


def test_the_form_carries_recipients_and_neither_work_nor_school() -> None:
    form = set(shape("kostra_11f").CARRIES)
    assert {"sa_received", "sa_nok", "condition_imposed", "female", "sa_exit"} <= form
    assert not form & {"employed", "in_education", "resident", "birth_ym", "condition_hours"}


def test_extract_and_tables_carry_all_that_registers_hold() -> None:
    for name in ("research_extract", "tables"):
        assert set(shape(name).CARRIES) == set(SOURCES)


def test_a_column_takes_the_first_tables_that_suffice() -> None:
    assert carried(("sa_month",))["sa_received"] == ("sa_month",)
    assert carried(("sa_month", "sa_spell"))["sa_received"] == ("sa_spell",)
    assert "employed" not in carried(("job_month",))


def test_fields_of_the_form_are_those_of_its_description(shared_data: Path) -> None:
    text = (shared_data / "kostra_11F_2024.yaml").read_text(encoding="utf-8")
    names = re.findall(r'^- name: "(\w+)"$', text, re.MULTILINE)
    sizes = re.findall(r"^  size: (\d+)$", text, re.MULTILINE)
    assert list(FIELDS.items()) == list(zip(names, map(int, sizes), strict=True))
    described = {
        block.split('"')[0]: re.findall(r'^  - code: "(\d\d)"', block, re.MULTILINE)
        for block in text.split('\n- name: "')[1:]
    }
    for codes in (CONDITIONS, EXEMPTIONS, SANCTIONS):
        for code, field in codes.items():
            assert described[field] == [code]
    assert [f"BIDRAG_{month}" for month in MONTHS] == [n for n in names if n[:7] == "BIDRAG_"]
