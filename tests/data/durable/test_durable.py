"""A process killed at any step of replacing a folder leaves the one before or the one after."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluation.data.durable import holding as holding_module
from evaluation.data.durable import replacing as replacing_module
from evaluation.data.durable.beside import is_beside, lock_file, old_of, unfinished
from evaluation.data.durable.exchanging import exchange
from evaluation.data.durable.holding import Occupied, holding
from evaluation.data.durable.owner import Owner, owner_of, this_process
from evaluation.data.durable.replacing import replacing
from evaluation.errors import EnvironmentProblem

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
STEPS = {"open", "os.rename", "os.mkdir", "os.chmod", "os.scandir"}
ANYWHERE = {"os.remove", "os.rmdir"}  # named from within their folder
FILES = {"a.csv": "1", "restricted/b.csv": "2", "restricted/c.csv": "3"}


def write(folder: Path, version: str) -> None:
    (folder / "restricted").mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(version + text)


def version(folder: Path) -> str:
    """Return which version stands whole in a folder, empty for none."""
    there = {p.relative_to(folder).as_posix(): p.read_text() for p in files(folder)}
    for name in ("old", "new"):
        if there == {path: name + text for path, text in FILES.items()}:
            return name
    return ""


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def in_child(work: Callable[[], None]) -> int:
    """Return how a forked process ended that did ``work``."""
    process = os.fork()
    if not process:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(step: int, above: Path, swap: Callable[[Path, Path], bool]) -> int:
    """Replace a folder in a process that kills itself at a step; return how it ended."""
    count = 0

    def pass_step() -> None:
        nonlocal count
        count += 1
        if count == step:
            die()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        named = any(str(above) in str(one) for one in arguments)
        if event in ANYWHERE or (event in STEPS and named):
            pass_step()

    def between(one: Path, other: Path) -> bool:
        pass_step()
        done = swap(one, other)
        pass_step()
        return done

    def work() -> None:
        replacing_module.exchange = between
        sys.addaudithook(hook)
        with replacing(above / "out", durable=True) as fresh:
            write(fresh, "new")

    return in_child(work)


@pytest.mark.parametrize("swap", [exchange, lambda one, other: False], ids=["one step", "two"])
def test_killed_at_every_step(swap: Callable[[Path, Path], bool], tmp_path: Path) -> None:
    seen = []
    for step in range(1, 200):
        above = tmp_path / str(step)
        (above / "out").mkdir(parents=True)
        write(above / "out", "old")
        code = killed_at(step, above, swap)
        assert code in (0, -signal.SIGKILL)
        at_once = version(above / "out")
        with holding(above / "out"):
            assert version(above / "out") in ("old", "new")
            assert not at_once or version(above / "out") == at_once
        assert [path.name for path in above.iterdir()] == ["out"]
        seen.append(at_once)
        if code == 0:
            break
    assert seen[0] == "old" and seen[-1] == "new" and len(seen) > 20
    # In one step there is no moment without either; in two there is one, and it is mended.
    if swap is exchange and exchanges(tmp_path):
        assert "" not in seen
    else:
        assert "" in seen


def exchanges(above: Path) -> bool:
    one, other = above / "one", above / "other"
    one.mkdir()
    other.mkdir()
    (one / "here").touch()
    return exchange(one, other) and (other / "here").exists()


def test_what_a_half_removed_folder_left_is_never_put_back(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    fresh = unfinished(folder)
    write(fresh, "old")
    (fresh / "a.csv").unlink()
    with holding(folder):
        assert not folder.exists()
    assert not list(tmp_path.iterdir())
    old = old_of(unfinished(folder))
    old.mkdir()
    write(old, "old")
    with holding(folder):
        assert version(folder) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_only_what_belongs_to_a_folder_is_cleared(tmp_path: Path) -> None:
    kept = [".cache", ".other-abcdefgh", ".out-abcdefgh-x", ".out-ABCDEFGH", "out-abcdefgh", "out"]
    for name in (*kept, ".out-abcdefgh", ".out-abcd1_gh"):
        (tmp_path / name).mkdir()
    with holding(tmp_path / "out"):
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, ".out.lock"])


def test_a_second_process_waits_or_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "out"

    def second() -> None:
        holding_module._held.clear()
        with pytest.raises(Occupied) as said, holding(folder, patience=0):
            pass
        (line,) = said.value.faults
        host = this_process().host
        assert line.startswith(f"{folder}: process {os.getppid()} on {host} writes it since 20")
        assert line.endswith("; wait until that ends, or choose another folder with --out")
        assert said.value.exit_code == 15

    with holding(folder), holding(folder):  # what holds a folder may ask again
        assert in_child(second) == 0
    assert not list(tmp_path.iterdir())


def test_who_waits_gets_the_folder(tmp_path: Path) -> None:
    folder, reading = tmp_path / "out", os.pipe()

    def first() -> None:
        with holding(folder):
            os.write(reading[1], b"1")
            holding_module.time.sleep(0.3)
            write_new = folder
            write_new.mkdir()

    process = os.fork()
    if not process:
        first()
        os._exit(0)
    assert os.read(reading[0], 1) == b"1"
    with holding(folder, patience=10):
        assert folder.exists()
    os.waitpid(process, 0)


def test_the_lock_of_a_killed_process_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "out"

    def killed() -> None:
        with holding(folder):
            die()

    assert in_child(killed) == -signal.SIGKILL
    assert lock_file(folder).exists()
    with holding(folder, patience=0):
        assert owner_of(lock_file(folder).read_text()) == this_process() or lock_file(folder)
    assert not list(tmp_path.iterdir())


def test_without_locks_the_file_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(handle: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(holding_module, "lock", none)
    folder, path = tmp_path / "out", tmp_path / ".out.lock"
    ended = os.fork()
    if not ended:
        os._exit(0)
    os.waitpid(ended, 0)
    for text in ("", "17 half", Owner(ended, this_process().host, "2026").text):
        path.write_text(text)
        with holding(folder, patience=0):
            assert path.exists()
    path.write_text(Owner(os.getppid(), this_process().host, "2026").text)
    with pytest.raises(Occupied, match=f"process {os.getppid()} on .* writes it since 2026; wait"):
        holding(folder, patience=0).__enter__()
    path.write_text(Owner(1, "elsewhere", "2026").text)
    with pytest.raises(Occupied) as said:
        holding(folder, patience=0).__enter__()
    assert str(said.value).endswith(f"; if elsewhere was shut down, remove {path}")


def test_a_full_disk_leaves_the_folder_before(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    write(folder, "old")
    with pytest.raises(EnvironmentProblem) as said, replacing(folder) as fresh:
        write(fresh, "new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(said.value) == (
        f"{folder}: cannot be written (No space left on device); choose another folder with --out"
    )
    assert version(folder) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    write(tmp_path / "disk", "old")
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    with replacing(tmp_path / "out") as fresh:
        write(fresh, "new")
    assert (tmp_path / "out").is_symlink() and version(tmp_path / "disk") == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disk", "out"]


@pytest.mark.parametrize(
    ("name", "told"),
    [(".a.lock", True), (".a-abcdefgh", True), (".a-abcdefgh-old", True), (".cache", False),
     ("a-abcdefgh", False), ("a.lock", False)],
)  # fmt: skip
def test_names_of_what_stands_beside(name: str, told: bool) -> None:
    assert is_beside(name) is told
