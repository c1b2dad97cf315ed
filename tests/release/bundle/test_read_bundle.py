"""A bundle from a stranger: damaged, hostile, or none."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evaluation.commands.verify import verify_folder
from evaluation.errors import DataError, UsageError
from evaluation.release.bundle.read import read_bundle
from evaluation.release.bundle.zipped import zipped

Change = Callable[[dict[str, bytes]], Mapping[str, bytes]]


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def without(name: str) -> Change:
    return lambda files: {key: one for key, one in files.items() if key != name}


def holding(name: str, content: bytes) -> Change:
    return lambda files: {**files, name: content}


def saying(**words: object) -> Change:
    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        manifest = {**json.loads(files["manifest.json"]), **words}
        return {**files, "manifest.json": json.dumps(manifest).encode()}

    return change


def with_digest(name: str, content: bytes) -> Change:
    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        manifest = json.loads(files["manifest.json"])
        manifest["files"][name] = hashlib.sha256(content).hexdigest()
        return {**files, name: content, "manifest.json": json.dumps(manifest).encode()}

    return change


def without_both(name: str) -> Change:
    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        manifest = json.loads(files["manifest.json"])
        del manifest["files"][name]
        left = {key: one for key, one in files.items() if key != name}
        return {**left, "manifest.json": json.dumps(manifest).encode()}

    return change


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (without("manifest.json"), "holds no manifest.json"),
        (holding("manifest.json", b"{"), "manifest.json is not JSON"),
        (holding("manifest.json", b"[" * 100_000), "manifest.json is not JSON"),
        (holding("manifest.json", b"[]"), "is no bundle"),
        (saying(kind="another"), "is no bundle"),
        (saying(schema_version=2), "another version than 1"),
        (saying(files=[]), "lacks files or spec_id"),
        (without("cells/cells_1.parquet"), "lacks a file that its manifest names"),
        (holding("extra.txt", b""), "holds extra.txt, which its manifest does not name"),
        (holding("spec.toml", b"id = 1"), "spec.toml is not the file that its manifest names"),
        (holding("cells/cells_1.parquet", b"PAR1"), "is not the file that its manifest names"),
        (without_both("cells/units.parquet"), "names other files than there are"),
        (with_digest("cells/cells.json", b"[" * 100_000), "does not describe cells"),
        (with_digest("cells/cells.json", b"[]"), "does not describe cells"),
        (with_digest("cells/cells_1.parquet", b"PAR1"), "is no whole parquet file"),
        (holding("../x.toml", b""), "has a name that no bundle holds"),
        (holding("a/../../x.toml", b""), "has a name that no bundle holds"),
        (holding("/etc/x.toml", b""), "has a name that no bundle holds"),
        (holding("C:x.toml", b""), "has a name that no bundle holds"),
        (holding("a\\x.toml", b""), "has a name that no bundle holds"),
        (holding("x\x1b[31m.toml", b""), "has a name that no bundle holds"),
        (holding(".hidden", b""), "has a name that no bundle holds"),
        (holding("a/b/c/d/e/f.toml", b""), "has a name that no bundle holds"),
        (holding("SPEC.TOML", b""), "twice"),
        (lambda files: {f"f{at}": b"" for at in range(1001)}, "1,001 files, more than 1,000"),
    ],
)
def test_one_line_says_what_is_wrong(bundle: Path, change: Change, line: str) -> None:
    bundle.write_bytes(zipped(change(files_of(bundle))))
    with pytest.raises(DataError) as refused:
        read_bundle(bundle)
    (told,) = refused.value.faults
    assert line in told
    assert told.isprintable()


def test_cells_without_their_columns_are_refused(bundle: Path) -> None:
    files = files_of(bundle)
    table = pq.read_table(io.BytesIO(files["cells/cells_1.parquet"])).drop_columns(["ad_rows"])
    out = io.BytesIO()
    pq.write_table(table, out)
    listing = json.loads(files["cells/cells.json"])
    listing["files"]["cells_1.parquet"] = hashlib.sha256(out.getvalue()).hexdigest()
    for name, content in (
        ("cells/cells_1.parquet", out.getvalue()),
        ("cells/cells.json", json.dumps(listing).encode()),
    ):
        files = dict(with_digest(name, content)(files))
    bundle.write_bytes(zipped(files))
    with pytest.raises(DataError, match=r"cells_1\.parquet has other columns than cells\.json"):
        verify_folder(bundle, (), ())


def test_a_cut_file_is_not_whole(bundle: Path) -> None:
    content = bundle.read_bytes()
    for length in (0, 10, len(content) // 2, len(content) - 1):
        bundle.write_bytes(content[:length])
        with pytest.raises(DataError, match="is no whole zip file"):
            read_bundle(bundle)


def test_no_changed_byte_passes(bundle: Path) -> None:
    content = bundle.read_bytes()
    named = read_bundle(bundle)
    for at in range(40, len(content), len(content) // 60):
        bundle.write_bytes(content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :])
        try:
            read = read_bundle(bundle)
        except DataError:
            continue
        # A byte of the zip's own that says nothing of any file, such as a date.
        assert read.files == named.files


def entry(name: str, **given: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    for key, value in given.items():
        setattr(made, key, value)
    return made


def test_links_and_names_twice_and_null_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    cases = {
        "is a link": [entry("link", external_attr=(stat.S_IFLNK | 0o777) << 16)],
        "the name of file 2 twice": [entry("a.toml"), entry("a.toml")],
    }
    for line, entries in cases.items():
        with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for one in entries:
                archive.writestr(one, "/etc/passwd")
        with pytest.raises(DataError, match=line):
            read_bundle(path)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("spec.tomlX.exe", "x")
    path.write_bytes(out.getvalue().replace(b"spec.tomlX.exe", b"spec.toml\0.exe"))
    with pytest.raises(DataError, match="has a name that no bundle holds"):
        read_bundle(path)


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(3 * 1024**2))
    with pytest.raises(DataError, match="more than 100 times its size"):
        read_bundle(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", b"x")
    with pytest.raises(DataError, match="packed in another way"):
        read_bundle(path)
    # A directory that claims more than any machine holds.
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", b"x")
    content = out.getvalue()
    at = content.rindex(b"PK\x01\x02")
    huge = (0xFFFFFF00).to_bytes(4, "little")
    path.write_bytes(content[: at + 24] + huge + content[at + 28 :])
    with pytest.raises(DataError, match=r"would unpack to 4\.0 GB"):
        read_bundle(path)


def test_words_that_lead_nowhere(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file; give the path of a bundle"):
        verify_folder(tmp_path / "none.zip", (), ())
    with pytest.raises(UsageError, match=r"activity-duty run .* --set KEY=VALUE"):
        verify_folder(bundle, ("panel.persons=5",), ())


def test_nothing_is_left_of_what_was_unpacked(bundle: Path) -> None:
    with read_bundle(bundle).unpacked() as folder:
        assert (folder / "policies" / "none.toml").is_file()
        assert (folder / "cells" / "cells.json").is_file()
    assert not folder.exists()
