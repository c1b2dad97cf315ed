"""The page of the synthetic Norway names all that there is."""

from __future__ import annotations

from pathlib import Path

import data_synth
from data_synth.panel.columns import STANDARD
from data_synth.shapes.registry import list_shapes
from data_synth.world.traps import Traps

PAGE = Path(data_synth.__file__).parents[1] / "docs" / "synthetic.md"


def test_the_page_names_every_column_as_it_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, meaning in data_synth.COLUMNS.items():
        mark = " *" if name in STANDARD else ""
        assert f"| `{name}`{mark} | {meaning} |" in text, name


def test_the_page_names_every_policy_shape_and_trap() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, meaning in data_synth.POLICIES.items():
        assert f"| `{name}` | {meaning} |" in text, name
    for name in (*list_shapes(), *Traps.model_fields):
        assert f"| `{name}` |" in text, name
