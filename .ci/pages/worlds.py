"""The page of worlds, made from their files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from pages.keys import toml_value

from data_synth import list_worlds

TITLE = "Worlds"
HEAD = """\
One world a file, in `data_synth/worlds/`. All begin from `published_null` and say what differs. \
Which estimators recover the truth in which: [worlds](../worlds.md). What a world can say at all: \
[the synthetic Norway](../synthetic.md)."""


def text() -> str:
    """Return the page."""
    lines = [HEAD]
    for world in list_worlds():
        source = files("data_synth").joinpath("worlds", f"{world.name}.toml")
        content = source.read_text(encoding="utf-8")
        lines += ["", f"## {world.name}", "", f"**{world.title}.** {_comment(content)}", ""]
        lines += _differences(tomllib.loads(content))
    return "\n".join(lines)


def _comment(content: str) -> str:
    """Return the comment at the top of a file."""
    found = []
    for line in content.splitlines():
        if not line.startswith("#"):
            break
        found.append(line.lstrip("# "))
    return " ".join(found)


def _differences(tables: Mapping[str, Any]) -> Iterator[str]:
    if "extends" not in tables:
        yield "The base of all others: its file gives every parameter with unit and source."
        return
    yield "| parameter | here |"
    yield "|---|---|"
    for table, content in tables.items():
        if isinstance(content, Mapping):
            for key, value in content.items():
                yield f"| `{table}.{key}` | `{toml_value(value)}` |"
