"""Bad words for ``synth``, one case a row: its words, its exit code, and its whole message.

Every case holds that nothing is written, and that what stood in the folder stays as it was.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from data_synth.stream import space

LABELS = {2: "usage", 10: "spec", 11: "data", 15: "environment"}


@dataclass(frozen=True)
class Case:
    """One bad command; ``…`` in ``says`` is any text, ``files`` makes what is there before."""

    id: str
    code: int
    says: tuple[str, ...]
    words: str
    files: Callable[[Path], object] = lambda folder: None
    free: int | None = None


def put(name: str, text: str = "mine") -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    return write


NULL = "published_null --persons 3000 --ages 30:30 --window 2017-01:2017-02 --jobs 1"
CASES = (
    Case("nothing to do", 2, words="published_null",
         says=("synth: nothing to do; give a folder with --out, or --describe",)),
    Case("an unknown world", 10, words="publish_null --out out",
         says=('world "publish_null": unknown; …; did you mean "published_null"?',)),
    Case("no persons", 10, words=f"{NULL} --out out --persons 0",
         says=("persons: found 0; allowed: at least 1",)),
    Case("persons below none", 10, words=f"{NULL} --out out --persons -5",
         says=("persons: found -5; allowed: at least 1",)),
    Case("a seed below none", 10, words=f"{NULL} --out out --seed -1",
         says=("seed: found -1; allowed: at least 0",)),
    Case("too few persons for the ages", 10, words=f"{NULL} --out out --persons 1",
         says=("persons: of 1 persons …, none is 30 to 30 years old …; ask for more, …",)),
    Case("ages reversed", 10, words=f"{NULL} --out out --ages 42:18",
         says=("ages: found 42 to 18; allowed: first not after last",)),
    Case("ages outside the world's", 10, words=f"{NULL} --out out --ages 5:18",
         says=('ages: found 5 to 18; world "published_null" offers ages 16 to 67',)),
    Case("ages that are none", 2, words=f"{NULL} --out out --ages young",
         says=('--ages: found "young"; allowed: …, such as 18:42',)),
    Case("one age", 2, words=f"{NULL} --out out --ages 30",
         says=('--ages: found "30"; allowed: …, such as 18:42',)),
    Case("a window reversed", 10, words=f"{NULL} --out out --window 2019-01:2018-01",
         says=("window: found …; allowed: first not after last",)),
    Case("a window outside the world's", 10, words=f"{NULL} --out out --window 1999-01:2018-01",
         says=('window: found …; world "published_null" offers months 201001 to 202312',)),
    Case("a thirteenth month", 2, words=f"{NULL} --out out --window 2010-13:2018-01",
         says=('--window: found "2010-13:2018-01"; allowed: …, such as 2010-01:2019-12',)),
    Case("a year without months", 2, words=f"{NULL} --out out --window 2010:2018",
         says=('--window: found "2010:2018"; allowed: …, such as 2010-01:2019-12',)),
    Case("the year 0", 2, words=f"{NULL} --out out --window 0000-01:2018-01",
         says=('--window: found "0000-01:2018-01"; allowed: …',)),
    Case("an unknown policy", 10, words=f"{NULL} --out out --policy no_lw",
         says=('policy: found "no_lw"; allowed: …; did you mean "no_law"?',)),
    Case("an unknown shape", 2, words=f"{NULL} --out out --shape person_moth",
         says=('--shape: found "person_moth"; allowed: …; did you mean "person_month"?',)),
    Case("an unknown format", 2, words=f"{NULL} --out out --format cvs",
         says=('--format: found "cvs"; allowed: parquet, csv; did you mean "csv"?',)),
    Case("an unknown column", 11, words=f"{NULL} --out out --columns ym,employd",
         says=('column "employd": not in the synthetic panel; …; did you mean "employed"?',)),
    Case("no column", 11, words=f"{NULL} --out out --columns ,",
         says=("columns: found none; allowed: person_id, …",)),
    Case("columns of a shape that has its own", 2,
         words=f"{NULL} --out out --shape tables --columns ym",
         says=("--columns: chosen for the shape person_month alone, and tables has its own; …",)),
    Case("no process", 2, words=f"{NULL} --out out --jobs 0",
         says=("--jobs: found 0; allowed: at least 1",)),
    Case("several impossible figures", 10, words=f"{NULL} --out out --persons 0 --seed -1",
         says=("persons: found 0; …", "seed: found -1; …")),
    Case("facts of a policy", 2, words="published_null --describe --policy no_law",
         says=("--policy: chooses what is written, and --describe is of the whole world …",)),
    Case("facts and files of another window", 2,
         words="published_null --describe --window 2015-01:2015-12 --out out",
         says=("--window: chooses what is written, and --describe is of the whole world …",)),
    Case("more persons than there are numbers", 10, words=f"{NULL} --out o --persons 900000000000",
         says=("persons: found 900000000000; allowed: at most 40000000",)),
    Case("facts of ages", 2, words="published_null --describe --ages 18:42",
         says=("--ages: chooses what is written, and --describe is of the whole world …",)),
    Case("facts of nobody", 10, words="published_null --describe --persons 0",
         says=("persons: found 0; allowed: at least 1",)),
    Case("a folder of somebody's", 2, words=f"{NULL} --out out", files=put("out/thesis.txt"),
         says=("…/out: is not empty and holds no delivery of this command; choose another …",)),
    Case("a delivery of another program", 2, words=f"{NULL} --out out",
         files=put("out/world.json", '{"kind": "globe"}'),
         says=("…/out: is not empty and holds no delivery of this command; choose another …",)),
    Case("a file in the folder's place", 15, words=f"{NULL} --out out", files=put("out"),
         says=("…/out: is a file where a folder for outputs should be; …",)),
    Case("a file above the folder", 15, words=f"{NULL} --out up/out", files=put("up"),
         says=("…/up: is a file where a folder for outputs should be; …",)),
    Case("too little disk", 15, words=f"{NULL} --out out", free=1_000_000,
         says=("…/out: needs about 0.1 GB for up to … person-months, and 0.0 GB are free; …",)),
)  # fmt: skip


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_one_clear_line_and_nothing_written(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command
) -> None:
    monkeypatch.chdir(tmp_path)
    case.files(tmp_path)
    if case.free is not None:
        usage = SimpleNamespace(free=case.free)
        monkeypatch.setattr(space.shutil, "disk_usage", lambda path: usage)
    before = tree(tmp_path)
    ended = command("synth", *shlex.split(case.words))
    assert ended.code == case.code, ended.err
    assert len(ended.err.splitlines()) == len(case.says), ended.err
    for line, wanted in zip(ended.err.splitlines(), case.says, strict=True):
        text = f"{LABELS[case.code]}: {wanted}"
        assert re.fullmatch(".*".join(map(re.escape, text.split("…"))), line), line
    assert ended.out == ""
    assert tree(tmp_path) == before


def test_cases_are_named_apart() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
