"""The parts of a page in the order in which it is read, each with what its template prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from evaluation.data.step_words import averages
from evaluation.report.design_words import design_lines
from evaluation.report.diagnosed import failing_designs
from evaluation.report.phrases import said
from evaluation.report.record import Record
from evaluation.report.sections.answer import answers_of
from evaluation.report.sections.equation import set_equation
from evaluation.report.sections.figures import Gallery
from evaluation.report.sections.flow_diagram import flow_diagram
from evaluation.report.sections.missing import refused_of
from evaluation.report.sections.software import made_of
from evaluation.report.sections.tables import DIAGNOSED
from evaluation.report.sections.verdicts import groups_of, tally
from evaluation.report.spec_text import spec_text
from evaluation.report.statements import statements_of
from evaluation.report.step_words import steps_in_words

# Models beyond these are folded, and print all the same.
MODELS_OPEN = 4
NO_FIGURES = Gallery()
View = dict[str, Any]


@dataclass(frozen=True)
class Material:
    """What parts are made from.

    Attributes
    ----------
    record
        The run.
    galleries
        Its figures by part.
    tables
        Markup of its tables by name.
    """

    record: Record
    galleries: Mapping[str, Gallery]
    tables: Mapping[str, str]

    def gallery(self, part: str) -> Gallery:
        """Return the figures of a part, none where it has none."""
        return self.galleries.get(part, NO_FIGURES)

    @cached_property
    def safe_tables(self) -> dict[str, Any]:
        """The tables as markup that a template does not escape once more."""
        from markupsafe import Markup

        return {name: Markup(text) for name, text in self.tables.items()}


def _answer(of: Material) -> View:
    record = of.record
    frozen = record.frozen_on
    day = record.words.period(frozen)
    fails = (one.sentence for one in failing_designs(record.diagnoses, record.words))
    return {
        "answers": answers_of(record),
        "frozen": record.words.text("page.frozen", date=day) if frozen else "",
        "notes": (*(said("remark", note, record.words) for note in record.notes), *fails),
    }


def _missing(of: Material) -> View | None:
    found = refused_of(of.record)
    if found is None:
        return None
    shown = {"table": of.safe_tables.get("described"), "gallery": of.gallery("design")}
    return asdict(found) | shown


def _design(of: Material) -> View:
    from markupsafe import Markup

    record = of.record
    claims = [
        asdict(one)
        | {
            "set_equation": Markup(set_equation(one.equation)),
            "exploratory": record.exploratory.get(one.model_id, ""),
        }
        for one in statements_of(record)
    ]
    return {
        "lines": design_lines(record.spec),
        "shown": claims[:MODELS_OPEN],
        "folded": claims[MODELS_OPEN:],
        # A refusal shows what can be described beside what is missing.
        "gallery": NO_FIGURES if record.status == "insufficient" else of.gallery("design"),
    }


def _sample(of: Material) -> View:
    from markupsafe import Markup

    record = of.record
    steps = steps_in_words(record.spec, record.flow)
    averaging = [at for at, step in enumerate(record.flow) if averages(step.step)]
    return {
        "diagram": Markup(flow_diagram(steps, record.words, averaging)),
        "table": of.safe_tables.get("sample_flow"),
        "gallery": of.gallery("description"),
    }


def _threats(of: Material) -> View:
    record = of.record
    holds = bool(record.diagnoses) and not failing_designs(record.diagnoses, record.words)
    return {
        "threats": record.spec.threats,
        "diagnosed": record.words.text("diagnosis.fails.none") if holds else "",
    }


def _table(of: Material) -> View | None:
    own = {one.id for one in of.record.spec.tables}
    shown = [table for name, table in of.safe_tables.items() if name == "main" or name in own]
    if not shown:
        return None
    return {
        "tables": shown,
        "folded": [],
        "gallery": NO_FIGURES,
    }


def _figures(of: Material) -> View | None:
    gallery = of.gallery("main")
    view = {"tables": [], "folded": [], "gallery": gallery}
    return view if gallery.shown else None


def _checks(of: Material) -> View:
    groups = groups_of(of.record, robustness=False)
    return {
        "name": "checks",
        "groups": groups,
        "tally": tally(groups),
        "none": of.record.words.text("page.checks.none"),
        "notes": [],
        "tables": [],
        "gallery": of.gallery("checks"),
    }


def _robustness(of: Material) -> View | None:
    record = of.record
    groups = groups_of(record, robustness=True)
    gallery = of.gallery("robustness")
    names = ("heterogeneity", "worth", *DIAGNOSED)
    tables = [of.safe_tables[name] for name in names if name in of.safe_tables]
    view = {
        "name": "robustness",
        "groups": groups,
        "tally": (),
        "none": "",
        "notes": _varied(record),
        "tables": tables,
        "gallery": gallery,
    }
    return view if any((groups, gallery.shown, tables, view["notes"])) else None


def _varied(record: Record) -> list[str]:
    """Say how many specifications of a universe give a number."""
    words, said = record.words, []
    specifications = {row.number for row in record.specifications}
    if specifications:
        given = {row.number for row in record.specifications if row.estimate is not None}
        said.append(
            words.plural(
                "page.robustness.universe", len(specifications), given=words.count(len(given))
            )
        )
    return said


def _further(of: Material) -> View | None:
    words = of.record.words
    names = [name for name in ("further", "group_time") if name in of.safe_tables]
    folded = [
        (words.text(f"page.further.{name}"), of.safe_tables[name], name == "group_time")
        for name in names
    ]
    view = {"tables": [], "folded": folded, "gallery": NO_FIGURES}
    return view if folded else None


def _data(of: Material) -> View:
    return asdict(made_of(of.record))


def _reproduce(of: Material) -> View:
    spec = of.record.spec
    return {"id": spec.id, "toml": spec_text(spec) if spec.origin.raw else ""}


# Name, template, and what it prints; a part without anything to say is left out.
PARTS: tuple[tuple[str, str, Callable[[Material], View | None]], ...] = (
    ("answer", "answer", _answer),
    ("missing", "missing", _missing),
    ("design", "design", _design),
    ("sample", "sample", _sample),
    ("threats", "threats", _threats),
    ("table", "numbers", _table),
    ("figures", "numbers", _figures),
    ("checks", "checks", _checks),
    ("robustness", "checks", _robustness),
    ("further", "numbers", _further),
    ("data", "data", _data),
    ("reproduce", "reproduce", _reproduce),
)
