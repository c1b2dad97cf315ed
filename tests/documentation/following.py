"""Follow the code blocks of a page, in a folder of its own, as a reader would."""

from __future__ import annotations

import re
import runpy
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner

from evaluation.catalogue import catalogue
from evaluation.cli import app
from evaluation.errors import UserError
from evaluation.spec.loader import read_spec

# A fence's first line: a language, and for TOML the file that the block goes into.
BLOCK = re.compile(r'^```(\w*)(?: title="(>> )?([^"]+)")?\n(.*?)^```$', re.M | re.S)
PROGRAM = "activity-duty"
BASE = Path(__file__).resolve().parents[2] / "specs" / "reform_2017" / "age_did.toml"
# What stands between a reader and the page's own commands, held by tests of their own.
HELD_ELSEWHERE = {
    "make": "tests/infrastructure/test_make.py",
    "python": "tests/infrastructure: benchmarks and modules that a page names",
    ".venv/bin/pre-commit": "set up once by hand",
    "env/bin/python": "tests/infrastructure/test_wheelhouse.py",
    "env/bin/activity-duty": "tests/infrastructure/test_wheelhouse.py",
    # The same numbers, computed again from as many persons.
    "activity-duty verify outputs/reference/age_did": "tests/reference/test_reference_outputs.py",
}


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes
    ----------
    language
        Of the fence; empty where it names none.
    file, adds
        The file that it goes into, and whether it is added to its end.
    """

    language: str
    file: str
    adds: bool
    content: str

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        """Return its lines as words, without comments; none where it is no list of commands."""
        if self.language != "sh":
            return ()
        lines = (shlex.split(line, comments=True) for line in self.content.splitlines())
        return tuple(tuple(words) for words in lines if words)


@dataclass
class Followed:
    """What came of a page.

    Attributes
    ----------
    printed
        Commands with their output, its blanks made one.
    promised
        Lines that a block of text shows, with the command before it.
    """

    folder: Path
    printed: list[tuple[str, str]] = field(default_factory=list)
    promised: list[tuple[str, str]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    scripts: int = 0

    def output(self, command: str) -> str:
        """Return what the command printed, or the first that begins so."""
        found = [text for line, text in self.printed if line == command]
        found += [text for line, text in self.printed if line.startswith(command)]
        return found[0]


def blocks_of(page: Path) -> tuple[Block, ...]:
    """Return the blocks of a page in their order."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return tuple(Block(language, file, bool(adds), text) for language, adds, file, text in found)


def follow(
    blocks: tuple[Block, ...], folder: Path, lighter: Mapping[str, str], exits: Mapping[str, int]
) -> Followed:
    """Do what the blocks say in the folder, which is the working directory.

    Parameters
    ----------
    lighter
        Options that are added to the commands that begin so, to spare time.
    exits
        Exit codes of commands, where not 0.
    """
    found = Followed(folder)
    for block in blocks:
        STEPS.get(block.language, _shown)(block, found, lighter, exits)
    return found


def plain(text: str) -> str:
    """Return a text with its blanks made one."""
    return " ".join(text.split())


def _command(
    block: Block, found: Followed, lighter: Mapping[str, str], exits: Mapping[str, int]
) -> None:
    for program, *arguments in block.commands:
        line = shlex.join([program, *arguments])
        if program in HELD_ELSEWHERE or line in HELD_ELSEWHERE:
            continue
        assert program == PROGRAM, f"no way to follow: {line}"
        added = [option for begins, option in lighter.items() if line.startswith(begins)]
        words = [*arguments, *shlex.split(" ".join(added))]
        target = None
        if ">" in words:
            at = words.index(">")
            target = found.folder / words[at + 1]
            words = words[:at] + words[at + 2 :]
        done = CliRunner().invoke(app, words)
        code, output = done.exit_code, done.output
        if isinstance(done.exception, UserError):
            # What the command prints of it stands in evaluation/cli.py, outside the runner.
            code = done.exception.exit_code
            output += "".join(f"\n{done.exception.label}: {one}" for one in done.exception.faults)
        assert code == exits.get(line, 0), (line, output, done.exception)
        if target is not None:
            target.write_text(done.stdout, encoding="utf-8")
        found.printed.append((line, plain(output)))


def _script(
    block: Block, found: Followed, lighter: Mapping[str, str], exits: Mapping[str, int]
) -> None:
    found.scripts += 1
    script = found.folder / f"step_{found.scripts}.py"
    script.write_text(block.content, encoding="utf-8")
    runpy.run_path(str(script))


def _settings(
    block: Block, found: Followed, lighter: Mapping[str, str], exits: Mapping[str, int]
) -> None:
    tomllib.loads(block.content)
    if not block.file:
        _is_part_of_a_spec(block.content, found.folder)
        return
    path = found.folder / block.file
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"\n{block.content}" if block.adds else block.content
    with path.open("a" if block.adds else "x", encoding="utf-8") as file:
        file.write(text)
    found.written.append(block.content)


def _is_part_of_a_spec(content: str, folder: Path) -> None:
    """Hold that keys shown without a file are those of a spec: they are added to a shipped one."""
    scratch = folder.parent / "part"
    scratch.mkdir(exist_ok=True)
    (scratch / BASE.name).write_bytes(BASE.read_bytes())
    part = scratch / "part.toml"
    part.write_text(f'extends = "{BASE.name}"\nid = "part"\n{content}', encoding="utf-8")
    read_spec(part, catalogue())


def _promise(
    block: Block, found: Followed, lighter: Mapping[str, str], exits: Mapping[str, int]
) -> None:
    found.promised += [(found.printed[-1][0], line) for line in block.content.splitlines()]


def _shown(
    block: Block, found: Followed, lighter: Mapping[str, str], exits: Mapping[str, int]
) -> None:
    """Do nothing: a picture of something, in letters."""


STEPS = {"sh": _command, "python": _script, "toml": _settings, "text": _promise}
