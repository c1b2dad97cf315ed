"""Write a bundle: only where every gap between printed and recomputed numbers is explained."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from evaluation.cells.gathered import Gathered
from evaluation.cells.store.write import write_cells
from evaluation.errors import DisclosureError
from evaluation.estimators.supplying import plan_of
from evaluation.release.bundle.bounds import bounds_of
from evaluation.release.bundle.contents import (
    AVAILABILITY,
    CELLS,
    COARSER,
    GAPS,
    KIND,
    LOST,
    MANIFEST,
    PACKAGE,
    POLICY,
    PRINTED,
    README,
    SCHEMA_VERSION,
    SPEC,
    Contents,
    Gap,
    Loss,
)
from evaluation.release.bundle.datapackage import datapackage_text
from evaluation.release.bundle.facts import protects, released_facts, without_histories
from evaluation.release.bundle.gaps import UNEXPLAINED, beyond_cells, gaps_of, losses_by_model
from evaluation.release.bundle.losses import losses_of
from evaluation.release.bundle.numbers import LAYOUTS, Key, Number, numbers_of
from evaluation.release.bundle.recompute import Rows, recompute
from evaluation.release.bundle.statements import availability, readme
from evaluation.release.bundle.zipped import zipped
from evaluation.release.protection import Protection
from evaluation.report.csvs import csv_rows
from evaluation.report.spec_text import spec_text
from evaluation.results import text_of
from evaluation.spec.spec import Spec

SHOWN = 5
KEPT_OF_MANIFEST = (
    "spec_id", "title", "spec_digest", "inputs", "seeds", "code", "lock_sha256", "python",
    "packages", "status",
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A bundle that was made.

    Attributes
    ----------
    content
        The zip.
    gaps
        Every printed number with the one recomputed.
    losses
        What the cells have lost.
    """

    content: bytes
    gaps: tuple[Gap, ...]
    losses: tuple[Loss, ...]


def bundle_of(contents: Contents) -> Written:
    """Return the bundle of a release; the same contents give the same bytes.

    Everything is estimated again twice, from the cells inside and from those released: what the
    first give and the second do not is what disclosure control costs, and nothing else may part
    printed numbers from recomputed ones.

    Parameters
    ----------
    contents
        What it is made of.

    Raises
    ------
    DisclosureError
        Where a printed number is neither recomputed nor its gap explained.
    """
    released = contents.released
    losses: tuple[Loss, ...] = ()
    if released is not None and contents.inside is not None:
        released = without_histories(released, contents.protection)
        losses = losses_of(contents.inside, released, contents.words)
    files, gaps = _estimated(contents, released, losses)
    unexplained = [one for one in gaps if one.verdict == UNEXPLAINED]
    if unexplained:
        raise DisclosureError(*(_unexplained(contents.spec, one) for one in unexplained[:SHOWN]))
    files |= {f"{PRINTED}/{name}": text.encode() for name, text in contents.printed.items()}
    files[SPEC] = spec_text(contents.spec).encode()
    files[POLICY] = contents.policy_text.encode()
    files[GAPS] = _csv(Gap, gaps)
    files[LOST] = _csv(Loss, losses)
    files[PACKAGE] = datapackage_text(contents, files).encode()
    files[README] = readme(contents, gaps, losses).encode()
    files[AVAILABILITY] = availability(contents).encode()
    files[MANIFEST] = _manifest(contents, files)
    return Written(zipped(files), gaps, losses)


def _rows(files: Mapping[str, str]) -> Rows:
    return {
        name: csv_rows(LAYOUTS[name].row_type, text)
        for name, text in files.items()
        if name in LAYOUTS
    }


def _estimated(
    contents: Contents, released: Gathered | None, losses: tuple[Loss, ...]
) -> tuple[dict[str, bytes], tuple[Gap, ...]]:
    """Return the files of the released cells, and every printed number with its gap."""
    spec, inside, protection = contents.spec, contents.inside, contents.protection
    printed, held = _rows(contents.printed), _rows(contents.held)
    if released is None or inside is None:
        beyond = beyond_cells(plan_of(spec)(None))
        return {}, gaps_of(printed, held, {}, {}, {"": ()}, protection, beyond)
    none = Protection()
    with tempfile.TemporaryDirectory(prefix="activity-duty-") as made:
        whole, left = Path(made) / "inside", Path(made) / "released"
        write_cells(released, released_facts(spec, released, protection), left)
        outside = recompute(spec, left, alone=bool(contents.instead))
        exact = outside
        if protects(protection):
            write_cells(inside, released_facts(spec, inside, none), whole)
            exact = recompute(spec, whole)
        bounds = bounds_of(spec, left, _numbers(printed), _numbers(outside), protection)
        files = {f"{CELLS}/{path.name}": path.read_bytes() for path in sorted(left.iterdir())}
    by_model = losses_by_model(inside.plan, losses)
    return files, gaps_of(
        printed, held, exact, outside, by_model, protection, beyond_cells(inside.plan), bounds
    )


def _numbers(rows: Rows) -> dict[Key, Number]:
    return {
        key: one
        for file, own in rows.items()
        if file in LAYOUTS
        for key, one in numbers_of(file, own).items()
    }


def _manifest(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    table: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        **{name: contents.manifest[name] for name in KEPT_OF_MANIFEST if name in contents.manifest},
        "policy": contents.policy,
        **({COARSER: dict(contents.instead)} if contents.instead else {}),
        "synthetic": contents.spec.panel.source == "synthetic",
        "files": {name: hashlib.sha256(one).hexdigest() for name, one in sorted(files.items())},
    }
    return (json.dumps(table, indent=2, ensure_ascii=False) + "\n").encode()


def _csv(row_type: type[Gap] | type[Loss], rows: tuple[Gap, ...] | tuple[Loss, ...]) -> bytes:
    import csv
    import io

    names = [one.name for one in fields(row_type)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([text_of(getattr(row, name)) for name in names])
    return out.getvalue().encode()


def _unexplained(spec: Spec, one: Gap) -> str:
    return (
        f"{spec.id}: {one.file}: row {one.row}, {one.column} ({one.place}): printed and recomputed "
        f"differ by {one.gap:.3g}, which no suppression or rounding explains; run the spec again "
        "and release what it gives"
    )
