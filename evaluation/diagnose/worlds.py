"""A spec on a panel of a synthetic world, in place of its own."""

from __future__ import annotations

from collections.abc import Iterator

import data_synth
from evaluation.errors import SpecError, UsageError
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.dates import dated_columns
from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.faults import nearest
from evaluation.spec.joined import joined_columns
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.resolve import resolve_inference
from evaluation.spec.spec import Spec


def in_world(spec: Spec, world: str, persons: int | None = None) -> Spec:
    """Return a spec whose rows are simulated from a world, asked for its models alone.

    Estimates and headline verdicts are those that the spec itself would give: the variance that is
    the default of its own source stays. Checks, subgroups, families, tables and varied
    specifications are left out.

    Parameters
    ----------
    spec
        What is to be diagnosed.
    world
        Name of a world.
    persons
        Of the whole world; those of the spec's own synthetic panel by default.

    Raises
    ------
    UsageError
        Where nobody says how many persons.
    SpecError
        For an unknown world, or one that lacks columns of the spec.
    """
    loaded = data_synth.load_world(world)
    own = spec.panel if isinstance(spec.panel, SyntheticPanel) else None
    count = persons if own is None or persons is not None else own.persons
    if count is None:
        raise UsageError(
            f"{spec.id}: its source is {spec.panel.source}, so --persons must say how many persons "
            "of the world to simulate"
        )
    faults = list(_lacking(spec))
    if faults:
        raise SpecError(
            f"{spec.id}: the world {world!r} cannot stand in for its panel: {'; '.join(faults)}"
        )
    asked = spec.panel
    panel = SyntheticPanel(
        source="synthetic",
        world=world,
        persons=count,
        seed=0,
        ages=None if own is None else own.ages,
        unit=asked.unit,
        time=asked.time,
        time_unit=asked.time_unit,
        period=asked.period,
        window=asked.window or (loaded.time.first, loaded.time.last),
        weight=asked.weight,
    )
    # Defaults of inference follow the source.
    models = tuple(
        model.model_copy(update={"variance": resolve_inference(spec, model).variance})
        for model in spec.models
    )
    emptied = dict.fromkeys(("checks", "heterogeneity", "families", "vary", "tables"), ())
    return spec.model_copy(
        update={**emptied, "panel": panel, **({} if own else {"models": models})}
    )


def _lacking(spec: Spec) -> Iterator[str]:
    """Yield a phrase for every column that no world has."""
    offered = tuple(data_synth.COLUMNS)
    joined = joined_columns(spec)
    bare = spec.model_copy(update={"checks": ()})
    dated = {one.name: one.sources for one in dated_columns(bare).values()}
    named = {
        source: where
        for column, where in columns_of_spec(bare).items()
        for source in dated.get(column, (column,))
    }
    made = made_in_order(spec.derive, named)
    for column, where in named.items():
        if column not in (*offered, *joined, *made):
            yield f"{where}: no column {column!r}{nearest(column, offered)}"
    for name in made:
        for column, key in inputs_of(spec.derive[name]).items():
            if column not in (*offered, *joined, *spec.derive):
                yield f"derive.{name}.{key}: no column {column!r}{nearest(column, offered)}"


def seeded(spec: Spec, seed: int) -> Spec:
    """Return a spec of a synthetic panel with another seed."""
    return spec.model_copy(update={"panel": spec.panel.model_copy(update={"seed": seed})})
