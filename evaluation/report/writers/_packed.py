"""Office files without any date, so that the same table gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile

# The earliest date that an archive can hold.
NO_DATE = (1980, 1, 1, 0, 0, 0)
CORE = "docProps/core.xml"
DATES = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def without_dates(packed: bytes) -> bytes:
    """Return an office file whose parts and properties have no date."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            info = zipfile.ZipInfo(name, NO_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(info, DATES.sub(b"", part) if name == CORE else part)
    return out.getvalue()
