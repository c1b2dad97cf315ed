"""Run every study on its world, print what each main estimate says, and renew what is committed.

``specs/studies/found.csv`` holds the table; ``--pages`` writes docs/studies with each study's
figure too, and ``--texts`` its pages alone, from what is committed. With ``--only`` the other
studies stand as they were.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from study_pages import write_pages
from study_runs import COMMITTED, ROOT, STUDIES, Found, end_with_parent, run_study

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
TABLE = STUDIES / "found.csv"
HEAD = ["study", "estimand", "estimate", "interval", "truth", "verdict", "placebos", "seconds"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the studies named, all by default; return 1 where one gives nothing, 2 for a wrong id."""
    known = study_ids()
    parser = argparse.ArgumentParser(description="Run every study on its synthetic world.")
    parser.add_argument("--only", action="append", default=[], metavar="STUDY")
    parser.add_argument("--out", type=Path, default=ROOT / ".cache" / "studies", metavar="DIR")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    parser.add_argument("--pages", action="store_true", help="write docs/studies with figures")
    parser.add_argument("--texts", action="store_true", help="write docs/studies, run nothing")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.only if name not in known]
    if unknown:
        print(f"studies: no study {unknown[0]!r} (there are: {', '.join(known)})", file=sys.stderr)
        return 2
    if given.texts:
        write_pages({})
        return 0
    begun = time.monotonic()
    done = dict(run_all(given.only or known, given.out, given.processes, given.pages))
    found = [done[name] for name in known if name in done]
    commit(TABLE, found, known)
    if given.pages:
        write_pages({one.study: one.picture for one in found})
    print(table(found))
    held = sum(not one.broken for one in found)
    print(
        f"\n{held} of {len(found)} studies ran; {time.monotonic() - begun:.0f} s in all, "
        f"{cpu_of_children():.0f} s of CPU"
    )
    return 0 if held == len(found) else 1


def cpu_of_children() -> float:
    """Return the seconds of CPU that the processes of studies took: what a busy machine hides."""
    spent = os.times()
    return spent.children_user + spent.children_system


def study_ids() -> tuple[str, ...]:
    """Return the ids of the studies, without their variants, in the order of the catalogue."""
    from evaluation.spec.studies import studies

    return tuple(one.id for one in studies() if not one.base)


def run_all(
    names: Sequence[str], out: Path, processes: int, drawn: bool
) -> Iterator[tuple[str, Found]]:
    """Yield what every study found, as it ends; each has a process of its own."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    context = get_context("spawn")
    with ProcessPoolExecutor(
        processes, context, initializer=end_with_parent, max_tasks_per_child=1
    ) as pool:
        waiting = [pool.submit(run_study, name, str(out), drawn) for name in names]
        for at, future in enumerate(as_completed(waiting), 1):
            found = future.result()
            print(
                f"{at} of {len(names)}: {found.study}, {found.seconds:.0f} s: {found.verdict}",
                flush=True,
            )
            yield found.study, found


def commit(path: Path, found: Sequence[Found], known: Sequence[str]) -> None:
    """Write what was found, beside what is known of the studies that were not run."""
    rows = read_table(path)
    rows |= {one.study: {name: getattr(one, name) for name in COMMITTED} for one in found}
    text = io.StringIO()
    writer = csv.DictWriter(text, COMMITTED, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[name] for name in known if name in rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def read_table(path: Path) -> dict[str, Mapping[str, str]]:
    """Return what is committed, by study."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["study"]: row for row in csv.DictReader(file)}


def table(found: Sequence[Found]) -> str:
    """Return the table as text."""
    from evaluation.commands.shown import text_table

    rows = [
        [
            one.study,
            f"{one.estimand} {one.outcome}",
            one.estimate,
            f"{one.conf_low} to {one.conf_high}" if one.conf_low else "",
            one.truth,
            one.verdict,
            one.placebos,
            f"{one.seconds:.0f}",
        ]
        for one in found
    ]
    return text_table(HEAD, rows, width=150)


if __name__ == "__main__":
    sys.exit(main())
