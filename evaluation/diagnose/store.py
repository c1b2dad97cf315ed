"""Finished replications, one JSON line each: a run that was ended goes on where it stood."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from evaluation.diagnose.replicate import Replication
from evaluation.errors import EnvironmentProblem

FOLDER = ".replications"


@dataclass(frozen=True)
class Store:
    """The replications of one world.

    Attributes
    ----------
    path
        A file whose name holds the digest of spec, world and code, so that replications of another
        spec or another version are never mixed with these.
    """

    path: Path

    def read(self) -> dict[int, Replication]:
        """Return what is there, by replication."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError):
            raise EnvironmentProblem(
                f"{self.path}: cannot be read; remove it to begin again"
            ) from None
        return dict(_rows(text.splitlines()))

    def add(self, replication: int, result: Replication) -> None:
        """Append one replication, on a line of its own whatever the file ends with.

        Raises
        ------
        EnvironmentProblem
            Where the file cannot be written.
        """
        line = json.dumps({"replication": replication, "result": result.as_json()})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            start = "\n" if self._torn() else ""
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(f"{start}{line}\n")
        except OSError as error:
            raise EnvironmentProblem(
                f"{self.path}: cannot be written ({error.strerror}); choose another folder with "
                "--out"
            ) from None

    def _torn(self) -> bool:
        """Whether the last line was being written when a run was ended."""
        if not self.path.exists() or not self.path.stat().st_size:
            return False
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"


def _rows(lines: Iterable[str]) -> Iterable[tuple[int, Replication]]:
    for line in lines:
        try:
            row = json.loads(line)
            yield row["replication"], Replication.of_json(row["result"])
        except (json.JSONDecodeError, KeyError, TypeError, ValueError):
            continue  # the line being written when a run was ended
