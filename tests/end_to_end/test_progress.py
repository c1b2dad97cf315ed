"""What a run tells while it goes: one line on a terminal, plain lines elsewhere, events as ever."""

from __future__ import annotations

import json
import os
import sys
from io import StringIO
from pathlib import Path

import pytest

import evaluation as ad
from evaluation.commands import console as consoles
from evaluation.commands.console import Console
from evaluation.commands.durations import duration
from evaluation.commands.run import run
from evaluation.commands.steps import Steps, ended

SENATE = """
schema_version = 1
id = "{id}"
title = "A jump"

[panel]
source = "file"
path = "package:rdrobust/data/rdrobust_RDsenate.csv"

[outcomes]
vote = {{ column = "vote", kind = "continuous" }}

[design]
kind = "rd"
running_variable = {{ column = "margin" }}
cutoff = 0
treated_side = "above"

[[models]]
id = "line"
estimand = "itt_at_cutoff"
estimator = "rd_polynomial"

[[models]]
id = "curve"
estimand = "itt_at_cutoff"
estimator = "rd_polynomial"
order = 2
"""


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(StringIO):
    """A standard error of a terminal, which keeps every stroke apart."""

    def __init__(self) -> None:
        super().__init__()
        self.strokes: list[str] = []

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2

    def write(self, text: str) -> int:
        self.strokes.append(text)
        return len(text)


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("progress")
    paths = (folder / "first.toml", folder / "second.toml")
    for path in paths:
        path.write_text(SENATE.format(id=path.stem))
    return paths


def test_a_note_says_which_fit_how_long_and_what_is_left(specs: tuple[Path, Path]) -> None:
    clock = Clock()
    steps = Steps(2, 3, begun=90.0, clock=clock)
    steps.plan(ad.load_spec(specs[0]))
    assert steps.note("cells") == "spec 2 of 3, 10 s"
    assert steps.note("line: vote") == "spec 2 of 3, fit 1 of 2, 10 s"
    clock.now += 65
    assert steps.note("curve: vote") == (
        "spec 2 of 3, fit 2 of 2, 1 min 15 s, about 1 min 05 s left"
    )
    assert Steps(clock=clock).note("cells") == ""


def test_specs_side_by_side_say_how_many_ended() -> None:
    assert ended(1, 3, 20.0) == "1 of 3 specs ended, 20 s, about 40 s left"
    assert ended(3, 3, 60.0) == "3 of 3 specs ended, 1 min 00 s"


def test_seconds_as_people_read_them() -> None:
    assert [duration(one) for one in (-1, 59.4, 60, 7_800)] == [
        "0 s", "59 s", "1 min 00 s", "2 h 10 min",
    ]  # fmt: skip


def test_a_terminal_gets_one_stroke_a_stage_that_never_wraps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(os, "get_terminal_size", lambda at: os.terminal_size((20, 5)))
    Console().stage("spec", "cells")
    Console().stage("spec", "a stage with a long name", "and a note")
    assert terminal.strokes == ["\rspec: cells\x1b[K", "\rspec: a stage with…\x1b[K"]
    shown = terminal.strokes[1].removeprefix("\r").removesuffix("\x1b[K")
    assert len(shown) < 20


def test_a_terminal_that_tells_no_width_is_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(at: int) -> os.terminal_size:
        raise OSError

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(os, "get_terminal_size", unknown)
    assert consoles._width() == consoles.NARROW


def test_elsewhere_lines_are_plain_and_the_last_says_where_to_look(
    specs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    with consoles.open_console(False, log) as console:
        run(
            [str(path) for path in specs], settings=(), allowed=(), out=tmp_path / "out",
            gates=(), jobs=1, console=console,
        )  # fmt: skip
    out, err = capsys.readouterr()
    assert "\x1b" not in err
    assert "\r" not in err
    lines = err.splitlines()
    assert any(line.startswith("second: curve: vote (spec 2 of 2, fit 2 of 2") for line in lines)
    assert out.splitlines()[-1].startswith("2 specs in ")
    assert out.splitlines()[-1].endswith(f"; {tmp_path / 'out'}")
    # Events say the stage alone, as they always did.
    events = [json.loads(line) for line in log.read_text().splitlines()]
    staged = [one for one in events if one["event"] == "stage"]
    assert {tuple(sorted(one)) for one in staged} == {("at", "event", "spec", "stage")}
    assert "curve: vote" in [one["stage"] for one in staged]


def test_with_events_nothing_but_them_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Console(json_events=True).stage("spec", "cells", "a note")
    out, err = capsys.readouterr()
    assert json.loads(out)["stage"] == "cells"
    assert err == ""
