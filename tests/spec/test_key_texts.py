"""What editors show of a key: every one has a meaning, and no meaning is of a key that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, Field

from evaluation.catalogue import catalogue
from evaluation.spec.key_texts import documented_keys, key_texts, summary_of
from evaluation.spec.options import Table
from evaluation.spec.schema import json_schema, table_schema
from evaluation.spec.spec import Spec

# An editor shows a key's meaning in a small box beside it.
LONGEST = 360


class Shape(Table):
    """A shape, with a line
    that goes on.

    Attributes
    ----------
    width, height
        Its size in ``cm``,
        along an axis.
    from
        Where it begins.

    Notes
    -----
    Of no key.
    """

    width: float
    height: float
    begins: float = Field(default=0.0, alias="from")


class Square(Shape):
    """A square.

    Attributes
    ----------
    height
        As its width.
    colour
        Its colour.
    """

    colour: str
    inner: Shape


def tables() -> dict[type[BaseModel], None]:
    """Return the tables of a spec and of every estimator, check and operation on offer."""
    offered = catalogue()
    found: dict[type[BaseModel], None] = {}
    waiting: list[type[BaseModel]] = [
        Spec,
        *(one.options for one in offered.estimators.values()),
        *(one.options for one in offered.checks.values()),
        *(one.options for one in offered.operations.values()),
    ]
    while waiting:
        table = waiting.pop()
        if table not in found:
            found[table] = None
            for field in table.model_fields.values():
                waiting.extend(_inside(field.annotation))
    return found


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _inside(part)


def properties_of(value: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every key that a schema offers, conditions (``if``, ``not``) aside."""
    if isinstance(value, list):
        for position, one in enumerate(value):
            yield from properties_of(one, f"{where}.{position}")
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name == "properties":
            for key, one in inner.items():
                yield f"{where}.{key}", one
                yield from properties_of(one, f"{where}.{key}")
        elif name not in ("if", "not"):
            yield from properties_of(inner, f"{where}.{name}")


def test_every_key_of_the_schema_has_a_meaning() -> None:
    found = dict(properties_of(json_schema(catalogue()), "spec"))
    assert len(found) > 500
    texts = {where: str(one.get("description", "")) for where, one in found.items()}
    assert not [where for where, text in texts.items() if not text.strip()], (
        "give these keys a line in the Attributes section of their table's docstring"
    )
    assert not [where for where, text in texts.items() if not text.endswith((".", ")", "..."))]
    assert not [where for where, text in texts.items() if len(text) > LONGEST]


def test_no_meaning_is_of_an_unknown_key() -> None:
    unknown = [
        f"{table.__module__}.{table.__name__}.{key}"
        for table in tables()
        for key in documented_keys(table.__doc__)
        if key not in {field.alias or name for name, field in table.model_fields.items()}
    ]
    assert not unknown


def test_names_share_a_meaning_and_other_sections_have_none() -> None:
    assert key_texts(Shape) == {
        "width": "Its size in `cm`, along an axis.",
        "height": "Its size in `cm`, along an axis.",
        "from": "Where it begins.",
    }
    assert summary_of(Shape.__doc__ or "") == "A shape, with a line\nthat goes on."


def test_a_table_that_extends_another_says_only_what_differs() -> None:
    texts = key_texts(Square)
    assert texts["height"] == "As its width."
    assert texts["width"] == key_texts(Shape)["width"]
    schema = table_schema(Square)
    assert schema["description"] == "A square."
    assert schema["properties"]["from"]["description"] == "Where it begins."
    assert "description" not in schema["properties"]["inner"]
    assert schema["$defs"]["Shape"]["properties"]["height"]["description"] == texts["width"]


@pytest.mark.parametrize("docstring", [None, "", "A table.", "Attributes\n----------\nkey\n"])
def test_a_docstring_may_say_nothing(docstring: str | None) -> None:
    assert documented_keys(docstring) == {}
