"""Rows built from a delivery of registers, and kept between runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pandas as pd

from evaluation.data.formats import parquet
from evaluation.data.leads import read_for
from evaluation.data.registers.base import MEANING
from evaluation.data.registers.breaks import refuse_breaks
from evaluation.data.registers.built import Built
from evaluation.data.registers.cache import Announce, panel_of, registers_cache
from evaluation.data.registers.chosen import carried, delivered
from evaluation.data.registers.columns.registry import owners
from evaluation.data.registers.placed import Placed, inputs_of, placed_of
from evaluation.data.registers.sql import Settings
from evaluation.data.registers.staging import stage
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.derived import inputs_of as columns_of
from evaluation.spec.derived import made_in_order
from evaluation.spec.joined import joined_columns
from evaluation.spec.panel import FilePanel
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Registers:
    """A delivery and what of it a spec asks for.

    Attributes
    ----------
    placed
        The delivery.
    asked
        Columns that the spec reads, of those that registers can give.
    cache
        Folder that keeps staged tables and panels.
    settings
        Limits of the query engine.
    """

    placed: Placed
    asked: tuple[str, ...]
    cache: Path
    settings: Settings = field(default_factory=Settings)
    distinct: ClassVar[bool] = True

    def panel(
        self,
        *,
        rebuild: bool = False,
        every: bool = False,
        announce: Announce = lambda stage: None,
    ) -> Built:
        """Return the panel, built where the one that is kept is stale.

        Parameters
        ----------
        rebuild
            Whether the one that is kept is passed over.
        every
            Whether all columns that the delivery carries are wanted, or those asked for.
        announce
            Told why it is built.
        """
        return panel_of(
            self.placed,
            None if every else self.asked,
            cache=self.cache,
            settings=self.settings,
            rebuild=rebuild,
            announce=announce,
        )

    def files(self, columns: Sequence[str]) -> tuple[Path, ...]:
        """Return parquet files that hold these columns."""
        return self._holding(columns).files

    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns that the delivery carries."""
        return self._carried

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows, only the columns asked for."""
        names = list(columns)
        plain = FilePanel(source="file", path="panel")
        frames = [parquet.read(file, names, plain) for file in self.files(names)]
        together: pd.DataFrame = pd.concat(frames, ignore_index=True)
        return together

    def inputs(self) -> Mapping[str, str]:
        """Return the digest of the mapping and its files, by the mapping's name."""
        return inputs_of(self.placed.made_of(self.cache), self.placed.path.name)

    @cached_property
    def _carried(self) -> tuple[str, ...]:
        delivery = self.placed.delivery
        staged = stage(delivery, self.placed.files, self.cache, self.settings)
        return tuple(carried(delivered(staged, delivery), delivery))

    def _holding(self, columns: Sequence[str]) -> Built:
        further = [name for name in columns if name not in self.asked]
        names = tuple(dict.fromkeys((*self.asked, *further)))
        return panel_of(self.placed, names, cache=self.cache, settings=self.settings)


def open_source(spec: Spec) -> Registers:
    """Return the source that a spec's mapping describes; nothing is built yet.

    Raises
    ------
    SpecError
        With every fault of the mapping.
    DataError
        With every file that is not there.
    """
    placed = placed_of(spec)
    refuse_breaks(spec, placed.delivery)
    return Registers(placed, _asked(spec), registers_cache())


def build_panel(
    spec: Spec,
    announce: Announce = lambda stage: None,
    settings: Settings = Settings(),  # noqa: B008
) -> Built:
    """Return the panel that a spec reads, built where the one that is kept is stale.

    Parameters
    ----------
    spec
        Names the mapping and the columns.
    announce
        Told why the panel is built.
    settings
        Limits of the query engine that builds it.
    """
    return replace(open_source(spec), settings=settings).panel(announce=announce)


def _asked(spec: Spec) -> tuple[str, ...]:
    """Return what a spec reads of its panel, of all that registers can give."""
    named = read_for(spec, tuple(columns_of_spec(spec)))
    made = made_in_order(spec.derive, named)
    parts = [column for name in made for column in columns_of(spec.derive[name])]
    clock = [column for column in (spec.panel.unit, spec.panel.time) if column is not None]
    keys = [column for join in spec.joins for column in join.on]
    joined = joined_columns(spec)
    wanted = (n for n in dict.fromkeys((*named, *parts, *clock, *keys)) if n not in joined)
    return tuple(name for name in wanted if name in owners() or name in MEANING)
