"""``release``: what may leave of a run, after every file of it was judged."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evaluation.commands.outputs import write_file
from evaluation.commands.stoppable import stoppable
from evaluation.data.durable.holding import holding
from evaluation.errors import DisclosureError, UsageError
from evaluation.release.assemble import Candidate, alone, candidate_of, write_files, write_release
from evaluation.release.bundling import bundled
from evaluation.release.checker_page import checker_page
from evaluation.release.judged import refusals
from evaluation.release.ledger import FOLDER as LEDGER
from evaluation.release.ledger import Entry, read_ledger, record_release
from evaluation.release.policy import Policy, asked_policy
from evaluation.release.signoff import (
    SignOff,
    approvals,
    read_signoffs,
    record_signoff,
)
from evaluation.release.unrecorded import refuse_unrecorded
from evaluation.release.waiting import waiting_for
from evaluation.report.csvs import csv_text
from evaluation.report.reading import read_record
from evaluation.report.record import Record
from evaluation.results import Ruling
from evaluation.spec.faults import nearest
from evaluation.spec.policy_files import policy_names

PROPOSED = "restricted/proposed"
PAGE, RULINGS = "restricted/review.html", "restricted/rulings.csv"
DECISIONS: tuple[Literal["approve", "reject"], ...] = ("approve", "reject")


@dataclass(frozen=True)
class Signed:
    """What a checker decides: who, what and why."""

    name: str
    decision: Literal["approve", "reject"]
    comment: str


def signed_as(name: str | None, decision: str | None, comment: str | None) -> Signed | None:
    """Return a checker's decision from the words of the command, ``None`` where there are none.

    Raises
    ------
    UsageError
        Where one of the three is missing, or is none that can be recorded.
    """
    if name is None and decision is None and comment is None:
        return None
    if not (name or "").strip() or not (comment or "").strip() or decision is None:
        raise UsageError(
            "release: --sign NAME, --decision approve|reject and --comment TEXT go together"
        )
    if decision not in DECISIONS:
        near = nearest(decision, DECISIONS)
        raise UsageError(f"--decision: {decision!r} is neither approve nor reject{near}")
    chosen: Literal["approve", "reject"] = "approve" if decision == "approve" else "reject"
    return Signed((name or "").strip(), chosen, (comment or "").strip())


def release(
    name: str, out: Path, *, bundle: bool = False, signed: Signed | None = None
) -> tuple[str, ...]:
    """Write ``release/`` of a run where nothing in it is refused, and return where to look.

    Asked to end, it ends before the next stage, and what has left before stays as it is.

    Parameters
    ----------
    name
        Folder of a run's outputs, or the id of its spec below ``out``.
    out
        Folder that runs were written to.
    bundle
        Whether ``bundle.zip`` is part of it.
    signed
        A checker's decision, recorded first.

    Raises
    ------
    UsageError
        Where there are no such outputs.
    DisclosureError
        Where something fails, or a person has to look first.
    """
    folder = _located(name, out)
    with stoppable() as go_on, holding(folder):
        record = read_record(folder)
        policy = _policy(record)
        go_on()
        with holding(folder.resolve().parent / LEDGER):
            return _released(record, policy, folder, bundle, signed, go_on)


def _released(
    record: Record,
    policy: Policy,
    folder: Path,
    bundle: bool,
    signed: Signed | None,
    go_on: Callable[[], None],
) -> tuple[str, ...]:
    outputs = folder.resolve().parent
    further = bundled(record, policy, folder) if bundle else alone
    ledger = read_ledger(outputs)
    refuse_unrecorded(outputs, ledger)
    candidate = candidate_of(record, policy, ledger, tuple(_beside(folder)), further)
    failing = refusals(candidate.judged)
    go_on()
    if signed is not None and not failing:
        record_signoff(folder, _signoff(candidate, signed))
    signoffs = read_signoffs(folder)
    waiting = waiting_for(candidate, signoffs, f"{folder / PAGE}", f"{folder}")
    waiting = "" if failing else waiting
    _show_inside(candidate, signoffs, folder, proposed=bool(waiting))
    if failing:
        unsigned = ("what fails cannot be signed; the decision is not recorded",) if signed else ()
        raise DisclosureError(*(f"{record.spec.id}: {line}" for line in (*failing, *unsigned)))
    if waiting:
        raise DisclosureError(waiting)
    approved = approvals(signoffs, candidate.signed)
    under = {"name": policy.name, "sha256": policy.digest, "signed_by": list(approved)}
    entry = Entry(record.spec.id, candidate.released, _now(), under, candidate.samples)
    go_on()
    record_release(outputs, entry)
    place = write_release(candidate, folder)
    return tuple(_told(candidate, place, approved))


def _located(name: str, out: Path) -> Path:
    """Return the folder of a run's outputs."""
    for folder in (Path(name), out / name):
        if (folder / "manifest.json").is_file() and (folder / "restricted").is_dir():
            return folder
    runs = (one.parent.parent for one in out.glob("*/restricted/estimates.csv"))
    there = sorted(one.name for one in runs if (one / "manifest.json").is_file())
    listed = f" (there are: {', '.join(there)})" if there else ""
    raise UsageError(
        f"release: no outputs of {name!r} in {out}; run the spec first, or name its folder"
        f"{listed}{nearest(name, there)}"
    )


