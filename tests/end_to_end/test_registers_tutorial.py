"""The tutorial of docs/registers.md, step by step, as a reader would follow it."""

from __future__ import annotations

import re
import runpy
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from evaluation.cli import app

PAGE = Path(__file__).parents[2] / "docs" / "registers.md"
# A fence's first line: a language and, for TOML, the file that it goes into.
BLOCK = re.compile(r"^```(\w+)(?: (>>?) (\S+))?\n(.*?)^```$", re.M | re.S)

pytestmark = pytest.mark.slow


@dataclass
class Followed:
    """What came of the steps: the folder, commands with their output, and the TOML written."""

    folder: Path
    printed: list[tuple[str, str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    promised: list[tuple[str, str]] = field(default_factory=list)

    def output(self, command: str) -> str:
        """Return what the command that begins so printed, its blanks made one."""
        return next(text for line, text in self.printed if line.startswith(command))


def _blocks() -> list[tuple[str, str, str, str]]:
    text = PAGE.read_text(encoding="utf-8")
    tutorial = text.split("\n## From files to two designs\n")[1].split("\n## ")[0]
    return BLOCK.findall(tutorial)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _follow(steps: Followed) -> None:
    for language, arrow, name, content in _blocks():
        if language == "sh":
            for line in content.splitlines():
                program, *arguments = shlex.split(line)
                assert program == "activity-duty", line
                done = CliRunner().invoke(app, arguments)
                assert done.exit_code == 0, (line, done.output, done.exception)
                steps.printed.append((line, _plain(done.output)))
        elif language == "python":
            script = steps.folder / "step.py"
            script.write_text(content, encoding="utf-8")
            runpy.run_path(str(script))
        elif language == "toml":
            tomllib.loads(content)
            with (steps.folder / name).open({">": "x", ">>": "a"}[arrow], encoding="utf-8") as file:
                file.write(f"\n{content}" if arrow == ">>" else content)
            steps.written.append(content)
        else:
            assert language == "text"
            steps.promised += [(steps.printed[-1][0], line) for line in content.splitlines()]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    folder = tmp_path_factory.mktemp("tutorial")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ACTIVITY_DUTY_CACHE", str(folder / "cache"))
        steps = Followed(folder)
        _follow(steps)
        yield steps


def test_every_line_shown_is_printed(followed: Followed) -> None:
    assert len(followed.promised) > 8
    for command, line in followed.promised:
        assert _plain(line) in followed.output(command), (command, line)


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
