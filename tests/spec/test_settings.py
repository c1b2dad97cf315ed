"""``--set``: typed overrides by key path, alternatives removed, placeholders."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from evaluation.errors import SpecError
from evaluation.spec.settings import apply_overrides, parse_settings, read_settings

TABLES: dict[str, Any] = {
    "panel": {"persons": 10},
    "design": {"kind": "did", "post": {"column": "year", "at_least": 2}},
    "models": [
        {"id": "main", "bandwidth": {"rule": "mse"}},
        {"id": "other", "bandwidth": {"fixed": 18, "bias": 24}},
    ],
    "checks": [{"kind": "pretrends", "model": "main"}, {"kind": "bacon", "id": "b"}],
    "smallest_effect_of_interest": [{"outcome": "y", "value": 0.05}],
    "vary": [{"path": "a", "values": [1]}],
}

# setting, where it lands, what stands there
OVERRIDES = [
    ("panel.persons=1000", ("panel", "persons"), 1000),
    ("panel.persons = 1_000", ("panel", "persons"), 1000),
    ('panel.unit="person"', ("panel", "unit"), "person"),
    ("panel.window=[2013-01-01, 2014-12-31]", ("panel", "window"),
     [dt.date(2013, 1, 1), dt.date(2014, 12, 31)]),
    ("rounding.estimate=2", ("rounding", "estimate"), 2),
    ('models.main.cluster="x"', ("models", 0, "cluster"), "x"),
    ("models.other.bandwidth.fixed=6.5", ("models", 1, "bandwidth"), {"fixed": 6.5, "bias": 24}),
    ("models.main.bandwidth.fixed=6", ("models", 0, "bandwidth"), {"fixed": 6}),
    ('models.other.bandwidth.rule="mse"', ("models", 1, "bandwidth"), {"rule": "mse"}),
    ("models.main.bandwidth={ fixed = 3 }", ("models", 0, "bandwidth"), {"fixed": 3}),
    ('checks.pretrends.model="other"', ("checks", 0, "model"), "other"),
    ("checks.b.values=[1, 2]", ("checks", 1, "values"), [1, 2]),
    ("smallest_effect_of_interest.y.low=-0.1", ("smallest_effect_of_interest", 0),
     {"outcome": "y", "low": -0.1}),
    ("design.reform_date=2017-01-01", ("design",),
     {"kind": "did", "reform_date": dt.date(2017, 1, 1)}),
    ("vary.1.values=[2]", ("vary", 0, "values"), [2]),
]  # fmt: skip

# setting, words of the line
REFUSED = [
    ("panel.persons", "allowed: KEY.PATH=VALUE or NAME=FOLDER"),
    ("=3", "allowed: KEY.PATH=VALUE or NAME=FOLDER"),
    ("panel.unit=person", "not TOML; text needs quotes"),
    ("panel.persons=", "not TOML"),
    ('models.mian.cluster="x"', "did you mean main? (there are: main, other)"),
    ('panel.persons.x.y="z"', "is a value, not a table"),
    ("models.main=3", "names an entry of an array; name a key inside it"),
]


@pytest.mark.parametrize(("setting", "path", "value"), OVERRIDES)
def test_override(setting: str, path: tuple[Any, ...], value: Any) -> None:
    here: Any = apply_overrides(TABLES, parse_settings([setting]))
    for part in path:
        here = here[part]
    assert here == value and type(here) is type(value)


def test_the_tables_given_are_left_alone() -> None:
    before = repr(TABLES)
    apply_overrides(TABLES, parse_settings(["panel.persons=1", "models.main.bandwidth.fixed=6"]))
    assert repr(TABLES) == before


@pytest.mark.parametrize(("setting", "words"), REFUSED)
def test_refused(setting: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        apply_overrides(TABLES, parse_settings([setting]))
    assert words in str(caught.value)


def test_every_setting_at_fault_is_told_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        parse_settings([setting for setting, _ in REFUSED[:4]])
    assert len(caught.value.faults) == 4


def test_capitals_are_placeholders_and_need_no_quotes() -> None:
    settings = parse_settings(["DATA=some folder/with = sign", "DATA_2=x", "panel.persons=1"])
    assert settings.values == {"DATA": "some folder/with = sign", "DATA_2": "x"}
    assert settings.overrides == ((("panel", "persons"), 1),)


def test_a_mapping_says_the_same_as_texts() -> None:
    texts = ["DATA=folder", "panel.persons=1000", 'models.main.controls=["x"]']
    mapping = {
        "DATA": Path("folder"),
        "panel.persons": 1000,
        "models.main.controls": ("x",),
    }
    assert read_settings(mapping) == read_settings(texts)


def test_overrides_are_validated_like_the_file(short) -> None:
    assert short(settings={"models.main.controls": ["x"]}).model("main").controls == ("x",)
    with pytest.raises(SpecError, match=r"models.main.controls: found 'x'; allowed: an array"):
        short(settings=['models.main.controls="x"'])


def test_placeholders_stand_only_in_paths(load, short, tmp_path) -> None:
    with pytest.raises(SpecError, match="may stand only in paths"):
        short(title="${DATA}")
    spec = short(panel={"source": "file", "path": "rows.csv"}, settings={"panel.path": "b.csv"})
    assert spec.panel.path == "b.csv"


def test_settings_come_before_the_environment(load, tmp_path) -> None:
    text = """
    schema_version = 1
    id = "one"
    title = "One"
    panel = { source = "file", path = "${DATA}/rows.csv" }
    outcomes = { y = { column = "y", kind = "continuous" } }
    design = { kind = "none", missing = ["comparison group"] }
    """
    environment = {"DATA": "from the environment"}
    assert load(text, environment=environment).origin.values["DATA"] == "from the environment"
    spec = load(text, settings=["DATA=from the command"], environment=environment)
    assert spec.origin.values["DATA"] == "from the command"
