"""The runner of validations goes on where it stood, and rewrites its own sections alone."""

from __future__ import annotations

import importlib
import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

TOY = """
from pathlib import Path
from validation import Job

LOG = Path(__file__).with_name("log.txt")
DIGEST = Path(__file__).with_name("digest.txt")


class Toy:
    replications = 2

    def worlds(self):
        return ("flat", "steep")

    def digest(self, world):
        return DIGEST.read_text() if DIGEST.exists() else "first"

    def jobs(self, worlds, replications, done):
        names = [str(number) for number in range(1, replications + 1)]
        names += ["further"] if ("flat", "1") in done else []
        jobs = [(world, name, self.digest(world)) for world in worlds for name in names]
        return tuple(Job("toy", *job) for job in jobs)

    def run(self, world, replication, seed):
        with LOG.open("a") as file:
            file.write(f"{world} {replication}\\n")
        return {"seed": seed}

    def section(self, worlds, done, stamp):
        seeds = "".join(f"| {w} | {r} | {done[w, r]['seed']} |\\n" for w, r in sorted(done))
        return f"## Toy\\n\\nCommit {stamp}.\\n\\n{seeds}"

    def summary(self, worlds, done):
        return f"{len(done)} replications"

    def pages(self, worlds, done, stamp):
        return {"toy.md": f"{len(done)} at {stamp}\\n"}


PART = Toy()
"""


@pytest.fixture(scope="module")
def runner(root: Path) -> ModuleType:
    for folder in (root / ".ci", root / "tests" / "simulation"):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    return importlib.import_module("validate")


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "toy.py").write_text(TOY, encoding="utf-8")
    yield folder
    sys.modules.pop("toy", None)
    sys.path[:] = [path for path in sys.path if path != str(folder)]


def ran(folder: Path) -> list[str]:
    log = folder / "log.txt"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def run(runner: ModuleType, folder: Path, commit: str = "aaa", **more: object) -> str:
    given = {"cache": folder.parent / "cache", "docs": folder.parent / "docs", "processes": 1}
    stamp = runner.Stamp(commit, False)
    section: str = runner.run_part("toy", folder=folder, stamp=stamp, **(given | more))
    return section


def test_what_is_done_is_not_done_again(runner: ModuleType, toy: Path) -> None:
    first = run(runner, toy)
    assert ran(toy) == ["flat 1", "flat 2", "steep 1", "steep 2", "flat further", "steep further"]
    assert run(runner, toy) == first
    assert len(ran(toy)) == 6
    run(runner, toy, replications=3)
    assert ran(toy)[6:] == ["flat 3", "steep 3"]


def test_a_kill_loses_the_line_being_written_alone(runner: ModuleType, toy: Path) -> None:
    whole = run(runner, toy)
    lines = toy.parent / "cache" / "toy" / "replications.jsonl"
    lines.write_text(lines.read_text(encoding="utf-8")[:-5], encoding="utf-8")
    assert run(runner, toy) == whole
    assert ran(toy)[6:] == ["steep further"]
    # The torn line stays behind, and what is appended stands on a line of its own.
    last = lines.read_text(encoding="utf-8").splitlines()[-1]
    assert json.loads(last)["replication"] == "further"


def test_other_sources_are_run_anew(runner: ModuleType, toy: Path) -> None:
    run(runner, toy)
    (toy / "digest.txt").write_text("second", encoding="utf-8")
    run(runner, toy)
    assert len(ran(toy)) == 12


def test_worlds_run_again_stand_beside_the_others(runner: ModuleType, toy: Path) -> None:
    run(runner, toy, commit="aaa")
    (toy / "digest.txt").write_text("second", encoding="utf-8")
    section = run(runner, toy, commit="bbb", again=("steep",))
    assert ran(toy)[6:] == ["steep 1", "steep 2", "steep further"]
    assert "Commit aaa; steep at bbb." in section
    assert "Commit aaa; steep at bbb." in run(runner, toy, commit="ccc", again=("steep",))


def test_two_processes_give_the_same(runner: ModuleType, toy: Path) -> None:
    one = run(runner, toy)
    assert run(runner, toy, cache=toy.parent / "other", processes=2) == one


