"""Run the static checks (style, types, import layers), all of them even if one fails."""

from __future__ import annotations

import sys
from pathlib import Path

from steps import step


def main() -> int:
    """Return 0 if every check passes, 1 otherwise."""
    scripts = Path(sys.executable).parent
    checks = {
        "ruff check": [str(scripts / "ruff"), "check", "."],
        "ruff format --check": [str(scripts / "ruff"), "format", "--check", "."],
        "mypy --strict": [sys.executable, "-m", "mypy"],
        "import layers": [str(scripts / "lint-imports")],
    }
    print("Checking style, types and import layers")
    results = [step(label, command) for label, command in checks.items()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
