"""A bundle as something to run: its spec with new settings, its cells, and a mark on both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.errors import DataError, UsageError
from evaluation.release.bundle.contents import LOST
from evaluation.release.bundle.opened import opened
from evaluation.release.bundle.read import Bundle, is_bundle, read_bundle
from evaluation.report.record import Record
from evaluation.review.unanswered import unanswered
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class AskedBundle:
    """A bundle of which something is asked.

    Attributes
    ----------
    bundle
        As read.
    spec
        Its spec, with the settings.
    cells
        Folder of its cells, which is gone once the question is answered.
    settings
        ``--set`` texts.
    """

    bundle: Bundle
    spec: Spec
    cells: Path
    settings: tuple[str, ...]

    def marked(self, record: Record) -> Record:
        """Return a record that says which bundle it was estimated from."""
        name, digest = self.bundle.path.name, self.bundle.digest
        notes = [f"estimated from the cells of the bundle {name} (SHA-256 {digest}), not from rows"]
        if self.settings:
            notes.append(f"asked of the bundle with other settings: {', '.join(self.settings)}")
        if protected(self.bundle):
            notes.append(
                f"the cells are those that may leave under the policy {policy_name(self.bundle)}:"
                " some were left out or rounded, so that estimates differ from those of the data; "
                "by how much for every printed number, gaps.csv in the bundle says"
            )
        inputs = {**record.inputs, name: digest}
        return replace(record, notes=(*record.notes, *notes), inputs=inputs)


@contextmanager
def asked_bundle(
    path: Path, settings: Sequence[str], *, answering: bool = True
) -> Iterator[AskedBundle]:
    """Give a bundle's spec and cells, ready to be estimated; the cells are gone afterwards.

    Parameters
    ----------
    path
        A zip that ``release --bundle`` wrote.
    settings
        ``--set`` texts.
    answering
        Whether a bundle that answers no model is refused.

    Raises
    ------
    DataError
        Where the bundle is damaged, holds no cells, or none that answer a single model.
    SpecError
        Where its spec does not take the settings.
    """
    bundle = read_bundle(path)
    if not bundle.has_cells:
        raise DataError(
            f"{path}: holds no cells, so nothing can be estimated from it; its printed numbers "
            "stand in printed/"
        )
    with opened(bundle, settings) as (spec, cells):
        refused = unanswered(spec, cells) if answering else ""
        if refused:
            raise DataError(
                f"{path}: cannot answer this of {spec.id}: {plain(refused)}; what it answers "
                f"says: activity-duty explain {path}"
            )
        yield AskedBundle(bundle, spec, cells, tuple(settings))


def refuse_ways(path: Path, **given: bool) -> None:
    """Refuse options that a bundle cannot follow, as it holds cells and no rows.

    Raises
    ------
    UsageError
        With the first of them.
    """
    for name, chosen in given.items():
        if chosen and is_bundle(path):
            raise UsageError(
                f"{path}: a bundle holds cells and no rows, so it does not take "
                f"--{name.replace('_', ' ')}; leave it out"
            )


def protected(bundle: Bundle) -> bool:
    """Whether disclosure control took something from the cells of a bundle, as it says itself."""
    return any(
        row.get("made") != row.get("released") or row.get("changed") not in ("0", None)
        for row in csv.DictReader(io.StringIO(bundle.text(LOST)))
    )


def losses(bundle: Bundle) -> tuple[str, ...]:
    """Return what disclosure control took from each file of cells, as the bundle says itself."""
    rows = csv.DictReader(io.StringIO(bundle.text(LOST)))
    return tuple(plain(f"{row.get('cells')}: {row['words']}") for row in rows if row.get("words"))


def plain(text: str) -> str:
    """Return words of a stranger's file on one line, without what a terminal would obey."""
    return "".join(one if one.isprintable() else " " for one in text)


def policy_name(bundle: Bundle) -> str:
    """Return the name of the policy under which a bundle left, fit for a terminal."""
    name = str(bundle.manifest.get("policy", ""))
    return name if name.isidentifier() else "of its own"
