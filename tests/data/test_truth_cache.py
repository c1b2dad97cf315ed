"""Superpopulation cells remembered on disk: the same numbers, and never the wrong ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evaluation.data import cache_folder as folders
from evaluation.data import source_digest as sources
from evaluation.data import superpopulation as large
from evaluation.data.cache_folder import cache_folder
from evaluation.data.functionals.contract import Truth
from evaluation.data.question import Question
from evaluation.data.superpopulation import Superpopulation, superpopulation
from evaluation.data.truth import truths
from evaluation.data.truth_cache import remembered
from evaluation.spec.dates import Dated
from evaluation.spec.filters import Filter
from evaluation.spec.spec import Spec

PANEL: dict[str, Any] = {
    "source": "synthetic", "world": "work_effect", "persons": 500, "seed": 7,
    "unit": "person_id", "time": "ym", "time_unit": "month",
    "window": [dt.date(2016, 7, 1), dt.date(2017, 6, 30)],
}  # fmt: skip
TABLES: dict[str, Any] = {
    "panel": PANEL,
    "sample": {"keep": [{"column": "age_months", "at_least": 300, "below": 420}]},
    "outcomes": {"condition": {"column": "condition_imposed", "kind": "binary"}},
    "design": {
        "kind": "did",
        "reform_date": dt.date(2017, 1, 1),
        "treated": {"column": "age_months", "below": 360, "assigned_at": "period_start"},
        "control": {"column": "age_months", "at_least": 372},
    },
    "models": [{"id": "main", "estimand": "att_relative", "estimator": "twfe"}],
}
QUESTION = Question(column="condition_imposed")
CELLS = pd.DataFrame({"block": [0, 1], "value": [0.1 + 0.2, 1e-17], "subgroup": ["", "a"]})
MakeDraw = Callable[..., Superpopulation]


@pytest.fixture
def draw(tiny, tmp_path: Path) -> MakeDraw:
    """Return a small stand-in for the large draw, remembered in the test's own folder."""

    def of(**changes: Any) -> Superpopulation:
        spec: Spec = tiny.spec(**{**TABLES, **changes})
        return replace(superpopulation(spec), persons=8_000, seed=1, folder=tmp_path / "truth")

    return of


def answers(population: Superpopulation) -> dict[Any, Truth]:
    spec = population.spec
    given = truths(population, spec, spec.models[0], spec.outcomes["condition"])
    return dict(given.found)


def refuse(*_: object) -> None:
    raise AssertionError("simulated anew")


def test_remembered_cells_are_the_computed_ones_to_the_last_bit(draw, monkeypatch) -> None:
    fresh = replace(draw(), folder=None)
    first = draw()
    computed = fresh.cells(QUESTION)
    written = first.cells(QUESTION)
    monkeypatch.setattr(large, "coupled_draw", refuse)
    read = draw().cells(QUESTION)
    for one in (written, read):
        pd.testing.assert_frame_equal(one, computed, check_exact=True)
    assert answers(draw()) == answers(fresh)
    assert all(truth.value for truth in answers(draw()).values())


def test_nothing_is_simulated_before_a_cell_is_missing(draw, monkeypatch) -> None:
    draw().cells(QUESTION)
    monkeypatch.setattr(large, "coupled_draw", refuse)
    draw().cells(QUESTION)
    with pytest.raises(AssertionError, match="simulated anew"):
        draw().cells(replace(QUESTION, periods="post"))


def changed(key: str, value: Any) -> dict[str, Any]:
    return {key: {**TABLES[key], **value}}


@pytest.mark.parametrize(
    "changes",
    [
        changed("panel", {"persons": 900}),
        changed("panel", {"seed": 8}),
        {"title": "Another title"},
        {"models": [{**TABLES["models"][0], "id": "other", "variance": "hc1"}]},
        {"outcomes": {"other": {**TABLES["outcomes"]["condition"], "label": "A label"}}},
    ],
)
def test_what_the_cells_do_not_depend_on(draw, changes) -> None:
    assert draw(**changes).name(QUESTION) == draw().name(QUESTION)


@pytest.mark.parametrize(
    "changes",
    [
        changed("panel", {"window": [dt.date(2016, 7, 1), dt.date(2017, 7, 31)]}),
        changed("panel", {"period": "quarter"}),
        changed("sample", {"denominator": "recipients"}),
        changed("sample", {"keep": []}),
        changed("design", {"reform_date": dt.date(2017, 2, 1)}),
        {"models": [{**TABLES["models"][0], "controls": ["age_months"]}]},
    ],
)
def test_what_the_cells_depend_on_in_a_spec(draw, changes) -> None:
    assert draw(**changes).name(QUESTION) != draw().name(QUESTION)


