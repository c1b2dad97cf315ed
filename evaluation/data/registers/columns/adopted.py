"""Between which months the frozen municipality began to demand activity, by the office survey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._adopted import Survey, answers
from evaluation.data.registers.columns._places import PLACE
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type

NAMES: Mapping[str, str] = {
    f"adopted_{end}": f"{end} month of adoption by muni_h in the office survey, YYYYMM; missing if "
    "unknown"
    for end in ("earliest", "latest")
}
TABLES = dict.fromkeys(NAMES, ((*PLACE, "adoption"),))
TYPES = dict.fromkeys(NAMES, Type.WHOLE)
OTHERWISE = dict.fromkeys(NAMES, Otherwise.MISSING)
VALID: Mapping[str, tuple[int | None, int | None]] = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.PERSON
NEEDS: tuple[str, ...] = ("muni_h",)
Options = Survey


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return one end of the interval as YYYYMM."""
    month = f"a.{name.removeprefix('adopted_')}"
    return f"""
    SELECT h.person, {month} // 12 * 100 + {month} % 12 + 1 AS value
    FROM given_muni_h h JOIN ({answers(options, has)}) a ON a.place = h.value
    """
