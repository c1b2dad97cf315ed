"""A mapping in its place: what it says, its files, and what the panel depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.data.registers.loading import load_delivery
from evaluation.data.registers.located import located
from evaluation.data.registers.mapping import Delivery
from evaluation.data.remembered_digest import remembered_digest
from evaluation.data.source_digest import source_digest
from evaluation.errors import SpecError
from evaluation.spec.panel import RegistersPanel
from evaluation.spec.paths import resolve
from evaluation.spec.spec import Spec

PROGRAM = "program"
MAPPING = "mapping"


@dataclass(frozen=True)
class Placed:
    """A delivery.

    Attributes
    ----------
    path
        Of the mapping.
    delivery
        What it says.
    files
        The files of each of its entries.
    correspondence
        Of municipality codes, where the mapping names one.
    """

    path: Path
    delivery: Delivery
    files: Mapping[str, Sequence[Path]]
    correspondence: Path | None = None

    @property
    def mark(self) -> str:
        """A name for the mapping's place that shows nothing of it."""
        return hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:20]

    def made_of(self, memory: Path) -> dict[str, str]:
        """Return digests of what the panel depends on, by a name that is safe to print.

        Parameters
        ----------
        memory
            Folder that remembers digests of files.
        """
        text = json.dumps(self.delivery.model_dump(mode="json"), sort_keys=True)
        found = {MAPPING: hashlib.sha256(text.encode()).hexdigest(), PROGRAM: source_digest()}
        for entry, files in self.files.items():
            found[f"files of {entry}"] = _digest(files, memory)
        if self.correspondence is not None:
            found["correspondence of municipalities"] = _digest((self.correspondence,), memory)
        return dict(sorted(found.items()))


def placed_of(spec: Spec) -> Placed:
    """Return the delivery whose mapping a spec names.

    Raises
    ------
    SpecError
        With every fault of the mapping.
    DataError
        With every file that is not there.
    """
    panel = spec.panel
    if not isinstance(panel, RegistersPanel):
        raise SpecError("panel.source: allowed here: registers")
    path = resolve(panel.mapping, spec.origin, "panel.mapping")
    delivery = load_delivery(path, spec.origin)
    found = located(delivery, path, spec.origin)
    return Placed(path, delivery, found.files, found.correspondence)


def inputs_of(made_of: Mapping[str, str], name: str) -> dict[str, str]:
    """Return one digest of a delivery, by a printable name: of all but the program itself."""
    content = {key: value for key, value in made_of.items() if key != PROGRAM}
    text = json.dumps(content, sort_keys=True)
    return {name: hashlib.sha256(text.encode()).hexdigest()}


def _digest(files: Sequence[Path], memory: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{remembered_digest(file, memory)}\0".encode())
    return digest.hexdigest()
