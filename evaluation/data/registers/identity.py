"""National identity and DUF numbers in key columns: replaced by keyed hashes on reading.

An identity number has 11 digits and a DUF number, such as asylum seekers are given, 12. Ten digits
are an identity number that lost its leading zero on the way through a number.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation.errors import EnvironmentProblem

if TYPE_CHECKING:
    import duckdb

NAME = "key.secret"
_VARIABLE = "registers_secret"
_FORM = "[0-9]{10,12}"
_BYTES = 32


def read_secret(folder: Path) -> str:
    """Return the secret of a cache folder, drawn on the first call; its owner alone may read it.

    Raises
    ------
    EnvironmentProblem
        Where the folder cannot be written.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".{NAME}.{os.getpid()}"
        if not path.exists():
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(_BYTES))
            try:
                os.link(fresh, path)  # fails where another run was first: its secret stands
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise EnvironmentProblem(
            f"{folder}: cannot be written ({error.strerror or type(error).__name__}); "
            "choose another cache folder"
        ) from None


def use_secret(connection: duckdb.DuckDBPyConnection, secret: str) -> None:
    """Make ``hashed`` work on a connection."""
    connection.execute(f"SET VARIABLE {_VARIABLE} = ?", [secret])


def is_number_of_person(key: str) -> str:
    """Return the condition that a key, as SQL, is such a number."""
    # The length first: it is cheap, and most keys have another.
    return (
        f"CASE WHEN length({key}) BETWEEN 10 AND 12 THEN regexp_full_match({key}, '{_FORM}') "
        "ELSE FALSE END"
    )


def hashed(key: str) -> str:
    """Return SQL of a key: 32 hexadecimal digits after a mark in place of such a number.

    Nested SHA-256 keyed by the secret, as in HMAC; the same number is the same key in every table.
    """
    padded = f"CASE WHEN length({key}) = 10 THEN '0' || {key} ELSE {key} END"
    secret = f"getvariable('{_VARIABLE}')"
    inner = f"sha256({secret} || 'inner' || {padded})"
    digest = f"sha256({secret} || 'outer' || {inner})"
    return f"CASE WHEN {is_number_of_person(key)} THEN '{MARK}' || {digest}[1:32] ELSE {key} END"


MARK = "hashed:"
