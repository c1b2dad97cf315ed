"""A world is the same panel in every shape, and the part on registers tells where it is not."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

ARRIVED = (dt.date(2010, 1, 1), dt.date(2016, 12, 1))


@pytest.fixture(scope="module")
def compared(root: Path) -> ModuleType:
    for folder in (root / "tests" / "simulation", root / ".ci"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module("register_shapes.compared")


@pytest.fixture(scope="module")
def found(compared):
    asked = compared.Asked(450, (22, 33), ARRIVED)
    return {one.shape: one for one in compared.compare_world("strict_and_mild", 11, asked)}


def test_shapes_agree_on_every_column_that_they_share(found):
    assert {shape: one.faults for shape, one in found.items()} == dict.fromkeys(
        ("research_extract", "microdata_event", "kostra_11f", "person_month"), ()
    )
    # Columns of one value throughout would agree whatever was built.
    assert all(one.varied > 0.8 * len(one.columns) and one.rows > 100 for one in found.values())
    assert len(found["research_extract"].columns) > 60 > len(found["kostra_11f"].columns) > 10


@pytest.mark.slow
@pytest.mark.parametrize("world", ["register_break_2015"])
def test_shapes_agree_where_registers_err(compared, world):
    asked = compared.Asked(250, (20, 36), ARRIVED)
    assert [one.faults for one in compared.compare_world(world, 12, asked)] == [()] * 4


def test_the_section_says_what_agrees_and_what_fails(compared, found):
    part = importlib.import_module("registers").PART
    done = {("strict_and_mild", "1"): compared.as_result(tuple(found.values()))}
    text = part.section(("strict_and_mild",), done, "abc")
    assert "No rows or columns differ but for the reasons below" in text
    assert text.count("| strict_and_mild |") == 4 and "FAILS" not in text
    broken = dataclasses.replace(
        found["microdata_event"], missed=3, lacking=(), unexplained={"sa_received": 2}
    )
    done = {("strict_and_mild", "1"): compared.as_result((broken,))}
    told = part.summary(("strict_and_mild",), done)
    assert "FAILS: rows missed: 3; sa_received: 2; condition_first: is there after all" in told


def test_every_world_has_a_delivery(compared):
    part = importlib.import_module("registers").PART
    assert "published_null" in part.worlds() and len(part.worlds()) > 20
    assert len(part.jobs(part.worlds(), 1, {})) == len(part.worlds())
