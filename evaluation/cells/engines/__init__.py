"""Query engines, one file each: ``engine_of`` finds the file by the relation's engine."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, cast

from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa


class TooLarge(ArithmeticError):
    """A product or sum left the 64-bit whole numbers: ask again with wider ones."""


class Engine(Protocol):
    """What runs an Ibis expression."""

    def fetch(
        self, relation: Relation, expression: Any, settings: Settings, in_order: bool = False
    ) -> pa.Table:
        """Return the rows of a table expression.

        Parameters
        ----------
        relation
            The panel that the expression reads.
        expression
            Ibis table expression.
        settings
            Limits of the engine.
        in_order
            Whether sums must be taken in one order, whatever the number of threads.

        Raises
        ------
        DataError
            With what reading the data shows.
        EnvironmentProblem
            Where memory or disk do not suffice.
        TooLarge
            Where a whole number leaves 64 bits.
        """
        ...

    def stream(
        self, relation: Relation, expression: Any, settings: Settings, in_order: bool = False
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table expression in batches, as :meth:`fetch`."""
        ...

    def beside(self, relation: Relation, rows: pa.Table, name: str) -> Any:
        """Return a small table of our own as an Ibis table that can be joined to the panel's."""
        ...

    def hold(self, relation: Relation, rows: Any, name: str, settings: Settings) -> Any | None:
        """Return the rows of a table expression worked out once, for every later query.

        They stay with the engine, within its limits, as long as the relation is open. Queries join
        them to the right of the panel's rows, and they are fewer.

        Parameters
        ----------
        relation, rows, settings
            As ``relation``, ``expression`` and ``settings`` of :meth:`fetch`.
        name
            Name of the table; one of this name that was held before is let go.

        Returns
        -------
        Any | None
            An Ibis table, ``None`` where the engine may write none.

        Raises
        ------
        DataError, EnvironmentProblem, TooLarge
            As :meth:`fetch`.
        """
        ...


def engine_of(relation: Relation) -> Engine:
    """Return the engine that a relation is bound to."""
    return cast(Engine, importlib.import_module(f"evaluation.cells.engines.{relation.engine}"))
