"""The pages of docs/studies: what each study asks and claims, and what it finds on its world.

All but the figure follows from files that are committed, so that a test holds the pages fresh.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from study_runs import ROOT, STUDIES, Picture

if TYPE_CHECKING:
    from evaluation.spec.spec import Spec
    from evaluation.spec.studies import Study

PAGES = ROOT / "docs" / "studies"
BEGIN, END = "<!-- figure: made by make studies -->", "<!-- end of figure -->"
# Digits of a number; found.csv has more.
SHOWN = 3
# Errors of a truth below this are of floating point.
ROUNDING = 1e-12
NOT_RUN = "Not run yet: `make studies`."
MADE = "This page is made from the spec by `make studies`; edit that."


def write_pages(pictures: Mapping[str, Picture | None]) -> None:
    """Write every page; a study without a new picture keeps the one that it has."""
    from evaluation.spec.studies import studies

    PAGES.mkdir(parents=True, exist_ok=True)
    for one in studies():
        picture = pictures.get(one.id)
        if picture is not None:
            (PAGES / f"{one.id}.png").write_bytes(picture.png)
    for name, text in pages_of(pictures).items():
        (PAGES / name).write_text(text, encoding="utf-8", newline="\n")


def pages_of(pictures: Mapping[str, Picture | None]) -> Mapping[str, str]:
    """Return the text of every page by its name; figures stand as they are where none is new."""
    from evaluation.spec.studies import studies

    known, found = studies(), _found()
    mains = [one for one in known if not one.base]
    pages = {"index.md": index(mains, found)}
    for one in mains:
        variants = [other for other in known if other.base == one.id]
        old = PAGES / f"{one.id}.md"
        picture = pictures.get(one.id)
        kept = _kept(old.read_text(encoding="utf-8") if old.exists() else "")
        figure = kept if picture is None else figure_of(one.id, picture)
        pages[old.name] = page(one, variants, found.get(one.id, {}), figure)
    return pages


def index(mains: Sequence[Study], found: Mapping[str, Mapping[str, str]]) -> str:
    """Return the page that lists all studies."""
    from evaluation.commands.studies import ESTIMATES, REFUSES

    rows = [
        (
            f"[{one.id}]({one.id}.md)",
            one.question,
            one.design,
            ", ".join(f"`{name}`" for name in one.estimators),
            f"[{one.world}](../reference/worlds.md#{one.world})" if one.world else "",
            REFUSES if one.refuses else ESTIMATES,
            found.get(one.id, {}).get("verdict", ""),
            found.get(one.id, {}).get("placebos", ""),
        )
        for one in mains
    ]
    head = (
        "study", "question", "design", "estimators", "world", "status", "one draw", "its placebos",
    )  # fmt: skip
    return _lines(
        "# Studies",
        "",
        "Each study of the literature is a spec in [specs/studies](../../specs/studies) that runs "
        "on a synthetic world in which the truth is known: `activity-duty run ID`, "
        "`activity-duty explain ID`. What its paper reports stands on its page where somebody "
        "read it, with the source, and nowhere else: the numbers here are of synthetic worlds. "
        "*One draw* is what `make studies` found: one 95 % interval in twenty misses its truth, "
        "and one placebo in twenty differs from nothing by chance. "
        "How often the intervals hold it over many draws, and whether placebos are null where "
        "they should be, is in [validation](../validation.md).",
        "",
        _table(head, rows),
    )


def page(
    one: Study, variants: Sequence[Study], found: Mapping[str, str], figure: Sequence[str]
) -> str:
    """Return the page of one study.

    Parameters
    ----------
    one, variants
        The study, and those that vary it.
    found
        Its row of the table of all studies, empty where it was not run.
    figure
        Lines that show its figure.
    """
    from evaluation import load_spec

    spec = load_spec(one.path)
    return _lines(
        f"# {one.title}",
        "",
        f"`{one.id}`. {MADE}",
        "",
        *_header(one),
        *_claims(spec),
        *_lacks(spec),
        *_threats(spec),
        *_on_its_world(one, found),
        BEGIN,
        *figure,
        END,
        "",
        *_variants(variants),
        "## The spec",
        "",
        f"[{_path(one)}](../../{_path(one)})",
        "",
        f'```toml title="{one.path.name}"',
        one.path.read_text(encoding="utf-8").rstrip(),
        "```",
    )


def figure_of(study: str, picture: Picture) -> list[str]:
    """Return the lines that show a figure."""
    alt = picture.alt.replace("[", "(").replace("]", ")").replace("\n", " ")
    return ["", f"![{alt}]({study}.png)", "", picture.caption, ""]


def _kept(page: str) -> list[str]:
    _, begun, rest = page.partition(f"{BEGIN}\n")
    return rest.partition(END)[0].splitlines() if begun else []


def _header(one: Study) -> Iterator[str]:
    said = one.header
    pairs = (
        ("Question", said.question),
        ("Estimand", said.estimand),
        ("Identified by", said.identified_by),
        ("Broken by", said.broken_by),
        ("Reported", said.reported),
    )
    for heading, text in pairs:
        if text:
            yield f"- **{heading}**: {text}"
    yield ""


def _claims(spec: Spec) -> Iterator[str]:
    """Yield estimand, equation and assumptions of the main model, then what else is estimated."""
    from evaluation.report.statements import model_statements
    from evaluation.report.words import outcome_label

    if not spec.models:
        return
    first, *others = model_statements(spec)
    yield from ("## What is estimated", "")
    label = outcome_label(spec, spec.outcomes_of(spec.models[0])[0])
    yield f"The main estimate is of model `{first.model_id}`, outcome *{label}*: {first.estimator}."
    yield ""
    yield f"`{spec.models[0].estimand}`{first.estimand.removeprefix(spec.models[0].estimand)}"
    yield from ("", "```", first.equation, "```", "")
    yield from (f"{_sentence(first.inference)} Source: {_sentence(first.source)}", "")
    yield from ("It assumes that", "")
    for text, spoken_to in first.assumptions:
        yield f"- {text} ({spoken_to})"
    yield ""
    if others:
        yield from ("Beside it:", "")
        rows = [
            (
                f"`{one.model_id}`",
                one.estimator,
                f"`{model.estimand}`",
                ", ".join(outcome_label(spec, name) for name in spec.outcomes_of(model)),
            )
            for one, model in zip(others, spec.models[1:], strict=True)
        ]
        yield from (_table(("model", "estimator", "estimand", "outcomes"), rows), "")


def _lacks(spec: Spec) -> Iterator[str]:
    """Yield what a design that cannot answer says of itself."""
    from evaluation.spec.missing import LACKS

    missing = getattr(spec.design, "missing", ())
    if not missing:
        return
    yield from ("## What is missing", "", "No effect is estimated:", "")
    for one in missing:
        yield f"- {LACKS[one].absent}; {LACKS[one].enough}"
    yield ""


def _threats(spec: Spec) -> Iterator[str]:
    if spec.threats:
        yield from ("## Threats", "")
        for threat in spec.threats:
            where = " (at the cutoff)" if threat.at_cutoff else ""
            yield f"- {threat.name}{where}: {threat.affects}"
        yield ""


def _on_its_world(one: Study, found: Mapping[str, str]) -> Iterator[str]:
    yield from ("## On its world", "")
    if one.world:
        import data_synth

        title = data_synth.load_world(one.world).title
        yield f"World [{one.world}](../reference/worlds.md#{one.world}): {_sentence(title)}"
        yield ""
    if not found:
        yield from (NOT_RUN, "")
        return
    if not found["estimand"]:
        yield from (f"Run on it, the study {found['verdict']}: it gives no number.", "")
        return
    head = ("model", "outcome", "estimand", "estimate", "95 % interval", "truth", "verdict")
    low, high = _number(found["conf_low"]), _number(found["conf_high"])
    row = (
        f"`{found['model']}`" if found["model"] else "–", found["outcome"], found["estimand"],
        _number(found["estimate"]), f"{low} to {high}" if found["conf_low"] else "–",
        _truth(found), found["verdict"],
    )  # fmt: skip
    yield from (_table(head, [row]), "")
    if found["placebos"]:
        yield from (f"Placebos of this draw: {_sentence(found['placebos'])}", "")
    if found["against"]:
        yield f"Checks of this draw that speak against something: {_sentence(found['against'])}"
        yield ""


def _variants(variants: Sequence[Study]) -> Iterator[str]:
    if variants:
        yield from ("## Variants", "")
        for one in variants:
            yield f"- [{one.id}](../../{_path(one)}): {one.question}"
        yield ""


def _number(text: str) -> str:
    """Return a committed number as it is printed; a dash for none."""
    return f"{float(text):.{SHOWN}g}" if text else "–"


def _truth(found: Mapping[str, str]) -> str:
    """Return the truth with its Monte Carlo error, where that is more than rounding."""
    error = float(found["truth_error"] or 0)
    beside = f" ± {error:.2g}" if error > ROUNDING else ""
    return f"{_number(found['truth'])}{beside}"


def _found() -> Mapping[str, Mapping[str, str]]:
    path = STUDIES / "found.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["study"]: row for row in csv.DictReader(file)}


def _path(one: Study) -> str:
    return Path(one.path).relative_to(ROOT).as_posix()


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    shown = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *shown]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"
