"""The JSON Schema that editors read: committed, current, and of one mind with the loader."""

from __future__ import annotations

import copy
import datetime as dt
import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evaluation.catalogue import catalogue
from evaluation.spec.schema import json_schema, schema_text, table_schema
from evaluation.spec.shipped import shipped_specs

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "evaluation" / "spec" / "spec.schema.json"
SPECS = shipped_specs()


def tables_of(path: Path) -> dict[str, Any]:
    """JSON has no dates: the schema asks for ISO texts, as TOML editors hand them over."""
    return as_json(tomllib.loads(path.read_text(encoding="utf-8")))


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema(catalogue())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def test_the_committed_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(catalogue()), (
        "write it again: python -m evaluation schema > evaluation/spec/spec.schema.json"
    )


def test_every_reference_leads_somewhere() -> None:
    schema = json_schema(catalogue())
    named = {text.removeprefix("#/$defs/") for text in _references(schema)}
    assert named <= set(schema["$defs"])


def test_no_two_tables_share_a_name() -> None:
    """Options of two estimators land in one list of definitions: equal names, equal tables."""
    definitions = json_schema(catalogue())["$defs"]
    offers = [*catalogue().estimators.values(), *catalogue().checks.values()]
    for offer in offers:
        own = table_schema(offer.options).get("$defs", {})
        for name, table in own.items():
            assert definitions[name] == table, name


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_shipped_specs_validate(validator, path: Path) -> None:
    faults = [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(tables_of(path))]  # fmt: skip  # noqa: E501
    assert not faults


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_shipped_specs_name_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert (path.parent / first.removeprefix("#:schema ")).resolve() == SCHEMA


Change = Callable[[dict[str, Any]], Any]
# What the schema must not let pass, as changes to age_did.
WRONG: dict[str, Change] = {
    "unknown table": lambda t: t.update(modles=[]),
    "unknown key of the panel": lambda t: t["panel"].update(person=3),
    "unknown key of a filter": lambda t: t["sample"]["keep"][0].update(less=3),
    "unknown key of a model": lambda t: t["models"][0].update(clusters="muni_h"),
    "another estimator's key": lambda t: t["models"][0].update(kernel="triangular"),
    "unknown estimator": lambda t: t["models"][0].update(estimator="ols"),
    "unknown check": lambda t: t["checks"][0].update(kind="pretrend"),
    "unknown key of a check": lambda t: t["checks"][0].update(level=0.1),
    "unknown design": lambda t: t["design"].update(kind="dd"),
    "another source's key": lambda t: t["panel"].update(path="rows.csv"),
    "text for a number": lambda t: t["panel"].update(persons="many"),
    "no title": lambda t: t.pop("title"),
    "no date": lambda t: t["design"].update(reform_date="January 2017"),
}


@pytest.mark.parametrize("name", WRONG)
def test_faults_are_found(validator, name: str) -> None:
    tables = tables_of(ROOT / "specs" / "reform_2017" / "age_did.toml")
    assert validator.is_valid(tables)
    changed = copy.deepcopy(tables)
    WRONG[name](changed)
    assert not validator.is_valid(changed)


def test_the_text_is_stable() -> None:
    text = schema_text(catalogue())
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
