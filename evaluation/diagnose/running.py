"""Diagnose a spec over worlds: what is missing is replicated, then every world gets its table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.data.source_digest import digest_on_disk
from evaluation.diagnose.aggregate import diagnoses_of
from evaluation.diagnose.replicate import Replication, compute_truths, source_of, world_of
from evaluation.diagnose.store import FOLDER, Store
from evaluation.diagnose.workers import Job, replicated
from evaluation.diagnose.worlds import in_world
from evaluation.errors import DataError, UsageError
from evaluation.results import Diagnosis
from evaluation.spec.design_digest import design_digest
from evaluation.spec.digest import canonical_json
from evaluation.spec.spec import Spec

LEAST = 2
# All that stands between a spec and a replication.
MAKERS = (
    "data_synth",
    "evaluation/data",
    "evaluation/spec",
    "evaluation/cells",
    "evaluation/inference",
    "evaluation/estimators",
    "evaluation/checks",
)
# Raised where replications hold something else than before.
FORMAT = 1
Announce = Callable[[str], None]
Tell = Callable[[], None]


@dataclass(frozen=True)
class Plan:
    """What is to be done for one world.

    Attributes
    ----------
    spec
        In its world.
    store
        Where its replications are.
    done
        Those there already, by number.
    missing
        Numbers of those that are not.
    """

    spec: Spec
    store: Store
    done: dict[int, Replication]
    missing: tuple[int, ...]


def plan_of(
    spec: Spec, worlds: Sequence[str], replications: int, persons: int | None, folder: Path
) -> tuple[Plan, ...]:
    """Return what there is to do, by world; nothing is drawn yet.

    Parameters
    ----------
    spec
        What is diagnosed.
    worlds
        By name, each once.
    replications
        Of each world, numbered from 1.
    persons
        Of a world; those of the spec's own synthetic panel by default.
    folder
        In which replications are kept.

    Raises
    ------
    UserError
        For too few replications, no models, or a world that cannot stand in for the panel.
    """
    if replications < LEAST:
        raise UsageError(f"--replications: found {replications}; allowed: at least {LEAST}")
    if not spec.models:
        raise UsageError(f"{spec.id}: has no models, so there is nothing to diagnose")
    code = digest_on_disk(MAKERS)
    plans = []
    for world in dict.fromkeys(worlds):
        own = in_world(spec, world, persons)
        store = Store(folder / FOLDER / f"{world}-{_digest(own, code)}.jsonl")
        done = {at: one for at, one in store.read().items() if 1 <= at <= replications}
        missing = tuple(at for at in range(1, replications + 1) if at not in done)
        plans.append(Plan(own, store, done, missing))
    return tuple(plans)


def replicate_missing(
    plans: Sequence[Plan], processes: int, announce: Announce, tell: Tell
) -> None:
    """Draw what is missing, world by world, and keep each replication as it ends.

    Parameters
    ----------
    plans
        Filled with what is found.
    processes
        Workers.
    announce, tell
        Told of a world's truth as it is computed, and of each replication that ended.

    Raises
    ------
    DataError
        Where the first two replications of a world have no rows to estimate from.
    """
    for plan in plans:
        if not plan.missing:
            continue
        announce(f"{world_of(plan.spec)}: truth of the superpopulation")
        compute_truths(plan.spec)
        announce(f"{world_of(plan.spec)}: {len(plan.missing)} replications")
        for job, result in replicated([Job(plan.spec, at) for at in plan.missing], processes):
            plan.store.add(job.replication, result)
            plan.done[job.replication] = result
            tell()
            _refuse_hopeless(plan)


def rows_of(spec: Spec, plan: Plan) -> tuple[Diagnosis, ...]:
    """Return the table of a world whose replications are all there.

    Raises
    ------
    DataError
        Where the first two replications of the world have no rows to estimate from.
    """
    _refuse_hopeless(plan)
    found = [plan.done[at] for at in sorted(plan.done)]
    return diagnoses_of(plan.spec, found, design_digest(spec))


def _refuse_hopeless(plan: Plan) -> None:
    first = [plan.done[at].refused for at in (1, 2) if at in plan.done]
    if len(first) == LEAST and all(first):
        raise DataError(f"{plan.spec.id}: in the world {world_of(plan.spec)!r}: {first[0]}")


def _digest(spec: Spec, code: str) -> str:
    """Return the digest of all that a replication depends on."""
    inputs = canonical_json(source_of(spec).inputs())
    panel = canonical_json(spec.panel.model_dump(mode="json"))
    text = f"{FORMAT}\0{code}\0{inputs}\0{spec.id}\0{panel}\0{design_digest(spec)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
