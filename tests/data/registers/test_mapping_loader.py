"""Mappings: what is refused, with every fault in a line of its own, and how files are found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from evaluation.data.registers.loading import load_delivery
from evaluation.data.registers.located import located
from evaluation.errors import DataError, SpecError, UserError
from evaluation.spec.origin import Origin

HEAD = """\
schema_version = 1
shape = "research_extract"
first = 2015-01-01
last = 2018-12-01
"""
SPELL = """
[tables.sa_spell]
file = "f_shj.csv"
columns = { from_ym = "shj_tilg", to_ym = "shj_avg" }
"""


def load(folder: Path, text: str, **values: str) -> object:
    (folder / "f_shj.csv").write_text("lopenr_person;shj_tilg;shj_avg\n", encoding="utf-8")
    path = folder / "delivery.toml"
    path.write_text(text, encoding="utf-8")
    return load_delivery(path, Origin(folder=folder, values=values))


def lines(folder: Path, text: str, kind: type[UserError], **values: str) -> tuple[str, ...]:
    with pytest.raises(kind) as caught:
        load(folder, text, **values)
    assert all("\n" not in one and one.startswith("delivery.toml: ") for one in caught.value.faults)
    return tuple(one.removeprefix("delivery.toml: ") for one in caught.value.faults)


ONE = f'{HEAD}{SPELL}open_end = "error"\n'


@pytest.mark.parametrize(("own", "means"), [("", "ongoing"), ('open_end = "drop"\n', "drop")])
def test_one_line_says_what_missing_ends_mean(tmp_path: Path, own: str, means: str) -> None:
    """Of every table of spells that does not say it itself."""
    delivery = load(tmp_path, f'open_end = "ongoing"\n{HEAD}{SPELL}{own}')
    assert delivery.tables["sa_spell"].open_end == means
    others = [one.open_end for name, one in delivery.tables.items() if name != "sa_spell"]
    assert others.count(None) == len(others)


BAD: Mapping[str, tuple[str, str]] = {
    "an end that nobody spoke of": (
        f"{HEAD}{SPELL}",
        "tables.sa_spell.open_end: must be said: what a missing end means here, ongoing",
    ),
    "an end left as drafted": (
        f'{HEAD}{SPELL}open_end = ""\n',
        "tables.sa_spell.open_end: found ''; allowed: ongoing, drop, error",
    ),
    "a table misspelt": (
        ONE.replace("tables.sa_spell", "tables.sa_spel"),
        "tables.sa_spel: no table 'sa_spel'; did you mean sa_spell or measure_spell? (there",
    ),
    "a column misspelt": (
        ONE.replace("to_ym =", "to_mm ="),
        "tables.sa_spell.columns.to_mm: sa_spell has no such column; did you mean to_ym",
    ),
    "a key misspelt": (
        ONE.replace("open_end", "open_ends"),
        "tables.sa_spell.open_ends: unknown key; did you mean open_end?",
    ),
    "a shape misspelt": (
        ONE.replace("research_extract", "research_extracts"),
        "shape: found 'research_extracts'; allowed: tables, research_extract, microdata_event",
    ),
    "the person among the columns": (
        ONE.replace("to_ym =", "person_id ="),
        "tables.sa_spell.columns.person_id: the person's column is named with key =",
    ),
    "a table that the shape has not": (
        ONE.replace("research_extract", "kostra_11f"),
        "tables.sa_spell: files of the shape kostra_11f hold no sa_spell; they hold person,",
    ),
    "a code that is none": (
        f'{ONE}\n[tables.benefit_spell]\nfile = "f_shj.csv"\nopen_end = "drop"\n'
        'constants = { benefit = "app" }\n',
        "tables.benefit_spell.constants.benefit: no code 'app'; did you mean aap? (there are:",
    ),
    "spells where there are none": (
        f'{ONE}\n[tables.education]\nfile = "f_shj.csv"\nopen_end = "drop"\n',
        "tables.education.open_end: education holds no spells; leave it out",
    ),
    "a key of places": (
        f'{ONE}\n[tables.deflator]\nfile = "f_shj.csv"\nkey = "a"\n',
        "tables.deflator.key: deflator is of places, not of persons; leave key out",
    ),
    "months reversed": (
        ONE.replace("2018-12-01", "2014-12-01"),
        "last: lies before first; give the panel's last month",
    ),
    "no months": (ONE.replace("first = 2015-01-01\n", ""), "first: is missing; it must be given"),
    "an encoding that is none": (
        f'{ONE}\n[reading]\nencoding = "latin1-x"\n',
        "reading.encoding: unknown encoding 'latin1-x'; such as",
    ),
    "one mark for two things": (
        f'{ONE}\n[reading]\ndecimal = ","\nthousands = ","\n',
        "reading.thousands: is the decimal mark too; one of the two is wrong",
    ),
    "a table beside its own parts": (
        f'{ONE}[tables."sa_spell.b"]\nfile = "f_shj.csv"\nopen_end = "drop"\n',
        "tables.sa_spell: stands beside sa_spell.b; give it a word too, as in",
    ),
    "options of no column": (
        f"{ONE}[columns]\nemploid = {{ a = 1 }}\n",
        "columns.emploid: no column of the panel has options under this name; did you mean",
    ),
    "a folder that is not filled in": (
        f'folder = "${{DELIVERED}}"\n{ONE}',
        "folder: ${DELIVERED} is not set; set the environment variable DELIVERED or pass --set",
    ),
    "a file outside": (
        ONE.replace('"f_shj.csv"', '"../f_shj.csv"'),
        "tables.sa_spell.file: lies outside the folders that this spec may read",
    ),
    "no table": (f"{HEAD}[tables]\n", "tables: found a table; allowed: "),
    "not TOML": (f"{HEAD}first", "is not TOML: "),
}
MISSING: Mapping[str, tuple[str, str]] = {
    "a file that is not there": (
        ONE.replace('"f_shj.csv"', '"f_sjh.csv"'),
        "tables.sa_spell.file: there is no file 'f_sjh.csv'; did you mean f_shj.csv?",
    ),
    "a pattern that fits none": (
        ONE.replace('"f_shj.csv"', '"f_x*.csv"'),
        "tables.sa_spell.file: no file fits 'f_x*.csv'; correct the pattern",
    ),
    "no correspondence": (
        f'{ONE}[municipalities]\ncorrespondence = "klass.csv"\n',
        "municipalities.correspondence: there is no file 'klass.csv'",
    ),
    "no folder": (f'folder = "extract"\n{ONE}', "folder: 'extract' is no folder; name the one"),
    "a file twice": (
        ONE.replace('"f_shj.csv"', '["f_shj.csv", "*.csv"]'),
        "tables.sa_spell.file: names a file twice; name each once",
    ),
    "a format that is not read": (
        ONE.replace('"f_shj.csv"', '"delivery.toml"'),
        "tables.sa_spell.file: is of a format that is not read; allowed: .csv",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_text_at_fault(case: str, tmp_path: Path) -> None:
    text, line = BAD[case]
    found = lines(tmp_path, text, SpecError)
    assert found[0].startswith(line), found
    assert len(found) == 1, found


@pytest.mark.parametrize("case", MISSING)
def test_files_at_fault(case: str, tmp_path: Path) -> None:
    text, line = MISSING[case]
    found = lines(tmp_path, text, DataError)
    assert found[0].startswith(line) and len(found) == 1, found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = ONE.replace("to_ym =", "to_mm =").replace("f_shj.csv", "gone.csv")
    found = lines(tmp_path, f'{text}overlap = "first"\nkey = "k"\nseveral = "sum"\n', SpecError)
    assert [one.partition(":")[0] for one in found] == [
        "tables.sa_spell.columns.to_mm",
        "tables.sa_spell.several",
        "tables.sa_spell.file",
    ]


def test_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"delivery\.toml: no such mapping; give its path"):
        load_delivery(tmp_path / "delivery.toml", Origin(folder=tmp_path))


def test_parts_patterns_and_placeholders_are_found_in_order(tmp_path: Path) -> None:
    home, files = tmp_path / "home", tmp_path / "files"
    (files / "parts").mkdir(parents=True)
    home.mkdir()
    for name in ("parts/b.csv", "parts/a.csv", "y_2016.csv", "y_2015.csv"):
        (files / name).write_text("x\n", encoding="utf-8")
    text = f"""folder = "${{FILES}}"
{HEAD}
[tables.benefit_spell.aap]
file = "parts"
open_end = "drop"
[tables.benefit_spell.kvp]
file = ["y_2016.csv", "y_2015.csv"]
open_end = "drop"
[tables.education]
file = "y_*.csv"
"""
    path = home / "delivery.toml"
    path.write_text(text, encoding="utf-8")
    origin = Origin(folder=home, values={"FILES": str(files)})
    delivery = load_delivery(path, origin)
    assert list(delivery.tables) == ["benefit_spell.aap", "benefit_spell.kvp", "education"]
    where = located(delivery, path, origin)
    names = {entry: [one.name for one in files] for entry, files in where.files.items()}
    assert names == {
        "benefit_spell.aap": ["a.csv", "b.csv"],
        "benefit_spell.kvp": ["y_2016.csv", "y_2015.csv"],
        "education": ["y_2015.csv", "y_2016.csv"],
    }
    assert where.folder == files.resolve()


def test_a_link_out_of_a_folder_of_parts_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("x\n", encoding="utf-8")
    home = tmp_path / "home"
    (home / "parts").mkdir(parents=True)
    (home / "parts" / "a.csv").symlink_to(tmp_path / "secret.csv")
    found = lines(home, ONE.replace('"f_shj.csv"', '"parts"'), DataError)
    assert found[0].startswith("tables.sa_spell.file: 'parts' holds a link that leads out")
