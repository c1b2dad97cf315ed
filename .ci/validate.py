"""Run the validation parts of tests/simulation, resumably, and write docs/validation.md.

A part is a module with ``PART``, which says what to replicate and how to read the results. Every
finished replication is one JSON line in .cache/validate/, so that a run that was ended goes on
where it stood. ``--again WORLD`` finds these worlds anew and lets the others stand. ``--only`` and
``--replications`` are for trying: they print and write no page.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from validation import Finished, Job, Part, Stamp, Store, seed_of, with_section

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "tests" / "simulation"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts named, all by default; return 2 for a name that does not exist."""
    known = part_names(PARTS)
    parser = argparse.ArgumentParser(description="Run the validation parts of tests/simulation.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of: {', '.join(known)}")
    parser.add_argument("--again", action="append", default=[], metavar="WORLD")
    parser.add_argument("--only", action="append", default=[], metavar="WORLD")
    parser.add_argument("--replications", type=int, metavar="N")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.parts if name not in known]
    if unknown:
        print(f"validate: no part {unknown[0]!r} (there are: {', '.join(known)})", file=sys.stderr)
        return 2
    trying = bool(given.only) or given.replications is not None
    for name in given.parts or known:
        run_part(
            name,
            folder=PARTS,
            cache=ROOT / ".cache" / "validate",
            docs=None if trying else ROOT / "docs",
            stamp=Stamp(*commit_of(ROOT)),
            again=tuple(given.again),
            only=tuple(given.only),
            replications=given.replications,
            processes=given.processes,
        )
    return 0


def part_names(folder: Path) -> tuple[str, ...]:
    """Return the parts in a folder: its modules."""
    return tuple(sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__"))


def run_part(
    name: str,
    *,
    folder: Path,
    cache: Path,
    docs: Path | None,
    stamp: Stamp,
    again: Sequence[str] = (),
    only: Sequence[str] = (),
    replications: int | None = None,
    processes: int = 2,
) -> str:
    """Run what is missing of one part, write its pages and return its section.

    Parameters
    ----------
    docs
        Folder of ``validation.md`` and the part's own pages; nothing is written without it.
    again
        Worlds to find anew where the sources changed; the results of all others stand, and the page
        says at which commit. All worlds by default.
    only, replications
        Worlds and number of replications, the part's own by default.
    processes
        Workers; with one the replications run in this process.
    """
    part = load_part(folder, name)
    worlds = tuple(only) or part.worlds()
    count = part.replications if replications is None else replications
    store = Store(cache / name / "replications.jsonl")
    standing = tuple(world for world in worlds if world not in again) if again else ()
    done = store.read(worlds, part, standing)
    begun = time.monotonic()
    while missing := [job for job in part.jobs(worlds, count, done) if job.key not in done]:
        for number, finished in enumerate(_run(missing, part, folder, processes), 1):
            store.add(finished, str(stamp))
            done[finished.job.key] = finished.result
            minutes = (time.monotonic() - begun) / 60
            print(
                f"{name}: {number} of {len(missing)}, {finished.job.world} "
                f"{finished.job.replication}, {finished.seconds:.1f} s; {minutes:.1f} min",
                flush=True,
            )
    commits = store.commits(worlds, part, standing)
    if commits:
        stamp = Stamp.of(commits)
    wanted = {job.key: done[job.key] for job in part.jobs(worlds, count, done)}
    section = part.section(worlds, wanted, stamp)
    print(part.summary(worlds, wanted), flush=True)
    if docs is not None:
        write(docs / "validation.md", with_section(docs / "validation.md", name, section))
        for path, text in part.pages(worlds, wanted, stamp).items():
            write(docs / path, text)
    return section


def load_part(folder: Path, name: str) -> Part:
    """Import a part; its helpers are found beside it."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    part: Part = importlib.import_module(name).PART
    return part


def write(path: Path, text: str) -> None:
    """Replace a file as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    partial.replace(path)


def commit_of(root: Path) -> tuple[str, bool]:
    """Return the commit and whether files differ from it."""
    # The page that is written here is no source of what stands on it.
    sources = ["status", "--porcelain", "-uno", "--", ".", ":!docs/validation.md"]
    words = (["rev-parse", "--short=12", "HEAD"], sources)
    commit, status = (
        subprocess.run(
            ["git", "-C", str(root), *word], capture_output=True, text=True, check=True
        ).stdout.strip()
        for word in words
    )
    return commit, bool(status)


def _run(jobs: Sequence[Job], part: Part, folder: Path, processes: int) -> Iterator[Finished]:
    if processes == 1:
        yield from (_one(job, folder) for job in jobs)
        return
    # A fresh interpreter, so that one thread a process holds before numpy loads.
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_end_with_parent) as pool:
        waiting = [pool.submit(_one, job, folder) for job in jobs]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()


def _end_with_parent() -> None:
    """Leave no worker behind when the run is killed."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()


def _one(job: Job, folder: Path) -> Finished:
    begun = time.monotonic()
    result = load_part(folder, job.part).run(job.world, job.replication, seed_of(job))
    return Finished(job, result, time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main())
