"""The tutorial of docs/registers.md, step by step, as a reader would follow it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.documentation.following import Followed, blocks_of, follow, plain

PAGE = Path(__file__).parents[2] / "docs" / "registers.md"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    folder = tmp_path_factory.mktemp("tutorial")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ACTIVITY_DUTY_CACHE", str(folder / "cache"))
        yield follow(blocks_of(PAGE), folder, {}, {})


def test_every_line_shown_is_printed(followed: Followed) -> None:
    assert len(followed.promised) > 8
    for command, line in followed.promised:
        assert plain(line) in followed.output(command), (command, line)


def test_fewer_than_twenty_lines_of_toml(followed: Followed) -> None:
    lines = [line for text in followed.written for line in text.splitlines() if line.strip()]
    assert len(lines) < 20
    assert max(map(len, lines)) < 120


def test_both_runs_take_the_panel_that_is_there(followed: Followed) -> None:
    assert "panel is built: none was built" in followed.output("activity-duty panel")
    assert "panel is built" not in followed.output("activity-duty run")


def test_each_regime_has_its_path(followed: Followed) -> None:
    rows = pd.read_csv(followed.folder / "outputs/by_regime/restricted/estimates.csv")
    assert set(rows["status"]) == {"ok"}
    work = rows[rows["outcome"] == "employed"]
    paths = work.dropna(subset=["event_time"]).groupby("subgroup", dropna=False).size()
    assert set(paths.index.dropna()) == {"regime = mild", "regime = strict"}
    assert len(set(paths)) == 1 and len(paths) == 3


def test_a_jump_of_exit_is_estimated(followed: Followed) -> None:
    rows = pd.read_csv(followed.folder / "outputs/exit_at_30/restricted/estimates.csv")
    (jump,) = rows[(rows["model_id"] == "jump") & (rows["outcome"] == "sa_exit")].itertuples()
    assert jump.status == "ok" and jump.estimator == "rd_robust"
    checks = pd.read_csv(followed.folder / "outputs/exit_at_30/restricted/checks.csv")
    assert "not_ruled_out" in set(checks["verdict"].str.replace(" ", "_"))


def test_what_was_touched_and_who_answered_lies_beside(followed: Followed) -> None:
    restricted = followed.folder / "outputs/by_regime/restricted"
    report = pd.read_csv(restricted / "panel_report.csv")
    assert {"open_end", "overlap", "several", "unlinked"} <= set(report["rule"])
    joined = pd.read_csv(restricted / "joins.csv")
    assert (joined["rows_matched"].iloc[:1] < joined["rows"].iloc[:1]).all()
    assert "employed before the reform" in set(joined["by"])
