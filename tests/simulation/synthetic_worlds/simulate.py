"""One replication of a world: every estimate; and one batch of its truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from data_synth import load_world, person_month
from synthetic_worlds.cells import Release
from synthetic_worlds.questions import Policies, Question, questions

if TYPE_CHECKING:
    from data_synth import World

FOLDER = Path(__file__).parent
PERSONS = 400_000

# Estimate, standard error and ends of the 95 % interval; none of the last three without an error.
Found = list[float | None]


def replicate(name: str, seed: int) -> Mapping[str, Found]:
    """Estimate everything asked of the world ``name`` on one panel."""
    asked = questions(name)
    spans = [(question.design.first, question.design.ages) for question in asked]
    panel = _panel(_own(name, seed), asked, spans, seed, "actual", recorded=True)
    by_fit: dict[tuple[object, str, str], list[Question]] = {}
    for question in asked:
        by_fit.setdefault((question.design, question.outcome, question.spec), []).append(question)
    found: dict[str, Found] = {}
    for group in by_fit.values():
        estimates = _estimates(group[0], panel)
        found |= {question.name: estimates[question.model] for question in group}
    return {question.name: found[question.name] for question in asked}


def true_effects(name: str, seed: int) -> Mapping[str, float]:
    """Return the coupled difference for everything asked of the world ``name``, in one draw."""
    asked, world = questions(name), load_world(name)
    found: dict[str, float] = {}
    for pair in dict.fromkeys(question.policies for question in asked):
        group = [question for question in asked if question.policies == pair]
        found |= _pair_effects(world, group, pair, seed)
    return {question.name: found[question.name] for question in asked}


def _own(name: str, seed: int) -> World:
    """Return the world, its national shocks drawn anew: they are what differs between histories."""
    world = load_world(name)
    if not world.age_shocks.sd:
        return world
    shocks = world.age_shocks.model_copy(update={"seed": seed})
    return world.model_copy(update={"age_shocks": shocks})


def _pair_effects(
    world: World, group: Sequence[Question], pair: Policies, seed: int
) -> dict[str, float]:
    spans = [question.design.of_truth for question in group]
    with_it, without = (
        _panel(world, group, spans, seed, policy, recorded=False) for policy in pair
    )
    found = {}
    for question in group:
        cells = [question.design.cells(panel, question.outcome) for panel in (with_it, without)]
        found[question.name] = question.design.effects(cells[0], cells[1])[question.relative]
    return found


COLUMNS = (
    "person_id",
    "ym",
    "age_months",
    "muni_h",
    "muni_now",
    "adopted_ym",
    "adoption_status",
)


def _panel(
    world: World,
    asked: Sequence[Question],
    spans: Sequence[tuple[int, tuple[int, int]]],
    seed: int,
    policy: str,
    *,
    recorded: bool,
) -> pd.DataFrame:
    """Simulate what the questions need; ``spans`` are their first months and ages."""
    last = max(question.design.last for question in asked)
    return person_month(
        world,
        persons=PERSONS,
        seed=seed,
        window=(_day(min(first for first, _ in spans)), _day(last)),
        policy=policy,
        columns=[*COLUMNS, *dict.fromkeys(question.outcome for question in asked)],
        ages=(min(ages[0] for _, ages in spans), max(ages[1] for _, ages in spans)),
        recorded=recorded,
    )


def _day(ym: int) -> date:
    return date(ym // 100, ym % 100, 1)


def _estimates(question: Question, panel: pd.DataFrame) -> dict[str, Found]:
    """Return the main number of every model of the question's spec."""
    import evaluation

    design = question.design
    if question.rows == "rows" and isinstance(design, Release):
        frame = design.rows(panel, question.outcome)
    else:
        frame = design.cells(panel, question.outcome)
    rows = evaluation.run(FOLDER / f"{question.spec}.toml", frame=frame).estimates
    main = rows[
        rows["estimand"].isin(("att", "att_relative", "itt_at_cutoff")) & rows["term"].isna()
    ]
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    return {
        str(model): [None if pd.isna(value) else float(value) for value in values]
        for model, values in zip(main["model_id"], main[columns].to_numpy(), strict=True)
    }
