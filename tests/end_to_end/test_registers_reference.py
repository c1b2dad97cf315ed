"""docs/registers.md says of tables, rules, columns and breaks what the code says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from evaluation.data.registers import base
from evaluation.data.registers.columns.contract import Otherwise
from evaluation.data.registers.columns.registry import column_module, module_names, owners
from evaluation.data.registers.contract import Column
from evaluation.data.registers.mapping import Delivery, Municipalities, Reading, TableMapping
from evaluation.data.registers.observed import ORDER
from evaluation.data.registers.rules.registry import rules
from evaluation.data.registers.shapes.registry import shape
from evaluation.data.registers.tables.registry import TABLES
from evaluation.spec.breaks import BREAKS, month_words

PAGE = Path(__file__).parents[2] / "docs" / "registers.md"


def section(title: str) -> str:
    """Return what stands under a heading of the page, whatever its level."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#+ |\Z)", text, re.M | re.S)
    assert found, f"docs/registers.md has no heading {title!r}"
    return found[2]


def rows(title: str) -> list[str]:
    """Return the rows of the table under a heading, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return lines[2:]


def words(title: str) -> list[str]:
    """Return the first cell of every row, without its quotes."""
    return [row.split("|")[1].strip().strip("`") for row in rows(title)]


def _month(month: int | None) -> str:
    return "" if month is None else f"{month // 12}-{month % 12 + 1:02d}"


def _column(name: str, one: Column) -> str:
    mark = "?" if not one.required else "!" if one.complete else ""
    limits = f" ({', '.join(one.codes)})" if one.codes else ""
    return f"`{name}`{mark} {one.kind.value}{limits}"


def table_rows() -> Iterator[str]:
    """Yield the rows on the canonical tables."""
    for name, table in TABLES.items():
        period = f"; from {_month(table.valid_from)}" if table.valid_from is not None else ""
        what = "spells" if table.spell is not None else ""
        kind = ", ".join(filter(None, [table.temporality.value, what])) + period
        key = " ".join(table.key) or "–"
        columns = ", ".join(_column(*item) for item in table.columns.items())
        yield f"| `{name}` | {kind} | {key} | {columns} |"


def _sources(sets: tuple[tuple[str, ...], ...]) -> str:
    plain = dict.fromkeys(
        " + ".join(dict.fromkeys(one.split(".")[0] for one in names)) for names in sets
    )
    return " or ".join(plain)


def column_rows() -> Iterator[str]:
    """Yield the rows on the panel's columns: those of every row first, then the others."""
    for name, meaning in base.MEANING.items():
        needs = base.needs_of(name)
        either = " or " if name in ("resident", "obs_status") else " + "
        of = either.join(dict.fromkeys(one.split(".")[0] for one in needs)) or "any"
        yield f"| `{name}` | {meaning} | {of} | – |"
    for name, file in owners().items():
        module = column_module(file)
        silent = "0" if module.OTHERWISE[name] is Otherwise.ZERO else "missing"
        low, high = module.VALID[name]
        if low is not None or high is not None:
            silent += f"; known {_month(low)} to {_month(high)}".rstrip()
        meaning = module.NAMES[name]
        yield f"| `{name}` | {meaning} | {_sources(module.TABLES[name])} | {silent} |"


def option_rows() -> Iterator[str]:
    """Yield the names of the files and keys that ``[columns.<file>]`` takes."""
    for file in module_names():
        for key, field in column_module(file).Options.model_fields.items():
            default = "must be given" if field.is_required() else _shown(field.default)
            yield f"| `{file}.{key}` | {default} |"


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return str(value).lower() if isinstance(value, bool) else str(value)


def break_rows() -> Iterator[str]:
    """Yield the rows on declared breaks."""
    for name, one in BREAKS.items():
        columns = ", ".join(sorted(one.columns))
        yield f"| `{name}` | {month_words(one)} | {one.what} | {columns} |"


def test_tables_are_the_code_s() -> None:
    assert rows("Tables") == list(table_rows())


def test_columns_are_the_code_s() -> None:
    assert rows("Columns") == list(column_rows())


def test_options_of_columns_are_the_code_s() -> None:
    found = ["|".join(row.split("|")[:3]) + "|" for row in rows("Definitions to choose")]
    assert found == list(option_rows())


def test_breaks_are_the_code_s() -> None:
    assert rows("Breaks") == list(break_rows())


def test_rules_are_the_code_s() -> None:
    names = [one.__name__.rsplit(".", 1)[1] for one in rules()]  # type: ignore[attr-defined]
    assert words("Rules") == ["keyless", "identity", "open_end", *names]


def test_months_without_a_row_are_the_code_s() -> None:
    assert words("Who is observed") == list(ORDER)


def test_shapes_are_the_code_s() -> None:
    for name in words("Shapes"):
        assert f"| `{name}` | {shape(name).TITLE} |" in section("Shapes")
    known = Delivery.model_fields["shape"].annotation
    assert sorted(words("Shapes")) == sorted(known.__args__)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("The mapping", Delivery),
        ("How files are written", Reading),
        ("One table", TableMapping),
        ("Municipalities", Municipalities),
    ],
)
def test_keys_of_the_mapping_are_the_code_s(title: str, model: type[BaseModel]) -> None:
    named = [word for cell in words(title) for word in re.findall(r"\w+", cell)]
    assert sorted(named) == sorted(model.model_fields)
