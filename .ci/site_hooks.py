"""What the site takes from outside docs/: pages beside it, specs and other files that it names."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
# Under this folder of the site stands whatever lies outside docs/.
OUTSIDE = "project"
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
BEYOND = re.compile(r"^[a-z]+:|^#")


def on_files(files: Files, config: Any) -> Files:
    """Add the files outside docs/ that pages link to, and those that these link to."""
    waiting = [file.src_uri for file in files if file.src_uri.endswith(".md")]
    texts = {f"docs/{name}": (ROOT / "docs" / name).read_text("utf-8") for name in waiting}
    while texts:
        path, text = texts.popitem()
        for target in _targets(path, text):
            name = _uri(target)
            if target.startswith("docs/") or not (ROOT / target).is_file():
                continue
            if files.get_file_from_path(name) is not None:
                continue
            files.append(File.generated(config, name, abs_src_path=str(ROOT / target)))
            if target.endswith(".md"):
                texts[target] = (ROOT / target).read_text("utf-8")
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Return a page whose links lead to where the site has their files; else as plain words."""
    here = page.file.src_uri
    inside = here.removeprefix(f"{OUTSIDE}/")
    path = inside if inside != here else f"docs/{here}"

    def changed(found: re.Match[str]) -> str:
        words, link = found.groups()
        if BEYOND.match(link):
            return found.group(0)
        target, mark, anchor = link.partition("#")
        uri = _uri(_resolved(path, target))
        if files.get_file_from_path(uri) is None:
            return str(words)
        return f"[{words}]({posixpath.relpath(uri, posixpath.dirname(here) or '.')}{mark}{anchor})"

    return LINK.sub(changed, markdown)


def _targets(path: str, text: str) -> list[str]:
    links = [link for _, link in LINK.findall(text) if not BEYOND.match(link)]
    return [_resolved(path, link.partition("#")[0]) for link in links]


def _resolved(path: str, link: str) -> str:
    """Return a link's target from the project's folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), link))


def _uri(target: str) -> str:
    """Return where a file of the project stands in the site."""
    inside = target.removeprefix("docs/")
    return inside if inside != target else f"{OUTSIDE}/{target}"
