"""``verify BUNDLE``: recompute a bundle's numbers and print them one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evaluation.commands.shown import text_table
from evaluation.errors import VerificationError
from evaluation.release.bundle.contents import Gap
from evaluation.release.bundle.gaps import EXPLAINED, NOT_RECOMPUTED, RECOMPUTED
from evaluation.release.bundle.numbers import TOLERANCE
from evaluation.review.verify_bundle import DIFFERS, Verification, verify_bundle

SHOWN = 20
LONGEST = 300
ESTIMATES = "estimates.csv"
PROVES_NOT = (
    "this does not prove that the cells were made of the data that the bundle names, nor that the "
    "bundle is the one released: compare its digest with the one published"
)


def verify_bundle_text(path: Path) -> str:
    """Return what the verification of a bundle found, number by number, as text.

    Raises
    ------
    VerificationError
        Where a number differs and nothing recorded explains it, with the first of them.
    """
    found = verify_bundle(path)
    differing = found.having(DIFFERS)
    if differing:
        raise VerificationError(
            f"{path}: {len(differing)} of {len(found.gaps)} numbers differ, unexplained; the first "
            f"are\n{_table(differing[:SHOWN])}"
        )
    return "\n".join(_lines(path, found))


def _lines(path: Path, found: Verification) -> Iterator[str]:
    manifest = found.bundle.manifest
    policy = _plain(str(manifest.get("policy", "")))
    yield f"{_plain(manifest['spec_id'])}: policy {policy}; SHA-256 {found.bundle.digest}"
    if manifest.get("synthetic"):
        yield "the data are synthetic: no number says anything about real persons"
    # Every estimate is shown; of what lies behind checks, only what is not as printed.
    shown = [one for one in found.gaps if one.file == ESTIMATES and one.recomputed is not None]
    others = [one for one in found.gaps if one.file != ESTIMATES and one.verdict == EXPLAINED]
    yield _table([*shown, *others[:SHOWN]])
    if len(others) > SHOWN:
        yield f"and {len(others) - SHOWN} more of checks and details with an explained gap"
    for line in found.lost:
        yield f"cells: {_plain(line)}"
    for file in dict.fromkeys(one.file for one in found.gaps):
        own = Counter(one.verdict for one in found.gaps if one.file == file)
        yield (
            f"{file}: {own[RECOMPUTED]} of {own.total()} numbers recomputed, {own[EXPLAINED]} with "
            f"an explained gap, {own[NOT_RECOMPUTED]} not recomputed"
        )
    reasons = Counter(
        (one.file, one.explanation) for one in found.having(NOT_RECOMPUTED)
    ).most_common()
    for (file, reason), count in reasons[:SHOWN]:
        yield f"not recomputed: {file}: {count}: {_plain(reason)}"
    largest = max((one.gap or 0.0 for one in found.having(RECOMPUTED)), default=0.0)
    yield (
        f"{path}: {found.share(RECOMPUTED):.1%} of {len(found.gaps)} printed numbers recomputed "
        f"(tolerance {TOLERANCE:g}; largest gap among them {largest:.2g}), "
        f"{found.share(EXPLAINED):.1%} with an explained gap, "
        f"{found.share(NOT_RECOMPUTED):.1%} not recomputed, none differs unexplained"
    )
    yield PROVES_NOT


def _table(rows: Sequence[Gap]) -> str:
    """Return numbers one below the other; what explains their gaps stands below, once each."""
    why = dict.fromkeys(one.explanation for one in rows if one.verdict != RECOMPUTED)
    marks = {words: f"[{at}]" for at, words in enumerate(why, start=1)}
    head = ["number", "printed", "recomputed", "gap", "the data's lies within", ""]
    table = text_table(head, [_cells(one, marks) for one in rows])
    by = dict.fromkeys(one.bound for one in rows if one.bound)
    told = [f"{mark} {_plain(words)}" for words, mark in marks.items()]
    return "\n".join([table, *told, *(f"bounded by: {words}" for words in by)])


def _cells(one: Gap, marks: Mapping[str, str]) -> tuple[str, ...]:
    fresh = "–" if one.recomputed is None else f"{one.recomputed:.10g}"
    gap = "–" if one.gap is None else f"{one.gap:.2g}"
    mark = "" if one.verdict == RECOMPUTED else marks[one.explanation]
    lies = "" if one.low is None or one.high is None else f"[{one.low:.4g}, {one.high:.4g}]"
    return _plain(f"{one.place} {one.column}"), f"{one.printed:.10g}", fresh, gap, lies, mark


def _plain(text: str) -> str:
    """Return words of a stranger's file on one line, without what a terminal would obey."""
    shown = "".join(one if one.isprintable() else " " for one in text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ..."