def _policy(record: Record) -> Policy:
    """Return the policy under which a run may leave.

    Raises
    ------
    DisclosureError
        Where the spec names none, or the run is no result.
    """
    spec_id = record.spec.id
    policy = asked_policy(record.spec)
    if policy is None:
        known = ", ".join(policy_names())
        raise DisclosureError(
            f"{spec_id}: names no disclosure policy, so nothing of it may leave; write "
            'disclosure = { policy = "registry_default" } at the top of the spec '
            f"(there are: {known}) and run it again"
        )
    if record.blind:
        raise DisclosureError(
            f"{spec_id}: a blind run on permuted rows has no results to release; run the spec "
            "without --blind"
        )
    return policy


def _beside(folder: Path) -> Iterator[Record]:
    """Yield the other runs in the same folder of outputs; blind ones have no samples to leave."""
    home = folder.resolve()
    for path in sorted(home.parent.glob("*/manifest.json")):
        one = path.parent
        hidden = one.name.startswith(".")
        if one != home and not hidden and (one / "restricted" / "details.csv").is_file():
            record = read_record(one)
            if not record.blind:
                yield record


def _signoff(candidate: Candidate, signed: Signed) -> SignOff:
    return SignOff(
        signed.name, signed.decision, signed.comment, _now(), candidate.record.spec.id,
        candidate.signed, candidate.policy.name,
        tuple(one.file.path for one in candidate.review),
    )  # fmt: skip


def _show_inside(
    candidate: Candidate, signoffs: Sequence[SignOff], folder: Path, *, proposed: bool
) -> None:
    """Write what a checker looks at: rulings, page and, where somebody has to sign, the files."""
    if proposed:
        write_files(candidate, folder / PROPOSED)
    else:
        shutil.rmtree(folder / PROPOSED, ignore_errors=True)
    failing = any(one.verdict == "fail" for one in candidate.judged)
    files_at = "proposed" if proposed else "" if failing else "../release"
    write_file(folder / RULINGS, csv_text(Ruling, candidate.rulings).encode())
    write_file(folder / PAGE, checker_page(candidate, signoffs, files_at).encode())


def _told(candidate: Candidate, place: Path, approved: Sequence[str]) -> Iterator[str]:
    spec_id = candidate.record.spec.id
    hidden = len(candidate.suppressed.suppressed)
    yield (
        f"{spec_id}: {len(candidate.judged)} files judged under {candidate.policy.name}, "
        f"{hidden} numbers suppressed"
        + (f", approved by {', '.join(approved)}" if approved else "")
    )
    yield f"{spec_id}: released; {place}"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
