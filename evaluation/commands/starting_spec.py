"""A spec to start from on the registers that a delivery was found to hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from importlib.resources import files

from evaluation.data.registers.drafting.manifest import Declared

# The job register begins here; an outcome across it needs a bridge.
_JOBS = dt.date(2015, 1, 1)
_REFORM = dt.date(2017, 1, 1)

# Outcomes by the tables that any of them can be made of.
_OUTCOMES = (
    ("employed", ("job_month",), "Employed"),
    ("in_education", ("enrolment",), "In education"),
    ("sa_received", ("sa_spell", "sa_month"), "Received social assistance"),
)


def starting_spec(has: frozenset[str], declared: Declared) -> str:
    """Return the text of a spec: the duty's ages against those above, by what the tables allow.

    Parameters
    ----------
    has
        Tables, and ``table.column`` of their columns, that the delivery holds.
    declared
        What the delivery says of itself.
    """
    template = (files("evaluation.commands") / "templates" / "registers.toml").read_text("utf-8")
    places = "residence" in has
    marks = {
        "@WINDOW@": _window(declared),
        "@OUTCOMES@": "\n".join(_outcomes(has)),
        "@FIXED@": '"muni_h", "ym"' if places else '"ym"',
        "@CLUSTER@": "muni_h" if places else "person_id",
        "@MISSING@\n": "".join(f"{line}\n" for line in _missing(has)),
    }
    for mark, text in marks.items():
        template = template.replace(mark, text)
    return template


def _window(declared: Declared) -> str:
    if declared.first is None or declared.last is None:
        return f"# window = [{_JOBS}, 2018-12-31]       # say it: first and last day"
    last = (declared.last.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    first = max(declared.first, _JOBS) if declared.last >= _REFORM else declared.first
    return f"window = [{first}, {last - dt.timedelta(days=1)}]"


def _outcomes(has: frozenset[str]) -> Iterator[str]:
    for name, tables, label in _OUTCOMES:
        mark = "" if has.intersection(tables) else "# "
        yield f'{mark}{name} = {{ column = "{name}", kind = "binary", label = "{label}" }}'


def _missing(has: frozenset[str]) -> Iterator[str]:
    if "person.birth_ym" not in has:
        yield "#"
        yield "# The files hold no months of birth, which this design needs: map them too."
    if not has & {table for _, tables, _ in _OUTCOMES for table in tables}:
        yield "#"
        yield "# The files hold none of the outcomes below: map their tables, or name your own."
