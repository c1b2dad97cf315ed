"""A source that offers the joined columns of a spec beside its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from evaluation.data.hashing import file_digest
from evaluation.data.joins.file import JoinFile, read_join
from evaluation.data.joins.lookup import lookup_of
from evaluation.data.plain import plain_columns
from evaluation.errors import DataError
from evaluation.spec.faults import nearest
from evaluation.spec.joined import joined_columns, match_column
from evaluation.spec.paths import resolve
from evaluation.spec.spec import Spec

if TYPE_CHECKING:
    from evaluation.data.sources import Source


@dataclass(frozen=True)
class Joining:
    """Rows of a source with the columns of other files, looked up by key.

    Attributes
    ----------
    source
        Where the rows come from.
    spec
        Names the files, their keys and columns.
    """

    source: Source
    spec: Spec

    @property
    def distinct(self) -> bool:
        """Whether no unit can have two rows in one period: keys are, so no row is repeated."""
        return self.source.distinct

    @cached_property
    def files(self) -> tuple[JoinFile, ...]:
        """The files, in the order of the spec.

        Raises
        ------
        DataError
            With what reading them shows.
        """
        places = range(1, len(self.spec.joins) + 1)
        return tuple(read_join(self.spec, position) for position in places)

    def columns(self) -> tuple[str, ...]:
        """Return the source's columns and the joined ones.

        Raises
        ------
        DataError
            Where a joined column has the name of one of the source, or the source lacks a key.
        """
        own, joined = self.source.columns(), joined_columns(self.spec)
        faults = [
            f"{where}: the panel has a column {name!r} already; choose another name"
            for name, where in joined.items()
            if name in own
        ]
        offered = list(own)
        for position, join in enumerate(self.spec.joins, start=1):
            faults += [
                f"joins.{position}.on: no column {name!r} in the panel{nearest(name, offered)}"
                for name in join.on
                if name not in offered
            ]
            offered += [*join.columns, match_column(position)]
        if faults:
            raise DataError(*faults)
        return tuple(offered)

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows, only the columns asked for.

        Raises
        ------
        DataError
            With what reading the joined files shows.
        """
        wanted = set(columns)
        chosen: list[int] = []
        for position in range(len(self.spec.joins), 0, -1):
            join = self.spec.joins[position - 1]
            if wanted & {*join.columns, match_column(position)}:
                chosen.insert(0, position)
                wanted |= set(join.on)
        if not chosen:
            return self.source.read(columns)
        joined = joined_columns(self.spec)
        own = [name for name in dict.fromkeys((*columns, *sorted(wanted))) if name not in joined]
        frame = plain_columns(self.source.read(own))
        for position in chosen:
            keys = frame[list(self.spec.joins[position - 1].on)]
            found = lookup_of(
                self.spec, position, self.files[position - 1], keys.drop_duplicates()
            ).apply(keys)
            frame = pd.concat([frame, found], axis=1)
        return frame.loc[:, list(columns)]

    def inputs(self) -> Mapping[str, str]:
        """Return the source's own inputs and the digest of every joined file."""
        return {**self.source.inputs(), **self.joined_inputs()}

    def joined_inputs(self) -> Mapping[str, str]:
        """Return the digest of every file that joins read, by the join and the file's name."""
        found = {f"{file.where}:{file.name}": file.digest for file in self.files}
        for position, join in enumerate(self.spec.joins, start=1):
            if join.correspondence is not None:
                where = f"joins.{position}"
                path = resolve(join.correspondence, self.spec.origin, f"{where}.correspondence")
                if not path.is_file():
                    raise DataError(f"{where}.correspondence: {path.name}: no such file")
                found[f"{where}:{path.name}"] = file_digest(path)
        return found


def joining(spec: Spec, source: Source) -> Source:
    """Return the source with the joined columns of a spec; itself where it joins none."""
    return Joining(source, spec) if spec.joins else source