@pytest.mark.parametrize(
    "changes",
    [
        {"column": "employed"},
        {"column": "condition_imposed_lead_12", "dated": Dated("condition_imposed", 12)},
        {"transform": "log"},
        {"keep": (Filter(column="female", equals=1),)},
        {"periods": "post"},
        {"by": "female"},
        {"paired": "condition_imposed"},
        {"weights": "municipality"},
        {"kind": "values"},
    ],
)
def test_what_the_cells_depend_on_in_a_question(draw, changes) -> None:
    one = draw()
    assert set(changes) <= set(QUESTION.as_tables())
    assert one.name(replace(QUESTION, **changes)) != one.name(QUESTION)


def test_every_part_of_a_question_is_in_its_digest() -> None:
    assert set(QUESTION.as_tables()) == set(Question.__dataclass_fields__)


def test_the_draw_the_world_and_the_code_are_in_the_digest(draw, monkeypatch) -> None:
    one = draw()
    assert replace(one, seed=2).name(QUESTION) != one.name(QUESTION)
    assert replace(one, persons=1600).name(QUESTION) != one.name(QUESTION)
    worlds = {superpopulation(draw(panel={**PANEL, "world": world}).spec).folder for world in
              ("work_effect", "published_null")}  # fmt: skip
    assert len(worlds) == 2 and None not in worlds
    monkeypatch.setattr(large, "source_digest", lambda: "another")
    assert draw().name(QUESTION) != one.name(QUESTION)


def test_sources_edited_while_a_program_runs_are_not_remembered(draw, monkeypatch) -> None:
    one = draw()
    monkeypatch.setattr(sources, "digest_on_disk", lambda: "edited")
    one.cells(QUESTION)
    assert not list(one.folder.rglob("*.cells"))
    monkeypatch.undo()
    one.cells(QUESTION)
    assert list(one.folder.rglob("*.cells"))


def test_joined_files_are_not_remembered(draw) -> None:
    join = [{"path": "offices.csv", "on": ["muni_h"], "columns": {"x": "x"}}]
    assert superpopulation(draw(joins=join).spec).folder is None


def test_the_code_is_known_by_its_content(tmp_path: Path, monkeypatch) -> None:
    root = tmp_path / "code"
    for maker in sources.MAKERS:
        (root / maker).mkdir(parents=True)
    monkeypatch.setattr(sources, "ROOT", root)
    digest = sources.digest_on_disk
    seen = {digest()}
    file = root / "data_synth" / "life.py"
    for text in ("one", "two"):
        file.write_text(text)
        seen.add(digest())
    file.rename(file.with_name("lives.py"))
    seen.add(digest())
    assert len(seen) == 4
    for other in ("worlds", "__pycache__"):
        (root / "data_synth" / other).mkdir()
        (root / "data_synth" / other / "file").write_text("not code")
    assert digest() in seen


# --- files --------------------------------------------------------------------------------------


def damaged(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [damaged, lambda content: content[:-1], lambda content: b"", lambda content: b"not cells"],
    ids=["one bit", "cut off", "empty", "foreign"],
)
def test_a_damaged_file_is_made_anew_and_replaced(tmp_path: Path, spoil) -> None:
    remembered(tmp_path, "a", CELLS.copy)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))
    pd.testing.assert_frame_equal(remembered(tmp_path, "a", CELLS.copy), CELLS, check_exact=True)
    assert path.read_bytes() == whole
    again = remembered(tmp_path, "a", refuse)
    pd.testing.assert_frame_equal(again, CELLS, check_exact=True)


def test_a_file_of_another_name_is_none(tmp_path: Path) -> None:
    remembered(tmp_path, "a", CELLS.copy)
    (path,) = tmp_path.iterdir()
    path.rename(tmp_path / "b.cells")
    other = CELLS.assign(value=2.0)
    pd.testing.assert_frame_equal(remembered(tmp_path, "b", other.copy), other)


def test_a_folder_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", None):
        for _ in range(2):
            pd.testing.assert_frame_equal(remembered(folder, "a", CELLS.copy), CELLS)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        pd.testing.assert_frame_equal(remembered(tmp_path, "a", CELLS.copy), CELLS)
    assert not list(tmp_path.iterdir())


# --- the folder ---------------------------------------------------------------------------------

VARIABLES = ("ACTIVITY_DUTY_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA")


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"ACTIVITY_DUTY_CACHE": "/mine", "XDG_CACHE_HOME": "/xdg"}, "/mine"),
        ("linux", {"ACTIVITY_DUTY_CACHE": "", "XDG_CACHE_HOME": "/xdg"}, "/xdg/activity-duty"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/people/one/.cache/activity-duty"),
        ("linux", {}, "/people/one/.cache/activity-duty"),
        ("darwin", {"XDG_CACHE_HOME": "/xdg"}, "/people/one/Library/Caches/activity-duty"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/activity-duty/cache"),
        ("win32", {}, None),
    ],
)
def test_where_the_cache_lies(monkeypatch, platform, variables, expected) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(folders.sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/people/one"))
    assert cache_folder() == (None if expected is None else Path(expected))


def test_a_user_without_a_home_has_no_cache(monkeypatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(folders.sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folder() is None


def test_tests_leave_the_users_cache_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = cache_folder()
    assert folder is not None and folder.is_relative_to(tmp_path_factory.getbasetemp().parent)
