"""The verb that lets results leave."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evaluation.verbs.options import Out, print_lines

verbs = typer.Typer()


@verbs.command()
def release(
    run: Annotated[str, typer.Argument(help="Id of a spec that was run, or its output folder.")],
    out: Out = Path("outputs"),
    bundle: Annotated[
        bool, typer.Option("--bundle", help="With bundle.zip, which answers without the data.")
    ] = False,
    sign: Annotated[str | None, typer.Option(help="Name of the person who looked.")] = None,
    decision: Annotated[str | None, typer.Option(help="approve or reject, with --sign.")] = None,
    comment: Annotated[str | None, typer.Option(help="Why, with --sign.")] = None,
) -> None:
    """Judge every file of a run under its policy and write OUT/<id>/release/, or refuse."""
    from evaluation.commands.release import release as verb
    from evaluation.commands.release import signed_as

    print_lines(*verb(run, out, bundle=bundle, signed=signed_as(sign, decision, comment)))
