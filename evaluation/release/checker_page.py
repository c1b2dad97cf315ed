"""The checker's page: every file that would leave, its evidence, its verdict, who signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from evaluation.release.assemble import Candidate
from evaluation.release.files import is_synthetic
from evaluation.release.rules._least import ORDER
from evaluation.release.signoff import SignOff, approvals
from evaluation.results import Ruling

# Of thousands of numbers only those against which something speaks are listed one by one.
LISTED = 200


@dataclass(frozen=True)
class Summed:
    """What one rule says of one artefact.

    Attributes
    ----------
    rule
        Its key.
    numbers, passed, review, failed
        Rulings in all and by verdict.
    least, threshold
        Smallest measured value, and the threshold beside it; empty where nothing is measured.
    """

    rule: str
    numbers: int
    passed: int
    review: int
    failed: int
    least: str
    threshold: str


@dataclass(frozen=True)
class Shown:
    """One artefact on the page.

    Attributes
    ----------
    name, files
        The artefact, and the files that show it, with verdict.
    verdict
        The severest of the rulings on it, after suppression.
    summed
        Evidence by rule, before anything was suppressed.
    against
        Rulings that speak against it, before suppression, as far as listed.
    more
        How many more there are.
    hidden
        Numbers of it that are left out, in words.
    """

    name: str
    files: tuple[str, ...]
    verdict: str
    summed: tuple[Summed, ...]
    against: tuple[Ruling, ...]
    more: int
    hidden: tuple[str, ...]


def checker_page(candidate: Candidate, signoffs: Sequence[SignOff], files_at: str) -> str:
    """Return the page as HTML, in one file.

    Parameters
    ----------
    candidate
        What would leave, or has left.
    signoffs
        Every sign-off so far.
    files_at
        Where its files stand, from the page.
    """
    from markupsafe import Markup

    environment = _environment()
    loader: Any = environment.loader
    signed = [(one, one.signed == candidate.signed) for one in signoffs]
    shown: str = environment.get_template("checker.html").render(
        spec=candidate.record.spec,
        policy=candidate.policy,
        synthetic=is_synthetic(candidate.record),
        candidate=candidate,
        artefacts=tuple(_artefacts(candidate)),
        signoffs=signed,
        approved=approvals(signoffs, candidate.signed),
        files_at=files_at,
        style=Markup(loader.get_source(environment, "style.css")[0]),
    )
    return shown


@cache
def _environment() -> Any:
    """Return what reads templates; one a process, since it compiles each of them."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.PackageLoader("evaluation.release", "templates"),
                jinja2.PackageLoader("evaluation.report", "templates"),
            ]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _artefacts(candidate: Candidate) -> Iterator[Shown]:
    shown = {name: None for one in candidate.judged for name in one.file.artefacts}
    names = (*shown, *(one.artefact for one in candidate.rulings))
    for name in dict.fromkeys(names):
        rulings = [one for one in candidate.rulings if one.artefact == name]
        against = [one for one in rulings if one.verdict != "pass"]
        left = [
            ruling.verdict
            for one in candidate.judged
            for ruling in one.against
            if ruling.artefact == name
        ]
        files = tuple(
            one.file.path
            for one in candidate.judged
            if name in one.file.artefacts and not one.file.path.startswith("acro/")
        )
        hidden = tuple(
            f"row {one.row}{f' {one.column}' if one.column else ''}: {one.rule}"
            for one in candidate.suppressed.suppressed
            if one.artefact == name
        )
        yield Shown(
            name,
            files,
            max(left, key=ORDER.__getitem__, default="pass") if files else "does not leave",
            tuple(_summed(rulings)),
            tuple(against[:LISTED]),
            len(against) - len(against[:LISTED]),
            hidden,
        )


def _summed(rulings: Iterable[Ruling]) -> Iterator[Summed]:
    by_rule: dict[str, list[Ruling]] = {}
    for one in rulings:
        by_rule.setdefault(one.rule, []).append(one)
    for rule, there in by_rule.items():
        verdicts = [one.verdict for one in there]
        measured = [one for one in there if one.measured is not None]
        least = min(measured, key=lambda one: one.measured or 0, default=None)
        yield Summed(
            rule, len(there), verdicts.count("pass"), verdicts.count("review"),
            verdicts.count("fail"), "" if least is None else f"{least.measured:g}",
            "" if least is None or least.threshold is None else f"{least.threshold:g}",
        )  # fmt: skip
