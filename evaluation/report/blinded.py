"""What a blind run is, as rows: a mark beside every number, so that none is taken for a result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from evaluation.report.language import DEFAULT, language_of
from evaluation.results import Detail, Estimate
from evaluation.spec.blinding import BLIND, Blinding
from evaluation.spec.spec import Spec

NAME = "permuted"
SUFFIX = "-blind"


def blind_rows(spec: Spec, blinding: Blinding | None) -> tuple[Detail, ...]:
    """Return one row with the digest of how rows were mixed, none for a real run."""
    if blinding is None:
        return ()
    return (Detail(spec.id, "", BLIND, "", "", NAME, blinding.digest[:16]),)


def marked_blind(rows: tuple[Estimate, ...], blinding: Blinding | None) -> tuple[Estimate, ...]:
    """Return the rows with a reason beside every number of a blind run, which is never ``ok``."""
    if blinding is None:
        return rows
    # Result files are English, whatever the language of the pages.
    blind = language_of(DEFAULT).text("message.blind_run")
    return tuple(
        replace(
            row,
            status="warned" if row.status == "ok" else row.status,
            reason="; ".join(part for part in (blind, row.reason) if part),
        )
        for row in rows
    )


def is_blind(details: Iterable[Detail]) -> bool:
    """Whether rows are those of a blind run."""
    return any((row.check, row.name) == (BLIND, NAME) for row in details)


def folder_of(spec_id: str, *, blind: bool) -> str:
    """Return the name of a spec's output folder; no id of a spec ends as that of a blind run."""
    return f"{spec_id}{SUFFIX}" if blind else spec_id
