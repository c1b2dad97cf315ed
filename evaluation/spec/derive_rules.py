"""Rules on derived columns: their names, what they are made of, what they need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.derived import circle
from evaluation.spec.spec import Spec

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def derive_rules(spec: Spec, catalogue: Catalogue) -> Iterator[str]:
    """Yield a line for every rule that a derived column breaks."""
    told: set[str] = set()
    for name, derived in spec.derive.items():
        where = f"derive.{name}"
        if not NAME.fullmatch(name):
            yield f"{where}: the name must be letters, digits and _, a letter first"
        for key in ("unit", "time"):
            if name == getattr(spec.panel, key):
                yield f"{where}: is panel.{key}, which is read and never derived; rename one"
        way = circle(spec.derive, name)
        if way and name not in told:
            told.update(way)
            yield f"{where}: is made of itself ({' <- '.join(way)}); break the circle"
        offer = catalogue.operations.get(derived.op)
        for key in sorted(() if offer is None else offer.needs):
            if getattr(spec.panel, key) is None:
                yield f"panel.{key}: is missing; {where} ({derived.op}) needs it"
