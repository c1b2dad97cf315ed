"""What is said where a model's data do not answer: the same words for rows and for cells."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.errors import DataError
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec


def all_missing(name: str, outcome: Outcome) -> DataError:
    """Return the refusal of an outcome without a value."""
    return DataError(
        f"outcomes.{name}: column {outcome.measured!r} is missing in every row of the sample"
    )


def not_binary(name: str, outcome: Outcome) -> DataError:
    """Return the refusal of an outcome that is said to be binary and is not."""
    return DataError(
        f"outcomes.{name}: kind is 'binary', but column {outcome.measured!r} holds "
        "other values than 0 and 1; set kind = 'share' or 'continuous'"
    )


def none_left(model: Model, name: str, dropped: Mapping[str, int]) -> DataError:
    """Return the refusal of a model that has no rows, with what took them."""
    lost = "; ".join(f"{reason}: {count}" for reason, count in dropped.items() if count)
    return DataError(
        f"models.{model.id}: no rows are left for outcome {name!r} ({lost or 'none kept'}); "
        "check keep, periods and the columns that the model names"
    )


def moving_cluster(model: Model, cluster: str, units: int) -> DataError:
    """Return the refusal of a cluster that is not frozen."""
    return DataError(
        f"models.{model.id}.cluster: {cluster!r} changes over time in {units} units; "
        "freeze it at an earlier date, or set moving_clusters = 'keep'"
    )


def cluster_moves(cluster: str, units: int) -> str:
    """Return the warning where a model keeps such a cluster."""
    return f"cluster {cluster!r} changes over time in {units} units"


def repeated_rows(unit: str | None, time: str | None, rows: int) -> DataError:
    """Return the refusal of a panel in which a unit has two rows at one time."""
    return DataError(
        f"panel: {rows} rows repeat a pair of unit {unit!r} and time {time!r}; "
        "select one row of each in sample.keep, or leave out panel.unit for repeated "
        "cross-sections"
    )


def free_clusters(spec: Spec, model: Model) -> tuple[str, ...]:
    """Return the clusters of a model that must not vary inside a unit, sorted.

    Neither the unit nor time nor the running variable need to be frozen.
    """
    running = getattr(getattr(spec.design, "running_variable", None), "column", None)
    by_role = {spec.panel.unit, spec.panel.time, running}
    return tuple(sorted(name for name in set(model.clusters) if name not in by_role))
