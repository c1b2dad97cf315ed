"""One trial: a command is killed, what stands is looked at, and the command is run again."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from evaluation.errors import UserError
from fault_trials.commands import Commands, Ended
from fault_trials.study import (
    FOLDER,
    ID,
    OUT,
    ledger,
    outputs,
    release,
    spec_of,
    strays,
    write_study,
)

# A kill may come a little after the command would have ended.
BEYOND = 1.02
TRIES = 20
KILLED = -9


RUN = ("run", spec_of("Two"), "--out", OUT)
SIGNED = ("--sign", "Checker", "--decision", "approve", "--comment", "looked at")
RELEASE = ("release", ID, "--out", OUT, *SIGNED)


@dataclass(frozen=True)
class World:
    """A command that is killed.

    Attributes
    ----------
    title
        As the page calls it.
    words
        The command.
    before
        Version whose outputs stand when it begins; version One is released then.
    after
        Glob of files from which seconds count; ``None`` for the command's start.
    kept_cells
        Whether cells of an earlier run are at hand.
    """

    title: str
    words: tuple[str, ...]
    before: str
    after: str | None = None
    kept_cells: bool = True


WORLDS = {
    "run": World("`run`, from its start", RUN, "One", kept_cells=False),
    "run_writing": World("`run`, while it writes", RUN, "One", after=f"{OUT}/.{ID}-*"),
    "release": World("`release`, from its start", RELEASE, "Two"),
    "release_writing": World(
        "`release`, while it writes", RELEASE, "Two", after=f"{FOLDER}/.release-*"
    ),
}


@dataclass(frozen=True)
class Base:
    """Studies to begin with, each copied for a trial, and how they end.

    Attributes
    ----------
    commands
        Starts and kills.
    studies
        Folder by the version that was run last; in each, version One was released.
    releases
        Digests of the files of a release, by version.
    ledger
        What the ledger knows after version One, and after both.
    """

    commands: Commands
    studies: Mapping[str, Path]
    releases: Mapping[str, Mapping[str, str]]
    ledger: tuple[str, ...]


def trial(world: str, seed: int) -> Mapping[str, object]:
    """Kill a world's command, at a time drawn by ``seed``, and return what was found.

    A command that has ended by then is begun anew, and another time is drawn.

    Returns
    -------
    mapping
        ``at``: the share of its span; ``early``: how often it had ended; ``stands``: the version
        whose outputs, or release, stand after it; ``left``: unfinished folders and locks beside
        them; ``faults``: all that is not as it must be, also after the command was run again.
    """
    asked, ready = WORLDS[world], base()
    draws = np.random.default_rng(seed)
    for early in range(TRIES):
        share = float(draws.uniform(0, BEYOND))
        with _copy(ready, asked) as study:
            seconds = share * span(world)
            ended = ready.commands.run(asked.words, study, kill=seconds, after=asked.after)
            if ended.code != KILLED:
                _succeed(ended)
                continue
            stands, faults = _found(study, asked, ready)
            faults = [f"after the kill: {fault}" for fault in faults]
            left = strays(study)
            again = ready.commands.run(asked.words, study)
            if again.code:
                faults.append(f"run again: exit {again.code}: {again.said[-300:]}")
            healed, others = _found(study, asked, ready)
            faults += [f"run again: {fault}" for fault in others]
            if healed != "Two":
                faults.append(f"run again: version {healed!r} stands")
            faults += [f"run again: {name} is left" for name in strays(study)]
        return {
            "at": share, "early": early, "stands": stands, "left": len(left), "faults": faults
        }  # fmt: skip
    raise RuntimeError(f"{world}: ended before it could be killed, {TRIES} times")


def _found(study: Path, asked: World, ready: Base) -> tuple[str, list[str]]:
    """Return which version stands of what a command writes, and all that is not whole."""
    found = outputs(study)
    faults = list(found.faults)
    there = release(study)
    released = next((name for name, one in ready.releases.items() if one == there), "")
    if not released:
        faults.append(f"the release is none of the two: {len(there)} files")
    try:
        known = ledger(study)
    except UserError as error:
        faults.append(str(error))
    else:
        wanted = ready.ledger[: len(known)]
        if known != wanted or len(known) < (2 if released == "Two" else 1):
            faults.append(f"the ledger knows {len(known)} releases, version {released!r} stands")
    if asked.words is RUN:
        if released != "One":
            faults.append("a run changed the release")
        return found.version, faults
    if found.version != "Two":
        faults.append("a release changed the outputs")
    return released, faults


@cache
def base() -> Base:
    """Return what trials begin with, made once a process."""
    above = Path(tempfile.mkdtemp(prefix="activity-duty-faults-"))
    commands = Commands(above / "cache")
    atexit.register(shutil.rmtree, above, ignore_errors=True)
    atexit.register(commands.close)
    one = above / "One"
    one.mkdir()
    write_study(one, "registry_default")
    _succeed(commands.learn(("run", spec_of("One"), "--out", OUT), one))
    _succeed(commands.learn(RELEASE, one))
    two = above / "Two"
    shutil.copytree(one, two)
    _succeed(commands.run(RUN, two))
    ended = above / "ended"
    shutil.copytree(two, ended)
    _succeed(commands.run(RELEASE, ended))
    releases = {"One": release(one), "Two": release(ended)}
    if releases["One"] == releases["Two"]:
        raise RuntimeError("the two releases do not differ")
    return Base(commands, {"One": one, "Two": two}, releases, ledger(ended))


@cache
def span(world: str) -> float:
    """Return the seconds that a world's command takes, the shorter of two."""
    asked, ready = WORLDS[world], base()
    spans = []
    for _ in range(2):
        with _copy(ready, asked) as study:
            ended = ready.commands.run(asked.words, study, after=asked.after)
            _succeed(ended)
            spans.append(ended.seconds if ended.writing is None else ended.writing)
    return min(spans)


def _succeed(ended: Ended) -> None:
    if ended.code:
        raise RuntimeError(f"exit {ended.code}: {ended.said}")


@contextmanager
def _copy(ready: Base, asked: World) -> Iterator[Path]:
    folder = ready.studies[asked.before]
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        study = Path(made) / "study"
        shutil.copytree(folder, study)
        if not asked.kept_cells:
            shutil.rmtree(study / OUT / ".cache")
        yield study
