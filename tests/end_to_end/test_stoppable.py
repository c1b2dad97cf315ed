"""A request to end is heard even where a library swallowed the exception that it raised."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evaluation.cli import main
from evaluation.commands import release as release_command
from evaluation.commands.stoppable import stoppable
from evaluation.data.durable.beside import is_beside
from evaluation.release import assemble
from evaluation.release.ledger import read_ledger
from tests.release.test_release import made

# What ``release`` does, in order; no request is looked for between the ledger and the folder.
STAGES = ("read_record", "read_ledger", "candidate_of", "refusals", "read_signoffs", "_show_inside",
          "record_release")  # fmt: skip


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_a_swallowed_request_ends_the_work_at_the_next_step(
    number: signal.Signals, raised: type[BaseException]
) -> None:
    before = signal.getsignal(number)
    with pytest.raises(raised) as said, stoppable() as go_on:
        go_on()
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            signal.raise_signal(number)
        go_on()
    assert signal.getsignal(number) is before
    assert number is signal.SIGINT or said.value.code == 143  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return outputs of which a run has left, and another, of other sizes, has taken its place."""
    above = tmp_path_factory.mktemp("stopped")
    made(above)
    with pytest.MonkeyPatch.context() as patch:
        assert ended(above, patch) == 0
    made(above, n_obs=96_000, n_units=2_000)
    yield above / "outputs"


def ended(above: Path, patch: pytest.MonkeyPatch) -> object:
    """Return the exit code of the release, asked for as a user does."""
    patch.setattr(sys, "argv", ["activity-duty", "release", "tiny", "--out", f"{above}/outputs"])
    try:
        main()
    except SystemExit as end:
        return end.code
    return 0


def asking(done: Callable[..., object], *, swallowed: bool) -> Callable[..., object]:
    """Return a stage after which the user presses Ctrl-C, once."""

    def stage(*given: object, **named: object) -> object:
        found = done(*given, **named)
        with contextlib.suppress(*[KeyboardInterrupt] * swallowed):
            signal.raise_signal(signal.SIGINT)
        return found

    return stage


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("swallowed", [False, True], ids=["heard", "swallowed"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_release_that_is_asked_to_end_leaves_the_one_before(
    stage: str, swallowed: bool, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = copied(runs, tmp_path)
    before = tree(outputs / "tiny" / "release")
    done = getattr(release_command, stage)
    monkeypatch.setattr(release_command, stage, asking(done, swallowed=swallowed))
    code = ended(tmp_path, monkeypatch)
    late = stage == "record_release"
    if late and swallowed:  # nothing is left to be done but to put the folder in its place
        assert code == 0
    else:
        assert code == 130
        assert tree(outputs / "tiny" / "release") == before
    assert len(read_ledger(outputs).entries) == 1 + late
    assert strays(outputs) == []
    monkeypatch.setattr(release_command, stage, done)
    assert ended(tmp_path, monkeypatch) == 0
    assert tree(outputs / "tiny" / "release") != before
    assert len(read_ledger(outputs).entries) == 2


def test_a_release_that_is_asked_to_end_while_it_writes_leaves_the_one_before(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = copied(runs, tmp_path)
    before = tree(outputs / "tiny" / "release")
    whole = asking(assemble.refuse_unjudged, swallowed=False)
    monkeypatch.setattr(assemble, "refuse_unjudged", whole)
    assert ended(tmp_path, monkeypatch) == 130
    assert tree(outputs / "tiny" / "release") == before
    assert strays(outputs) == []


def copied(runs: Path, above: Path) -> Path:
    """Return a copy of the outputs, and of the policies beside them."""
    shutil.copytree(runs.parent, above, dirs_exist_ok=True)
    return above / "outputs"


def strays(outputs: Path) -> list[str]:
    """Return locks and unfinished folders that stand in outputs."""
    return [path.name for path in outputs.rglob("*") if is_beside(path.name)]
