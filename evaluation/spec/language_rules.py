"""Languages of a spec: its own, and those in which its outcomes have labels."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.faults import nearest
from evaluation.spec.spec import Spec


def language_rules(spec: Spec, catalogue: Catalogue) -> Iterator[str]:
    """Yield a line for a language that does not exist, and for a label that lacks the spec's."""
    known = ", ".join(catalogue.languages)
    if spec.lang not in catalogue.languages:
        close = nearest(spec.lang, catalogue.languages)
        yield f"lang: no language {spec.lang!r}{close} (there are: {known})"
        return
    for name, outcome in spec.outcomes.items():
        if not isinstance(outcome.label, dict):
            continue
        where = f"outcomes.{name}.label"
        for code in outcome.label:
            if code not in catalogue.languages:
                yield f"{where}: no language {code!r} (there are: {known})"
        if spec.lang not in outcome.label:
            yield f"{where}: says nothing in {spec.lang!r}, the language of this spec; add it"
