"""Whether this machine has the Java that Spark needs, asked before Spark is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from evaluation.errors import EnvironmentProblem

OLDEST = 17
VERSION = re.compile(r'version "(?P<first>\d+)(?:\.(?P<second>\d+))?')


def require_java() -> None:
    """Raise unless Java 17 or newer starts: JAVA_HOME's, else that on the search path.

    Raises
    ------
    EnvironmentProblem
        With what to install.
    """
    command = _command()
    version = None if command is None else _version(command)
    if version is None:
        raise EnvironmentProblem(
            f"Spark needs Java {OLDEST} or newer, and none was found; install one "
            "(Debian: openjdk-17-jre-headless), or set JAVA_HOME"
        )
    if version < OLDEST:
        raise EnvironmentProblem(
            f"Spark needs Java {OLDEST} or newer, and found Java {version}; set JAVA_HOME to a "
            "newer one"
        )


def _command() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java") if not home else shutil.which(Path(home) / "bin" / "java")


def _version(command: str) -> int | None:
    try:
        done = subprocess.run(
            [command, "-version"], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = VERSION.search(done.stderr + done.stdout)
    if done.returncode != 0 or found is None:
        return None
    # Java 8 calls itself 1.8.
    return int(found["second"] or 0) if found["first"] == "1" else int(found["first"])
