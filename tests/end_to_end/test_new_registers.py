"""``new registers``: two files to start from, and never over what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluation.cli import app


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "extract"
    folder.mkdir()
    header = "lopenr_person;BEFOLKNING_FOEDSELS_AAR_MND;BEFOLKNING_KJOENN\n"
    (folder / "befolkning.csv").write_text(f"{header}c3c6591e5a455e83;198701;1\n", encoding="utf-8")
    return folder


def test_mapping_and_spec_are_written(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(app, ["new", "registers", "extract"])
    assert made.exit_code == 0, made.output
    assert made.output.splitlines()[3:] == [
        "tables told by names: 1; files told by none: 0",
        '2 things only you can say: look for "say it" in delivery.toml',
        "next: activity-duty run registers.toml",
    ]
    assert 'folder = "extract"' in (tmp_path / "delivery.toml").read_text(encoding="utf-8")
    text = (tmp_path / "registers.toml").read_text(encoding="utf-8")
    assert '# employed = { column = "employed"' in text and "@" not in text
    again = CliRunner().invoke(app, ["new", "registers", "extract"])
    assert again.exit_code != 0 and "delivery.toml is there already" in str(again.exception)


def test_files_elsewhere_are_named_by_a_placeholder(files: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    made = CliRunner().invoke(app, ["new", "registers", str(files), "--folder", str(home)])
    assert made.exit_code == 0, made.output
    assert 'folder = "${DATA}"' in (home / "delivery.toml").read_text(encoding="utf-8")
    assert str(files) not in (home / "delivery.toml").read_text(encoding="utf-8")
    assert made.output.splitlines()[-1].endswith("--set DATA=FOLDER")


def test_a_folder_is_asked_for(tmp_path: Path) -> None:
    asked = CliRunner().invoke(app, ["new", "registers", "--folder", str(tmp_path)])
    assert "give the folder of the files" in str(asked.exception)
    other = CliRunner().invoke(app, ["new", "did", str(tmp_path)])
    assert "new did: takes no folder of files" in str(other.exception)
    assert not list(tmp_path.iterdir())
