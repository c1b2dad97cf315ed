"""The command line: its verbs, and how a user's mistake ends."""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from evaluation.commands.stoppable import stoppable
from evaluation.errors import UserError
from evaluation.verbs import asking, naming, reading, releasing, running

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
# How many new objects the search for cycles waits for: by default it takes a fifth of the time that
# importing the libraries of a run takes, and finds nothing.
CYCLES_AFTER = (20_000, 50, 100)
for group in (running, asking, reading, releasing, naming):
    app.add_typer(group.verbs)


def main() -> None:
    """Run the command line; a user's mistake ends in its line and its exit code.

    A request to end, by Ctrl-C or SIGTERM, clears away what was begun: exit 130 or 143.
    """
    gc.set_threshold(*CYCLES_AFTER)
    try:
        with stoppable():
            app()
    except UserError as error:
        for line in error.faults:
            typer.echo(f"{error.label}: {line}", err=True)
        sys.exit(error.exit_code)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"activity-duty {version('activity-duty')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
]


@app.callback()
def top(version: Version = False) -> None:
    """Evaluate the activity duty for social-assistance recipients under 30 from specs."""
