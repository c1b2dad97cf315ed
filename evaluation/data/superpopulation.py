"""The large draw by which coverage is judged: simulated once, its cells remembered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

import data_synth
from evaluation.data.cache_folder import cache_folder
from evaluation.data.coupled import (
    Coupled,
    Facts,
    coupled_draw,
    facts_of,
    policies_of,
    synthetic_panel,
)
from evaluation.data.question import Question
from evaluation.data.source_digest import source_digest, sources_unchanged
from evaluation.data.truth_cache import remembered
from evaluation.data.truth_columns import with_truth_columns
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.digest import canonical_json
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Superpopulation:
    """A world's large draw; it is simulated only where cells are not remembered.

    Attributes
    ----------
    spec
        Whose sample is drawn from it.
    folder
        Where cells of its world are remembered; ``None`` for nowhere.
    persons, seed
        The draw, which the world file names.
    facts
        What a truth must know of the world.
    """

    spec: Spec
    folder: Path | None
    persons: int
    seed: int
    facts: Facts

    def cells(self, question: Question) -> pd.DataFrame:
        """Return the cells of ``coupled_cells``."""
        folder = self.folder if sources_unchanged() else None
        return remembered(folder, self.name(question), lambda: self._runs.cells(question))

    def name(self, question: Question) -> str:
        """Return the digest of everything but the world that the cells depend on."""
        text = canonical_json({**self._common, "question": question.as_tables()})
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _runs(self) -> Coupled:
        return coupled_draw(self.spec, self.persons, self.seed)

    @cached_property
    def _common(self) -> dict[str, Any]:
        spec = with_truth_columns(self.spec)
        # Which columns are means over longer periods and groups, and not the last value seen.
        averaged = {one.measured for one in spec.outcomes.values()}
        averaged |= {one.first_stage or "" for one in spec.smallest_effect_of_interest}
        averaged |= {control for model in spec.models for control in model.controls}
        # Rows without unit or time are in an order that follows every column read.
        ordered = spec.panel.unit is not None and spec.panel.time is not None
        return {
            "code": source_digest(),
            "draw": [self.persons, self.seed],
            "policies": policies_of(spec),
            "panel": spec.panel.model_dump(exclude={"persons", "seed"}),
            "derive": {name: one.model_dump() for name, one in spec.derive.items()},
            "sample": spec.sample.model_dump(),
            "design": spec.design.model_dump(),
            "averaged": sorted(averaged),
            "columns": [] if ordered else sorted(columns_of_spec(spec)),
        }


def superpopulation(spec: Spec) -> Superpopulation:
    """Return the large draw of a spec's world, with what earlier runs remember of it."""
    world = data_synth.load_world(synthetic_panel(spec).world)
    folder = cache_folder()
    # A joined file is an input of its own, which the world's digest does not know.
    if folder is not None:
        folder = None if spec.joins else folder / "truth" / world.digest
    return Superpopulation(spec, folder, world.truth.persons, world.truth.seed, facts_of(spec))
