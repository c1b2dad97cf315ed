"""Files as a zip that has the same bytes wherever it is written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# The earliest date that a zip can hold: when it was written is nobody's business.
DATE = (1980, 1, 1, 0, 0, 0)
UNIX, FILE_MODE = 3, 0o100644


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as the bytes of a zip, sorted by name.

    They are stored as they are: cells are compressed already, and compressors differ in their
    bytes from one version to the next.

    Parameters
    ----------
    files
        Content by path with ``/``.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = UNIX
            entry.external_attr = FILE_MODE << 16
            archive.writestr(entry, files[name])
    return out.getvalue()
