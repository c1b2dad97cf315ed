"""The files of ``synth``: checked first, streamed into a hidden folder, then put in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from data_synth.life.plan import Chunk, plan_chunks
from data_synth.stream.manifest import NAME, manifest_text, refuse_foreign
from data_synth.stream.parts import write_parts
from data_synth.stream.request import Request
from data_synth.stream.space import planned_rows, refuse_little_space
from data_synth.stream.writers import Made, writer_of
from evaluation.commands.console import Console
from evaluation.commands.outputs import refuse_unwritable
from evaluation.commands.progress import progress
from evaluation.commands.stoppable import stoppable
from evaluation.data.durable.replacing import replacing
from evaluation.errors import SpecError
from evaluation.report.code_version import code_version


def deliver(request: Request, out: Path, jobs: int, console: Console) -> Path:
    """Write a delivery into the folder ``out`` and return it.

    An interrupted run leaves nothing behind, and an earlier delivery as it was. One of the same
    shape, with nothing else in its folder, is replaced; anything else is refused.

    Raises
    ------
    UserError
        For a folder that holds something else or cannot be written, too little disk, or nobody to
        write of; before anything is written.
    """
    folder = out.resolve()  # through a link to the disk that it leads to
    refuse_unwritable(folder)
    refuse_foreign(folder, request.shape)
    chunks = plan_chunks(
        request.world, request.persons, ages=request.ages, window=(request.first, request.last)
    )
    rows = sum(planned_rows(request, chunk) for chunk in chunks)
    if not rows:
        raise _nobody(request)
    refuse_little_space(request, chunks, folder)
    with stoppable() as go_on, replacing(folder) as fresh:
        made = _write(request, chunks, fresh, jobs, console, go_on)
        if not made.rows:
            raise _nobody(request)
        text = manifest_text(request, made.rows, made.persons, made.files, code_version())
        (fresh / NAME).write_text(text, encoding="utf-8", newline="\n")
    console.say(
        f"{request.world.name}: {made.rows:,} person-months of {made.persons:,} persons in "
        f"{len(made.files)} files, {sum(file.bytes for file in made.files) / 1e6:,.1f} MB; "
        f"{out / NAME}"
    )
    return folder


def _write(
    request: Request,
    chunks: Sequence[Chunk],
    folder: Path,
    jobs: int,
    console: Console,
    go_on: Callable[[], None],
) -> Made:
    planned = [planned_rows(request, chunk) for chunk in chunks]
    done: dict[int, Made] = {}
    with progress(console, request.world.name, "person-months", sum(planned)) as tell:
        for place, made in write_parts(request, chunks, folder, jobs):
            go_on()
            done[place] = made
            tell(planned[place], made.rows)
    files = tuple(file for place in sorted(done) for file in done[place].files)
    rows = sum(made.rows for made in done.values())
    if rows:
        files = writer_of(request).finish(request, folder, files)
    return Made(rows, sum(made.persons for made in done.values()), files)


def _nobody(request: Request) -> SpecError:
    low, high = request.ages
    begun, ended = request.window
    return SpecError(
        f"persons: of {request.persons:,} persons of the whole population, none is {low} to {high} "
        f"years old between {begun:%Y-%m} and {ended:%Y-%m}; ask for more, or for more ages or "
        "months"
    )
