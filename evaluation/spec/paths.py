"""Paths in a spec: placeholders filled, nothing read outside the declared folders."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from evaluation.errors import SpecError
from evaluation.spec.origin import Origin

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
PACKAGE = "package:"


def fill(text: str, origin: Origin, where: str) -> str:
    """Return ``text`` with every ``${NAME}`` replaced.

    Raises
    ------
    SpecError
        Where a name is not set.
    """
    for name in PLACEHOLDER.findall(text):
        if name not in origin.values:
            raise SpecError(
                f"{where}: ${{{name}}} is not set; set the environment variable {name} "
                f"or pass --set {name}=FOLDER"
            )
    return PLACEHOLDER.sub(lambda match: origin.values[match[1]], text)


def own_tree(folder: Path) -> Path:
    """Return the folder within which a spec may read: its ``specs`` folder, else its own."""
    folder = folder.resolve()
    return next((up for up in (folder, *folder.parents) if up.name == "specs"), folder)


def resolve(text: str, origin: Origin, where: str) -> Path:
    """Return the path that ``text`` names, inside the declared folders.

    Raises
    ------
    SpecError
        Unset placeholder, unknown package, or a path outside the spec's own tree, the filled
        placeholders' folders and ``--allow``.
    """
    if "\0" in text:
        raise SpecError(f"{where}: holds a null byte; give a plain path")
    if text.startswith(PACKAGE):
        return _in_package(text.removeprefix(PACKAGE), where)
    filled = Path(fill(text, origin, where)).expanduser()
    path = (origin.folder / filled).resolve()
    folders = [own_tree(origin.folder), *(folder.resolve() for folder in origin.allowed)]
    folders += [
        (origin.folder / origin.values[name]).expanduser().resolve()
        for name in PLACEHOLDER.findall(text)
    ]
    if not any(path.is_relative_to(folder) for folder in folders):
        raise SpecError(
            f"{where}: lies outside the folders that this spec may read (its own tree, "
            "${NAME} folders, package: paths); pass --allow FOLDER to read it"
        )
    return path


def _in_package(text: str, where: str) -> Path:
    package, _, inside = text.partition("/")
    found = importlib.util.find_spec(package) if package.isidentifier() else None
    if found is None or found.origin is None:
        raise SpecError(f"{where}: package {package!r} is not installed")
    root = Path(found.origin).parent.resolve()
    path = (root / inside).resolve()
    if not path.is_relative_to(root):
        raise SpecError(f"{where}: leaves the folder of package {package!r}")
    return path
