"""Why a release waits for a person."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.release.assemble import Candidate
from evaluation.release.signoff import SignOff, approvals, standing


def waiting_for(candidate: Candidate, signoffs: Sequence[SignOff], page: str, run: str) -> str:
    """Return why a person has to decide first, empty where nobody has to.

    A rejection holds, whether or not anything had to be looked at, until the same person approves.

    Parameters
    ----------
    candidate
        What would leave.
    signoffs
        Every sign-off so far.
    page, run
        Where the checker's page stands, and the run as the command knows it.
    """
    spec_id, needed = candidate.record.spec.id, candidate.policy.head.checkers
    there = standing(signoffs, candidate.signed).values()
    rejected = sorted((one.name, one.comment) for one in there if one.decision == "reject")
    if rejected:
        said = ", ".join(f"{name} ({comment})" for name, comment in rejected)
        return (
            f"{spec_id}: rejected by {said}; change the spec and run it again, or let the same "
            "person approve"
        )
    approved = approvals(signoffs, candidate.signed)
    if not candidate.review or len(approved) >= needed:
        return ""
    so_far = f", {len(approved)} did so ({', '.join(approved)})" if approved else ""
    return (
        f"{spec_id}: {len(candidate.review)} of {len(candidate.judged)} files need the look of "
        f"{needed} {'person' if needed == 1 else 'persons'}{so_far}; open {page}, then "
        f"activity-duty release {run} --sign NAME --decision approve --comment TEXT"
    )
