"""A bundle as something to run: its spec with new settings, its cells, and a mark on both."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.cells.store.kept import read_kept
from evaluation.errors import DataError, UsageError
from evaluation.release.bundle.contents import COARSER, LOST
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
    unstaged
        First stages of effects of interest that the cells hold no sum of; the spec is without them.
    left_out
        Models that coarser cells do not answer, and why; the spec is without them.
    """

    bundle: Bundle
    spec: Spec
    cells: Path
    settings: tuple[str, ...]
    unstaged: tuple[str, ...] = ()
    left_out: str = ""

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
        if self.left_out:
            notes.append(f"the cells are coarser than the spec asks for; left out: {self.left_out}")
        if self.unstaged:
            notes.append(
                f"effects of interest per {' and '.join(self.unstaged)} are left out, as the cells "
                "hold no sum of it"
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
        spec, unstaged = _staged(spec, cells)
        left_out = ""
        if answering and bundle.manifest.get(COARSER):
            spec, left_out = _answered_alone(spec, cells)
        refused = unanswered(spec, cells) if answering else ""
        if refused:
            raise DataError(
                f"{path}: cannot answer this of {spec.id}: {plain(refused)}; what it answers "
                f"says: activity-duty explain {path}"
            )
        yield AskedBundle(bundle, spec, cells, tuple(settings), unstaged, left_out)


def _staged(spec: Spec, cells: Path) -> tuple[Spec, tuple[str, ...]]:
    """Return a spec without effects of interest whose first stage cells cannot tell."""
    held = {one.column for made in read_kept(cells).plan.passes for one in made.quantities}
    effects = spec.smallest_effect_of_interest
    kept = tuple(one for one in effects if one.first_stage is None or one.first_stage in held)
    lacking = (one.first_stage for one in effects if one not in kept and one.first_stage)
    if len(kept) == len(effects):
        return spec, ()
    fewer = spec.model_copy(update={"smallest_effect_of_interest": kept}).bound_to(spec.origin)
    return fewer, tuple(dict.fromkeys(lacking))


def _answered_alone(spec: Spec, cells: Path) -> tuple[Spec, str]:
    """Return a spec with the models that coarser cells answer, and why not the others.

    Models share cells where a spec is planned as a whole, so that one which needs finer cells
    would keep the others from theirs.
    """
    refused = {
        one.id: unanswered(spec.model_copy(update={"models": (one,)}).bound_to(spec.origin), cells)
        for one in spec.models
    }
    kept = tuple(one for one in spec.models if not refused[one.id])
    ids = {one.id for one in kept}
    if not kept or len(kept) == len(spec.models):
        return spec, ""
    fewer = {
        "models": kept,
        "checks": tuple(one for one in spec.checks if one.model in ids),
        "heterogeneity": tuple(one for one in spec.heterogeneity if {*one.models} <= ids),
        "tables": (), "vary": (),
    }  # fmt: skip
    words = "; ".join(f"model {name}: {plain(why)}" for name, why in refused.items() if why)
    return spec.model_copy(update=fewer).bound_to(spec.origin), words


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


def refuse_replacing(path: Path, folder: Path) -> None:
    """Refuse to answer a bundle where a run of the data stands, which would be gone.

    Parameters
    ----------
    path
        The bundle.
    folder
        Where the answer would be written.

    Raises
    ------
    UsageError
        Where outputs stand there that were not estimated from a bundle.
    """
    manifest = folder / "manifest.json"
    if not is_bundle(path) or not manifest.is_file():
        return
    try:
        inputs = json.loads(manifest.read_text(encoding="utf-8"))["inputs"]
        asked = any(str(name).endswith(".zip") for name in inputs)
    except (OSError, ValueError, KeyError, TypeError):
        asked = False
    if not asked:
        raise UsageError(
            f"{path}: {folder} holds a run of the data, which the answer of a bundle would "
            "replace; write it elsewhere with --out FOLDER"
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
