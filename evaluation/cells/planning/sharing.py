"""Which models share a pass: as few scans as can be, without multiplying the cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evaluation.cells.plan import PREFIX, CellPass, Quantity
from evaluation.cells.planning.levels import Levels
from evaluation.cells.planning.request import Request

# A shared key may hold this many times the cells of the largest model in it: another scan of the
# rows costs more than so many small cells.
SHARED = 16


@dataclass(frozen=True)
class Shared:
    """Models of one pass; the first asked for the most."""

    requests: tuple[Request, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Columns, then flags, each once."""
        return tuple(dict.fromkeys(part for one in self.requests for part in one.key))


def shared_passes(
    requests: Iterable[Request], levels: Levels
) -> tuple[tuple[CellPass, ...], dict[str, str]]:
    """Return the passes, and the name of its pass by model.

    Requests with the longest keys come first, others join the first pass whose key they are part
    of, or enlarge by little; a column of unknown many values is never added to another's key.

    Parameters
    ----------
    requests
        One for each model, in spec order.
    levels
        How many values columns have.
    """
    ordered = list(requests)
    place = {one.model_id: at for at, one in enumerate(ordered)}
    groups: list[Shared] = []
    for one in sorted(ordered, key=lambda r: (-len(r.key), place[r.model_id])):
        for at, group in enumerate(groups):
            if _fits(group, one, levels):
                groups[at] = Shared((*group.requests, one))
                break
        else:
            groups.append(Shared((one,)))
    groups.sort(key=lambda group: min(place[one.model_id] for one in group.requests))
    passes = tuple(_made(f"cells_{at}", group, place) for at, group in enumerate(groups, start=1))
    names = {
        one.model_id: made.name
        for group, made in zip(groups, passes, strict=True)
        for one in group.requests
    }
    return passes, names


def _fits(group: Shared, one: Request, levels: Levels) -> bool:
    core = group.requests[0]
    if core.unit_types != one.unit_types:
        return False
    both = dict.fromkeys((*group.key, *one.key))
    held: frozenset[str] = frozenset(part for part in core.key if not part.startswith(PREFIX))
    added = tuple(
        part for part in both if part not in core.key and not levels.sources(part) <= held
    )
    growth = levels.product(added)
    return growth is not None and growth <= (1 if core.unit_types else SHARED)


def _made(name: str, group: Shared, place: dict[str, int]) -> CellPass:
    requests = sorted(group.requests, key=lambda one: place[one.model_id])
    parts = dict.fromkeys(part for one in requests for part in one.key)
    quantities: tuple[Quantity, ...] = tuple(
        dict.fromkeys(quantity for one in requests for quantity in one.quantities)
    )
    at = {quantity: position for position, quantity in enumerate(quantities)}
    products = {(min(at[a], at[b]), max(at[a], at[b])) for one in requests for a, b in one.products}
    return CellPass(
        name=name,
        key=(
            *(part for part in parts if not part.startswith(PREFIX)),
            *(part for part in parts if part.startswith(PREFIX)),
        ),
        quantities=quantities,
        products=tuple(sorted(products)),
        unit_types=group.requests[0].unit_types,
        fine=tuple(dict.fromkeys(name for one in requests for name in one.fine)),
    )
