"""Which pages are followed, and on how few persons; shared by tests that split the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evaluation.data.coupled import Coupled, coupled_draw
from evaluation.data.superpopulation import Superpopulation
from tests.documentation.following import Followed, blocks_of, follow, plain

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Pages that a test of their own follows.
OWN = {"docs/registers.md": "tests/end_to_end/test_registers_tutorial.py"}
# Options added to commands that begin so: the same command, on fewer persons or draws.
LIGHTER: dict[str, dict[str, str]] = {
    "README.md": {
        "activity-duty run did.toml": "--set panel.persons=3_000",
        "activity-duty check did.toml": "--set panel.persons=3_000",
        "activity-duty cells did.toml": "--set panel.persons=3_000",
        "activity-duty power did.toml": "--persons 3_000 --check-persons 2_000",
        "activity-duty diagnose": "--replications 2 --persons 2_000 --jobs 1",
        "activity-duty synth": "--persons 2_000",
    },
    "docs/first_hour.md": {"activity-duty run school.toml": "--set panel.persons=10_000"},
    "docs/cells.md": {
        "activity-duty cells age_did": "--set panel.persons=4_000",
        "activity-duty run age_did": "--set panel.persons=4_000",
    },
    "docs/results.md": {"activity-duty run age_did": "--set panel.persons=4_000"},
    "docs/release.md": {"activity-duty run age_did": "--set panel.persons=20_000"},
    "docs/synthetic.md": {"activity-duty synth": "--persons 2_000"},
}
# Commands whose point is another end than 0.
EXITS: dict[str, dict[str, int]] = {
    "docs/release.md": {"activity-duty release age_did --bundle": 13},
    "docs/tutorials/researcher.md": {"activity-duty release work": 13},
    "docs/tutorials/reviewer.md": {"activity-duty release study --bundle": 13},
}


def named(page: Path) -> str:
    """Return a page's name in the project."""
    return page.relative_to(ROOT).as_posix()


def pages(*folders: str, apart: tuple[str, ...] = ()) -> list[Path]:
    """Return the pages of some folders that have blocks and no test of their own."""
    return [
        page
        for page in PAGES
        if page.parent.relative_to(ROOT).as_posix() in folders
        and named(page) not in {*OWN, *apart}
        and any(block.language in {"sh", "python", "toml", "text"} for block in blocks_of(page))
    ]


def _small_draw(large: Superpopulation) -> Coupled:
    return coupled_draw(large.spec, 3_000, large.seed)


@contextmanager
def followed(page: Path, folder: Path, cache: Path) -> Iterator[Followed]:
    """Run every block of a page in a new folder, truths of small draws in place of large ones."""
    place = folder / "folder"
    place.mkdir()
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        (folder / "shared").symlink_to(shared)
    (place / "outputs").mkdir()
    (place / "outputs" / "reference").symlink_to(ROOT / "outputs" / "reference")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        # Truths of a small draw are other numbers, remembered apart; no page shows any.
        patch.setenv("ACTIVITY_DUTY_CACHE", str(cache))
        patch.setattr(Superpopulation, "_runs", property(_small_draw))
        name = named(page)
        yield follow(blocks_of(page), place, LIGHTER.get(name, {}), EXITS.get(name, {}))


def shown(page: Path, folder: Path, cache: Path) -> None:
    """Assert that what a page shows of a command's output is printed by it."""
    with followed(page, folder, cache) as found:
        for command, line in found.promised:
            assert plain(line) in found.output(command), (command, line)
