"""``run``: specs to outputs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.cells.settings import Settings
from evaluation.commands.console import Console
from evaluation.commands.durations import duration
from evaluation.commands.gates import pass_gates
from evaluation.commands.locate import locate, spec_id_of
from evaluation.commands.outputs import refuse_unwritable
from evaluation.commands.remarks import remarks
from evaluation.commands.shown import headline_table
from evaluation.commands.steps import Steps
from evaluation.commands.steps import ended as side_by_side
from evaluation.commands.stoppable import stoppable
from evaluation.commands.workers import in_workers
from evaluation.data.durable.holding import holding
from evaluation.errors import UsageError, UserError
from evaluation.estimators.supplying import Engine
from evaluation.pipeline import run_spec
from evaluation.release.bundle.read import is_bundle
from evaluation.release.writer import write_record
from evaluation.report.blinded import folder_of
from evaluation.report.record import Record
from evaluation.review.asked_bundle import asked_bundle, refuse_replacing, refuse_ways
from evaluation.spec.loader import read_spec
from evaluation.spec.lock import Lock
from evaluation.spec.lock_file import lock_path, read_lock
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Way:
    """How models are to be estimated; see ``pipeline.run_spec``."""

    cells: Path | None = None
    rebuild: bool = False
    engine: Engine = "auto"
    settings: Settings = field(default_factory=Settings)
    blind: bool = False


@dataclass(frozen=True)
class Job:
    """One spec to run, and how."""

    path: Path
    settings: tuple[str, ...]
    allowed: tuple[Path, ...]
    out: Path
    gates: tuple[str, ...]
    way: Way


@dataclass(frozen=True)
class Done:
    """How a job ended: its record and folder, and the error that stopped or failed it."""

    label: str
    record: Record | None = None
    folder: Path | None = None
    error: UserError | None = None


def run(
    specs: Sequence[str],
    *,
    settings: Sequence[str],
    allowed: Sequence[Path],
    out: Path,
    gates: tuple[str, ...],
    jobs: int,
    console: Console,
    way: Way = Way(),
) -> tuple[Done, ...]:
    """Run specs one by one or side by side, tell each as it ends, and return how they ended.

    Raises
    ------
    UsageError
        Where two specs share an id, so that one's outputs would replace the other's; where cells
        of one spec are given to several.
    """
    if way.cells is not None and len(specs) > 1:
        raise UsageError("run: --cells holds the cells of one spec; name one spec")
    paths = [locate(name) for name in specs]
    _refuse_shared_ids(paths)
    work = [Job(path, tuple(settings), tuple(allowed), out, gates, way) for path in paths]
    ended: list[Done] = []
    begun = time.monotonic()
    if jobs > 1 and len(work) > 1:
        console.stage("run", f"{len(work)} specs, {jobs} at a time")
        for done in in_workers(run_job, work, jobs):
            tell(done, console)
            ended.append(done)
            console.stage("run", side_by_side(len(ended), len(work), time.monotonic() - begun))
        console.settle()
    else:
        for at, job in enumerate(work, start=1):
            done = _one_by_one(job, Steps(at, len(work), begun=begun), console)
            tell(done, console)
            ended.append(done)
    if len(work) > 1:
        failed = sum(done.error is not None for done in ended)
        how = f", {failed} with an error" if failed else ""
        console.say(f"{len(work)} specs{how} in {duration(time.monotonic() - begun)}; {out}")
    return tuple(ended)


def _one_by_one(job: Job, steps: Steps, console: Console) -> Done:
    """Run one spec and tell every stage as it begins, with what comes before and after it."""
    with stoppable() as go_on:

        def announce(stage: str) -> None:
            go_on()
            console.stage(job.path.stem, stage, steps.note(stage))

        return run_job(job, announce, steps.plan)


def _refuse_shared_ids(paths: Sequence[Path]) -> None:
    counted = Counter(spec_id_of(path) for path in paths)
    for spec_id, count in counted.items():
        if count > 1:
            named = ", ".join(str(path) for path in paths if spec_id_of(path) == spec_id)
            raise UsageError(
                f"run: {named} have the id {spec_id!r}: one's outputs would replace the other's; "
                "name each spec once, or give each its own id"
            )


def run_job(
    job: Job,
    announce: Callable[[str], None] = lambda stage: None,
    planned: Callable[[Spec], None] = lambda spec: None,
) -> Done:
    """Run one spec and write its outputs.

    Parameters
    ----------
    job
        The spec, and how it is run.
    announce
        Told the name of every stage as it begins.
    planned
        Told the spec once it is read, before its first stage.
    """
    label = job.path.stem
    try:
        with _asked(job) as asked:
            label = asked.spec.id
            planned(asked.spec)
            target = job.out / folder_of(label, blind=job.way.blind)
            refuse_unwritable(target)
            refuse_replacing(job.path, target)
            with holding(target):
                found = run_spec(
                    asked.spec,
                    memory=job.out / ".cache",
                    cells=asked.cells,
                    rebuild=job.way.rebuild,
                    engine=job.way.engine,
                    settings=job.way.settings,
                    lock=asked.lock,
                    blind=job.way.blind,
                    announce=announce,
                )
                record = asked.marked(found)
                folder = write_record(record, job.out)
    except UserError as error:
        return Done(label, error=error)
    try:
        pass_gates(record, job.gates)
    except UserError as error:
        return Done(label, record, folder, error)
    return Done(label, record, folder)


@dataclass(frozen=True)
class _Asked:
    """What a job asks: a spec of its own, or that of a bundle."""

    spec: Spec
    cells: Path | None
    lock: Lock | None = None
    marked: Callable[[Record], Record] = lambda record: record


@contextmanager
def _asked(job: Job) -> Iterator[_Asked]:
    if is_bundle(job.path):
        way = job.way
        refuse_ways(
            job.path, cells=way.cells is not None, rebuild=way.rebuild, blind=way.blind,
            engine_microdata=way.engine == "microdata", allow=bool(job.allowed),
        )  # fmt: skip
        with asked_bundle(job.path, job.settings) as asked:
            yield _Asked(asked.spec, asked.cells, marked=asked.marked)
        return
    spec = read_spec(
        job.path,
        catalogue(),
        settings=job.settings,
        allowed=job.allowed,
        # With cells at hand the spec's own source is not read, so it may be anywhere.
        with_paths=job.way.cells is None,
    )
    yield _Asked(spec, job.way.cells, read_lock(lock_path(job.path)))


def tell(done: Done, console: Console) -> None:
    """Tell how one spec ended."""
    if done.record is not None and done.folder is not None:
        console.say(f"\n{done.record.spec.title}")
        if done.record.status != "insufficient":
            console.say(headline_table(done.record))
        for line in remarks(done.record):
            console.say(line)
        blind = done.record.words.text("blind.ended") if done.record.blind else ""
        how = ", ".join(part for part in (done.record.status, blind) if part)
        console.say(f"{done.label}: {how}; {done.folder / 'restricted/report.html'}")
        console.event(
            "done",
            spec=done.label,
            status=done.record.status,
            result=str(done.folder / "result.json"),
        )
    if done.error is not None:
        console.fault(done.error)
