"""Install the locked dependencies and the project into ``.venv``, only where something changed.

Run by ``make install`` with any Python 3.11 or newer; uses the standard library alone.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from steps import ROOT, step

VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"


def venv_python() -> Path:
    """Return the path of the interpreter inside ``.venv``."""
    return VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """Return what the last completed installation was made from, empty if there was none."""
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {str(key): str(value) for key, value in found.items()}


def usable() -> bool:
    """Return whether the interpreter in ``.venv`` starts and brings pip."""
    python = venv_python()
    if not python.exists():
        return False
    probe = [str(python), "-c", "import pip"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def make_venv() -> bool:
    """Make ``.venv`` afresh with the running interpreter."""
    if VENV.exists():
        shutil.rmtree(VENV)
    made = step("making .venv", [sys.executable, "-m", "venv", str(VENV)])
    if not made:
        print("On Debian and Ubuntu the package python3-venv brings what is missing.")
    return made


def main() -> int:
    """Bring ``.venv`` up to date and return the exit code."""
    # The place is part of the digest: a moved or copied folder leaves scripts pointing elsewhere.
    wanted = {"lock": digest(LOCK), "project": digest(PROJECT), "place": str(VENV)}
    had = installed()
    whole = usable() and had.get("place") in (None, wanted["place"])
    if whole and had == wanted:
        return 0
    print("Installing into .venv (the first time takes one to three minutes)")
    if not whole:
        had = {}
        if not make_venv():
            return 15
    # Without the stamp an interrupted installation is taken up again.
    STAMP.unlink(missing_ok=True)
    pip = [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check"]
    if had.get("lock") != wanted["lock"] and not step(
        "dependencies from requirements.lock", [*pip, "--require-hashes", "-r", str(LOCK)]
    ):
        return 15
    if not step("the project itself", [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)]):
        return 15
    STAMP.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
