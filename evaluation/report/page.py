"""The one-file page of a run: readable anywhere, no network, no script needed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from evaluation.report.pictures import Picture, pictures_of
from evaluation.report.record import Record
from evaluation.report.sections.figures import galleries_of
from evaluation.report.sections.parts import PARTS, Material
from evaluation.report.sections.tables import tables_shown

SCRIPT, STYLE = "page.js", "style.css"


@dataclass(frozen=True)
class Part:
    """One part of the page, printed."""

    name: str
    title: str
    html: Any


def page(record: Record, pictures: Sequence[Picture] | None = None) -> str:
    """Return the HTML of a record, in one file.

    Answer, design and estimand, sample flow, threats, main table, figures, checks, robustness,
    further numbers, data and software, how to reproduce.

    Parameters
    ----------
    record
        The run.
    pictures
        Its figures, where they are drawn already.
    """
    from markupsafe import Markup

    environment = _environment()
    drawn = pictures_of(record) if pictures is None else pictures
    material = Material(record, galleries_of(record, drawn), tables_shown(record))
    script = _source(environment, SCRIPT)
    words = record.words
    shown: str = environment.get_template("page.html").render(
        words=words,
        spec=record.spec,
        blind=record.blind,
        estimated=record.status != "insufficient",
        status=words.text(f"index.status.{record.status}"),
        parts=tuple(_parts(environment, material)),
        style=Markup(_source(environment, STYLE)),
        script=Markup(script),
        script_words=Markup(_script_words(record)),
        policy=_policy(script),
    )
    return shown


@cache
def _environment() -> Any:
    """Return what reads templates; one a process, since it compiles each of them."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("evaluation.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _parts(environment: Any, material: Material) -> Iterator[Part]:
    from markupsafe import Markup

    words = material.record.words
    for name, template, view_of in PARTS:
        view = view_of(material)
        if view is not None:
            html = environment.get_template(f"{template}.html").render(view=view, words=words)
            yield Part(name, words.text(f"page.title.{name}"), Markup(html))


def _source(environment: Any, name: str) -> str:
    """Return the text of a template that is no template: style and script."""
    text: str = environment.loader.get_source(environment, name)[0]
    return text


def _script_words(record: Record) -> str:
    """Return what the script says, as JSON that cannot end its element."""
    said = {name: record.words.text(f"page.script.{name}") for name in ("sort", "show", "all")}
    return json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")


def _policy(script: str) -> str:
    """Return what a browser may do with the page: show it and run its own script, no more."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


__all__ = ["page"]
