"""What the keys of a table mean, from the ``Attributes`` sections of docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

HEADING = "\nAttributes\n----------\n"
NEXT_HEADING = re.compile(r"\n\S[^\n]*\n-{3,}(?:\n|$)")


class KeyTexts(GenerateJsonSchema):
    """JSON Schemas of tables in which every key is described, as editors show it.

    Descriptions are read when a schema is made, never when a table is declared: runs of other
    verbs do not pay for them.
    """

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return the schema of one table, with the meaning of the table and of each key."""
        made = super().model_schema(schema)
        table: type[BaseModel] = schema["cls"]
        if "description" in made:
            made["description"] = summary_of(made["description"])
        texts = key_texts(table)
        for key, value in made.get("properties", {}).items():
            if key in texts:
                value["description"] = texts[key]
        return made


def key_texts(table: type) -> dict[str, str]:
    """Return the meaning by key of a table, its own before those of the tables it extends."""
    texts: dict[str, str] = {}
    for one in table.__mro__:
        for key, text in documented_keys(vars(one).get("__doc__")).items():
            texts.setdefault(key, text)
    return texts


def documented_keys(docstring: str | None) -> dict[str, str]:
    """Return the meaning by key that one docstring gives, in its order.

    The section is NumPy's: a line of names, parted by commas, then indented sentences about them.
    """
    whole = f"{inspect.cleandoc(docstring or '')}\n"
    section = NEXT_HEADING.split(whole.partition(HEADING)[2], maxsplit=1)[0]
    return {key: text for names, text in _entries(section) for key in names}


def summary_of(docstring: str) -> str:
    """Return a docstring without its list of keys, in Markdown."""
    return _markdown(inspect.cleandoc(docstring).partition(HEADING)[0].strip())


def _entries(section: str) -> Iterator[tuple[tuple[str, ...], str]]:
    names: tuple[str, ...] = ()
    lines: list[str] = []
    for line in [*section.splitlines(), "end"]:
        if not line or line.startswith(" "):
            lines.append(line.strip())
            continue
        if names:
            yield names, _markdown(" ".join(filter(None, lines)))
        names, lines = tuple(part.strip() for part in line.split(",")), []


def _markdown(text: str) -> str:
    return text.replace("``", "`")
