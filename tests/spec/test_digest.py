"""The digest names what is asked: not how it is written, nor where the data lie."""

from __future__ import annotations

import pytest

FIRST = """
schema_version = 1
id = "one"
title = "One"

[panel]
source = "file"
path = "${DATA}/rows.csv"
unit = "person"
time = "year"

[outcomes]
y = { column = "y", kind = "continuous" }

[design]
kind = "did"
treated = { column = "group", equals = 1 }
post = { column = "year", at_least = 1_000 }

[[models]]
id = "main"
estimand = "att"
estimator = "twfe"
controls = ["x", "z"]
"""

# The same, keys in another order, other layout, comments.
SECOND = """
title = 'One'
id = "one"          # a comment
schema_version = 1
design = { post = { at_least = 1000, column = "year" }, kind = "did", treated = { column = "group", equals = 1 } }
models = [
    { estimator = "twfe", id = "main", controls = [ "x",
      "z" ], estimand = "att" },
]
[outcomes.y]
kind = "continuous"
column = "y"
[panel]
time = "year"
unit = "person"
path = "${DATA}/rows.csv"
source = "file"
"""  # noqa: E501


def digest(load, text: str = FIRST, settings=(), folder: str = "here") -> str:
    return load(text, settings=settings, environment={"DATA": folder}).origin.digest


def test_key_order_and_layout_do_not_matter(load) -> None:
    assert digest(load, FIRST) == digest(load, SECOND)
    assert len(digest(load)) == 64


def test_placeholder_values_do_not_matter(load) -> None:
    assert digest(load, folder="here") == digest(load, folder="there")
    assert digest(load, settings=["DATA=elsewhere"]) == digest(load)


@pytest.mark.parametrize(
    "setting",
    ['models.main.cluster="person"', 'models.main.controls=["z", "x"]', 'title="Two"'],
)
def test_overrides_matter(load, setting: str) -> None:
    assert digest(load, settings=[setting]) != digest(load)


def test_an_override_is_as_if_it_stood_in_the_file(load) -> None:
    there = FIRST.replace('title = "One"', 'title = "Two"')
    assert digest(load, settings=['title="Two"']) == digest(load, there)


def test_a_base_is_as_if_it_stood_in_the_file(load) -> None:
    head, rest = FIRST.split("[panel]")
    both = f'extends = "base.toml"\n{head}[panel]{rest}'
    own = 'extends = "base.toml"\n' + head
    environment = {"DATA": "here"}
    merged = load(own, base=FIRST, environment=environment).origin.digest
    assert merged == load(both, base=FIRST, environment=environment).origin.digest