def test_seeds_are_hashes_of_part_world_and_replication(runner: ModuleType) -> None:
    def seed(*names: str) -> int:
        return int(runner.seed_of(runner.Job(*names, "any digest")))

    # First six bytes of SHA-256 of "toy/flat/1", little-endian, as coreutils give them.
    assert seed("toy", "flat", "1") == 51179004242964
    others = {seed("toy", "flat", "2"), seed("toy", "steep", "1"), seed("joy", "flat", "1")}
    assert len(others | {51179004242964}) == 4


def test_sections_of_other_parts_stay_with_their_commit(runner: ModuleType, toy: Path) -> None:
    page = toy.parent / "docs" / "validation.md"
    run(runner, toy, commit="aaa")
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("part toy", "part another"), encoding="utf-8")
    (toy / "digest.txt").write_text("second", encoding="utf-8")
    run(runner, toy, commit="bbb")
    both = page.read_text(encoding="utf-8")
    assert both.count("## Toy") == 2
    assert both.index("Commit aaa.") < both.index("Commit bbb.")
    assert both.startswith("# Validation\n")
    (toy / "digest.txt").write_text("third", encoding="utf-8")
    run(runner, toy, commit="ccc")
    assert page.read_text(encoding="utf-8") == both.replace("bbb", "ccc")
    assert (page.parent / "toy.md").read_text(encoding="utf-8") == "6 at ccc\n"


def test_trying_writes_no_page(runner: ModuleType, toy: Path) -> None:
    run(runner, toy, docs=None, only=("steep",), replications=1)
    assert ran(toy) == ["steep 1"]
    assert not (toy.parent / "docs").exists()


def test_an_unknown_part_gets_one_line(
    runner: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(["word"]) == 2
    known = runner.part_names(root / "tests" / "simulation")
    assert {"cutoffs", "panels", "worlds"} <= set(known)
    said = f"validate: no part 'word' (there are: {', '.join(known)})\n"
    assert capsys.readouterr().err == said


def test_every_world_has_an_expectation_of_its_own_questions(
    runner: ModuleType, root: Path
) -> None:
    folder = root / "tests" / "simulation"
    part = runner.load_part(folder, "worlds")
    questions = importlib.import_module("synthetic_worlds.questions").questions
    verdicts = importlib.import_module("synthetic_worlds.verdict").VERDICTS
    text = (folder / "synthetic_worlds" / "expected.toml").read_text(encoding="utf-8")
    expected = tomllib.loads(text)
    assert set(expected) == set(part.worlds())
    for world, table in expected.items():
        names = {question.name for question in questions(world)}
        assert len(names) == len(questions(world))
        stated = table.get("verdicts", {})
        assert set(stated) | set(table.get("unstated", ())) <= names, world
        assert not set(stated) & set(table.get("unstated", ())), world
        assert set(stated.values()) <= set(verdicts)
        assert table["reason"].endswith(".")
        assert set(table.get("readings", {})) <= names, world


@pytest.mark.parametrize(
    ("errors", "std_error", "verdict"),
    [
        (0.0, 1.0, "recovers"),
        (3.0, 1.0, "biased up"),
        (-3.0, 1.0, "biased down"),
        (0.0, 0.2, "too sure of itself"),
        (0.0, None, "not identified"),
    ],
)
def test_verdicts(
    runner: ModuleType, root: Path, errors: float, std_error: float | None, verdict: str
) -> None:
    runner.load_part(root / "tests" / "simulation", "worlds")
    judge = importlib.import_module("synthetic_worlds.verdict").judge
    rows = []
    for deviation in (-1.6, -1.2, -0.9, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 0.9, 1.2, 1.6):
        estimate = 5.0 + errors + deviation
        if std_error is None:
            rows.append([estimate, None, None, None])
        else:
            ends = [estimate - 1.96 * std_error, estimate + 1.96 * std_error]
            rows.append([estimate, std_error, *ends])
    judged = judge(rows, [4.99, 5.0, 5.01])
    assert judged.verdict == verdict
    assert judged.estimate == pytest.approx(5.0 + errors)
    assert judged.truth == pytest.approx(5.0)


def test_the_page_names_every_world(root: Path, runner: ModuleType) -> None:
    text = (root / "docs" / "worlds.md").read_text(encoding="utf-8")
    for world in runner.load_part(root / "tests" / "simulation", "worlds").worlds():
        assert f"\n## {world}\n" in text
        assert f"| [{world}](#{world}) |" in text
