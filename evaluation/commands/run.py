"""``run``: specs to outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from evaluation.catalogue import catalogue
from evaluation.cells.settings import Settings
from evaluation.commands.console import Console
from evaluation.commands.gates import pass_gates
from evaluation.commands.locate import locate, spec_id_of
from evaluation.commands.outputs import refuse_unwritable
from evaluation.commands.remarks import remarks
from evaluation.commands.shown import headline_table
from evaluation.errors import UsageError, UserError
from evaluation.estimators.supplying import Engine
from evaluation.pipeline import run_spec
from evaluation.release.writer import write_record
from evaluation.report.record import Record
from evaluation.spec.loader import read_spec


@dataclass(frozen=True)
class Way:
    """How models are to be estimated; see ``pipeline.run_spec``."""

    cells: Path | None = None
    rebuild: bool = False
    engine: Engine = "auto"
    settings: Settings = field(default_factory=Settings)


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
    if jobs > 1 and len(work) > 1:
        console.stage("run", f"{len(work)} specs, {jobs} at a time")
        # Fork would copy the thread pools of numerical libraries in an unknown state.
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            for done in pool.map(run_job, work):
                tell(done, console)
                ended.append(done)
    else:
        for job in work:
            label = job.path.stem
            done = run_job(job, lambda stage, label=label: console.stage(label, stage))  # type: ignore[misc]
            tell(done, console)
            ended.append(done)
    return tuple(ended)


def _refuse_shared_ids(paths: Sequence[Path]) -> None:
    counted = Counter(spec_id_of(path) for path in paths)
    for spec_id, count in counted.items():
        if count > 1:
            named = ", ".join(str(path) for path in paths if spec_id_of(path) == spec_id)
            raise UsageError(
                f"run: {named} have the id {spec_id!r}: one's outputs would replace the other's; "
                "name each spec once, or give each its own id"
            )


def run_job(job: Job, announce: Callable[[str], None] = lambda stage: None) -> Done:
    """Run one spec and write its outputs."""
    label = job.path.stem
    try:
        spec = read_spec(
            job.path,
            catalogue(),
            settings=job.settings,
            allowed=job.allowed,
            # With cells at hand the spec's own source is not read, so it may be anywhere.
            with_paths=job.way.cells is None,
        )
        label = spec.id
        refuse_unwritable(job.out / spec.id)
        record = run_spec(
            spec,
            memory=job.out / ".cache",
            cells=job.way.cells,
            rebuild=job.way.rebuild,
            engine=job.way.engine,
            settings=job.way.settings,
            announce=announce,
        )
        folder = write_record(record, job.out)
    except UserError as error:
        return Done(label, error=error)
    try:
        pass_gates(record, job.gates)
    except UserError as error:
        return Done(label, record, folder, error)
    return Done(label, record, folder)


def tell(done: Done, console: Console) -> None:
    """Tell how one spec ended."""
    if done.record is not None and done.folder is not None:
        console.say(f"\n{done.record.spec.title}")
        console.say(headline_table(done.record))
        for line in remarks(done.record):
            console.say(line)
        console.say(f"{done.label}: {done.record.status}; {done.folder / 'restricted/report.html'}")
        console.event(
            "done",
            spec=done.label,
            status=done.record.status,
            result=str(done.folder / "result.json"),
        )
    if done.error is not None:
        console.fault(done.error)
