"""Every world against every estimator: who recovers the truth, and who errs which way.

Twelve replications a world show the direction of a bias, not coverage to a percent.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from synthetic_worlds import simulate
from synthetic_worlds.page import (
    UNSTATED,
    Line,
    estimators,
    expected_of,
    overview,
    readings,
    table,
)
from synthetic_worlds.questions import questions
from synthetic_worlds.verdict import LEVEL, SMALL, Expected, judge
from validation import Job, Results, Stamp, digest_of

from data_synth import list_worlds, load_world

NAME = "worlds"
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "synthetic_worlds"
# Draws of the truth, unless the first shows policies that differ in nothing.
TRUTHS = 3
# What a replication is made by; the others only read it.
MAKERS = ("cells.py", "questions.py", "simulate.py", "*.toml")


class Worlds:
    """The part."""

    replications = 12

    def worlds(self) -> tuple[str, ...]:
        """Return the worlds that ship."""
        return tuple(world.name for world in list_worlds())

    def digest(self, world: str) -> str:
        """Return a digest of all code that simulates and estimates, and of the world."""
        paths = [
            path
            for package in ("data_synth", "evaluation")
            for path in (ROOT / package).rglob("*.py")
        ]
        for pattern in MAKERS:
            paths += [path for path in HERE.glob(pattern) if path.name != "expected.toml"]
        return digest_of(paths, ROOT, load_world(world).model_dump_json())

    def jobs(self, worlds: Sequence[str], replications: int, done: Results) -> tuple[Job, ...]:
        """Return all replications, and as many draws of the truth as a world needs."""
        found: list[Job] = []
        for world in worlds if replications else ():
            first = done.get((world, "truth/1"))
            further = first is not None and any(first.values())
            draws = TRUTHS if further else 1
            names = [str(number) for number in range(1, replications + 1)]
            names += [f"truth/{number}" for number in range(1, draws + 1)]
            digest = self.digest(world)
            found += [Job(NAME, world, name, digest) for name in names]
        return tuple(found)

    def run(self, world: str, replication: str, seed: int) -> Mapping[str, object]:
        """Return estimates, or coupled differences, by question."""
        if replication.startswith("truth/"):
            return simulate.true_effects(world, seed)
        return simulate.replicate(world, seed)

    def section(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> str:
        """Return the section of docs/validation.md."""
        lines = [line for own in _lines(worlds, done).values() for line in own]
        stated = [line for line in lines if line.expected != UNSTATED]
        agreeing = sum(line.agrees for line in stated)
        return "\n".join(
            [
                "## Worlds: who recovers the truth",
                "",
                _stamp(worlds, done, stamp),
                "",
                _reading(),
                "",
                f"{agreeing} of {len(stated)} verdicts are those expected; what each world is and "
                "why it should do so stands in [worlds.md](worlds.md).",
                "",
                table(lines, with_world=True),
            ]
        )

    def summary(self, worlds: Sequence[str], done: Results) -> str:
        """Return the table and the disagreements."""
        lines = [line for own in _lines(worlds, done).values() for line in own]
        against = [line for line in lines if not line.agrees]
        return f"{table(lines, with_world=True)}\n\n{len(against)} of {len(lines)} disagree"

    def pages(self, worlds: Sequence[str], done: Results, stamp: Stamp) -> Mapping[str, str]:
        """Return the page of worlds."""
        lines = _lines(worlds, done)
        expected = expectations()
        blocks = [
            "# Worlds",
            "",
            "Each world is one file in [data_synth/worlds](../data_synth/worlds): a Norway in "
            "which one thing is as its title says and the truth of every estimand is known. This "
            "page is written by `make validate PART=worlds`.",
            "",
            _stamp(worlds, done, stamp),
            "",
            overview(lines),
            "",
            "## Reading the tables",
            "",
            _reading(),
            "",
            estimators([one for world in sorted(worlds) for one in questions(world)]),
        ]
        titles = {world.name: world.title for world in list_worlds()}
        for world in sorted(lines):
            blocks += ["", f"## {world}", "", f"**{titles[world]}.** {_comment(world)}"]
            blocks += ["", f"Expected: {expected[world].reason}", ""]
            blocks += [table(lines[world], with_world=False) if lines[world] else "Not run yet."]
            if unexpected := readings(lines[world], expected[world]):
                blocks += ["", "What was not expected, and what was made of it:", "", *unexpected]
        return {"worlds.md": "\n".join(blocks) + "\n"}


PART = Worlds()


def expectations() -> dict[str, Expected]:
    """Return what was expected of every world."""
    tables = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
    return {world: expected_of(content) for world, content in tables.items()}


def _lines(worlds: Sequence[str], done: Results) -> dict[str, list[Line]]:
    expected = expectations()
    found: dict[str, list[Line]] = {}
    for world in sorted(worlds):
        own = {name: result for (where, name), result in sorted(done.items()) if where == world}
        estimates = [result for name, result in own.items() if not name.startswith("truth/")]
        truths = [result for name, result in own.items() if name.startswith("truth/")]
        found[world] = (
            []
            if not estimates
            else [
                Line(
                    world,
                    question,
                    expected[world].of(question.name),
                    judge(
                        [result[question.name] for result in estimates],
                        [result[question.name] for result in truths],
                    ),
                )
                for question in questions(world)
            ]
        )
    return found


def _stamp(worlds: Sequence[str], done: Results, stamp: Stamp) -> str:
    counts = [
        sum(1 for where, name in done if where == world and not name.startswith("truth/"))
        for world in worlds
    ]
    run = [count for count in counts if count]
    return (
        f"Commit {stamp}. {min(run, default=0)} replications a world, "
        f"{len(counts) - len(run)} worlds not run yet; each of {simulate.PERSONS:,} persons "
        "at all ages. Seeds: the first six bytes of SHA-256 of `worlds/<world>/<replication>`."
    )


def _reading() -> str:
    return (
        "Truth: the coupled difference of two policies on the same persons and draws, without "
        f"faults of recording, from {TRUTHS} draws of that size (one, where that shows no "
        "difference at all), with its Monte Carlo error. Mean error: mean estimate less truth, ± "
        "Monte Carlo error, that of the truth included; *in errors*: over the mean standard error. "
        f"Found: biased, where a t test of the mean error at level {LEVEL:g} rejects and the error "
        f"is above {SMALL:g} standard errors; too sure of itself, where so few 95 % intervals hold "
        "the truth that a right method would do it with that probability; not identified, where "
        "no standard error is given; else it recovers the truth, as far as so few replications "
        "show. They show the direction of a bias; coverage to a percent takes the 2,000 "
        "replications that judging a single method needs. Expected verdicts were written down "
        "before this run; –: the error was thought too near what can be seen."
    )


def _comment(world: str) -> str:
    """Return the comment at the head of a world's file."""
    text = (files("data_synth") / "worlds" / f"{world}.toml").read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return " ".join(lines).split("  ")[0]  # its first paragraph
