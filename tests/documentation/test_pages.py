"""Every command and code block of the documentation does what the page says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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

pytestmark = pytest.mark.slow

Name = Callable[[Path], str]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _followed(page: Path) -> bool:
    return _name(page) not in OWN and any(
        block.language in {"sh", "python", "toml", "text"} for block in blocks_of(page)
    )


def _small_draw(large: Superpopulation) -> Coupled:
    return coupled_draw(large.spec, 3_000, large.seed)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("small_truths")


@pytest.fixture(scope="module", params=[page for page in PAGES if _followed(page)], ids=_name)
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cache: Path
) -> Iterator[Followed]:
    name = _name(request.param)
    folder = tmp_path_factory.mktemp("page") / "folder"
    folder.mkdir()
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        (folder.parent / "shared").symlink_to(shared)
    (folder / "outputs").mkdir()
    (folder / "outputs" / "reference").symlink_to(ROOT / "outputs" / "reference")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # Truths of a small draw are other numbers, remembered apart; no page shows any.
        patch.setenv("ACTIVITY_DUTY_CACHE", str(cache))
        patch.setattr(Superpopulation, "_runs", property(_small_draw))
        blocks = blocks_of(request.param)
        yield follow(blocks, folder, LIGHTER.get(name, {}), EXITS.get(name, {}))


def test_what_is_shown_is_printed(page: Followed) -> None:
    for command, line in page.promised:
        assert plain(line) in page.output(command), (command, line)


def test_every_page_with_blocks_is_followed() -> None:
    for name, test in OWN.items():
        assert (ROOT / name).is_file()
        assert (ROOT / test).is_file()
    with_commands = [page for page in PAGES if any(b.commands for b in blocks_of(page))]
    assert len(with_commands) >= 5
    for page in PAGES:
        unnamed = [b for b in blocks_of(page) if not b.language and "activity-duty " in b.content]
        assert not unnamed, f"{_name(page)}: commands in a block that is not marked as sh"
