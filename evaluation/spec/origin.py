"""Where a spec came from, kept beside what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Origin:
    """The text behind a spec.

    Attributes
    ----------
    raw
        The resolved tables: after ``extends`` and ``--set``, placeholders unfilled.
    folder
        The spec's own folder; relative paths start here.
    values
        What ``${NAME}`` stands for; never written to any output.
    allowed
        Further folders that may be read.
    digest
        SHA-256 of ``raw`` in canonical form.
    """

    raw: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    values: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[Path, ...] = ()
    digest: str = ""
