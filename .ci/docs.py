"""Make the pages of the documentation that are made from code and files, then build the site.

``--pages`` makes the pages alone. The site needs no internet, to build or to read: open
``site/index.html``, or serve the folder where the search is wanted (``python -m http.server``).
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
PAGES = ("spec", "estimators", "checks", "worlds", "policies")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write docs/reference/ and build the site; return the exit code of the build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", action="store_true", help="make the pages, build no site")
    given = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (FOLDER / f"{name}.md").write_text(page(name), encoding="utf-8", newline="\n")
    if given.pages:
        return 0
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    command += ["--config-file", str(ROOT / ".ci" / "mkdocs.yml")]
    # The theme's own notice about what comes after it says nothing of these pages.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def page(name: str) -> str:
    """Return one page of docs/reference."""
    module = importlib.import_module(f"pages.{name}")
    made = f"<!-- made from code and files by .ci/docs.py: make docs -->\n\n# {module.TITLE}"
    return f"{made}\n\n{module.text()}\n"


if __name__ == "__main__":
    sys.exit(main())
