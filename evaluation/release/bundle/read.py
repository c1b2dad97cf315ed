"""Read a bundle: nothing of it is trusted, and nothing is unpacked outside a temporary folder."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.cells.store.kept import NAME
from evaluation.errors import DataError, EnvironmentProblem
from evaluation.release.bundle.contents import (
    CELLS,
    KIND,
    MANIFEST,
    POLICY,
    SCHEMA_VERSION,
    SPEC,
)
from evaluation.release.bundle.guard import AGAIN, guarded

# A short file may unpack to a large table: values in a row that repeat take no room.
MOST_VALUES = 500_000_000
LISTING = f"{CELLS}/{NAME}"
PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Bundle:
    """A bundle whose every file is the one that its manifest names.

    Attributes
    ----------
    path
        Where it stands.
    digest
        SHA-256 of the whole file.
    manifest
        What it says of itself.
    files
        Content by name.
    """

    path: Path
    digest: str
    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]

    @property
    def has_cells(self) -> bool:
        """Whether any model can be estimated from it."""
        return LISTING in self.files

    def text(self, name: str) -> str:
        """Return one file as text.

        Raises
        ------
        DataError
            Where the bundle lacks it, or it is no text.
        """
        if name not in self.files:
            raise DataError(f"{self.path}: holds no {name}; {AGAIN}")
        try:
            return self.files[name].decode("utf-8")
        except UnicodeDecodeError:
            raise DataError(f"{self.path}: {name} is not UTF-8 text; {AGAIN}") from None

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """Give a temporary folder with spec, policy and ``cells``; it is gone afterwards.

        Raises
        ------
        EnvironmentProblem
            Where it cannot be written.
        """
        wanted = {name: name for name in self.files if name.startswith(f"{CELLS}/")}
        wanted[SPEC] = SPEC
        policy = self.manifest.get("policy")
        if POLICY in self.files and isinstance(policy, str) and PLAIN_NAME.fullmatch(policy):
            wanted[f"policies/{policy}.toml"] = POLICY
        with tempfile.TemporaryDirectory(prefix="activity-duty-") as made:
            folder = Path(made)
            for name, source in sorted(wanted.items()):
                _write(folder / name, self.files[source])
            yield folder


def is_bundle(path: Path) -> bool:
    """Whether a path names a bundle, going by its ending."""
    return path.suffix.lower() == ".zip"


def read_bundle(path: Path) -> Bundle:
    """Return a bundle.

    Parameters
    ----------
    path
        A zip.

    Raises
    ------
    DataError
        Where it is missing, damaged, or another file than a bundle of this version.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; give the path of a bundle (.zip)") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); {AGAIN}") from None
    files = _files(path, content)
    manifest = _manifest(path, files)
    _prove(path, files, manifest)
    _refuse_other_cells(path, files)
    return Bundle(path, hashlib.sha256(content).hexdigest(), manifest, files)


def _files(path: Path, content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {one.filename: archive.read(one) for one in guarded(path, archive.infolist())}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
        raise DataError(f"{path}: is no whole zip file; {AGAIN}") from None


def _manifest(path: Path, files: Mapping[str, bytes]) -> dict[str, Any]:
    if MANIFEST not in files:
        raise DataError(f"{path}: holds no {MANIFEST}; give a bundle that release --bundle wrote")
    try:
        manifest: Any = json.loads(files[MANIFEST])
    except (ValueError, RecursionError):
        raise DataError(f"{path}: {MANIFEST} is not JSON; {AGAIN}") from None
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise DataError(f"{path}: is no bundle; give one that release --bundle wrote")
    if manifest.get("schema_version") != SCHEMA_VERSION:
        raise DataError(
            f"{path}: is a bundle of another version than {SCHEMA_VERSION}, which this program "
            "reads; install the version that its README names"
        )
    if not isinstance(manifest.get("files"), dict) or not isinstance(manifest.get("spec_id"), str):
        raise DataError(f"{path}: {MANIFEST} lacks files or spec_id; {AGAIN}")
    return manifest


def _prove(path: Path, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    """Refuse files that are not those of the manifest."""
    named = manifest["files"]
    for name in named:
        if name not in files:
            raise DataError(f"{path}: lacks a file that its manifest names; {AGAIN}")
    for name, content in files.items():
        if name == MANIFEST:
            continue
        if name not in named:
            raise DataError(f"{path}: holds {name}, which its manifest does not name; {AGAIN}")
        if hashlib.sha256(content).hexdigest() != named[name]:
            raise DataError(f"{path}: {name} is not the file that its manifest names; {AGAIN}")
    if SPEC not in files:
        raise DataError(f"{path}: holds no {SPEC}; {AGAIN}")


def _refuse_other_cells(path: Path, files: Mapping[str, bytes]) -> None:
    """Refuse cells that are no tables, or tables too large for any machine."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = {name for name in files if name.endswith(".parquet")}
    if _listed(path, files) != tables:
        raise DataError(f"{path}: {LISTING} names other files than there are; {AGAIN}")
    for name in sorted(tables):
        try:
            table = pq.ParquetFile(io.BytesIO(files[name])).metadata
        except (pa.ArrowException, OSError):
            raise DataError(f"{path}: {name} is no whole parquet file; {AGAIN}") from None
        if table.num_rows * max(table.num_columns, 1) > MOST_VALUES:
            raise DataError(f"{path}: {name} would unpack to more than {MOST_VALUES:,} values")


def _listed(path: Path, files: Mapping[str, bytes]) -> set[str]:
    """Return the tables that the cells' own listing names."""
    if LISTING not in files:
        return set()
    try:
        listing: Any = json.loads(files[LISTING])
        return {f"{CELLS}/{name}" for name in listing["files"]}
    except (ValueError, RecursionError, TypeError, KeyError):
        raise DataError(f"{path}: {LISTING} does not describe cells; {AGAIN}") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise EnvironmentProblem(
            f"{tempfile.gettempdir()}: no room to unpack a bundle ({error.strerror}); set TMPDIR "
            "to another folder"
        ) from None
