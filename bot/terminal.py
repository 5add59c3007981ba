"""What the operator reads: lines on the terminal, and the exit codes that go with them."""

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

MISCONFIGURED = 78
IN_USE = 75
FAILED = 1
QUIET_ZONE = 4
"""Light modules around a code (ISO/IEC 18004)."""

LIGHT_ON_DARK, AS_BEFORE = "\033[97;40m", "\033[0m"
"""A block is a light module; in the colours of a light terminal the code would be the wrong way round."""


def say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def say_code(link: str) -> None:
    """Say a link as a code to scan, where a person watches and their terminal has room and letters for it."""
    import segno

    if not sys.stdout.isatty():
        return
    drawn = io.StringIO()
    segno.make_qr(link, error="l").terminal(drawn, border=QUIET_ZONE, compact=True)
    lines = drawn.getvalue().splitlines()
    try:
        drawn.getvalue().encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return
    if len(lines[0]) <= shutil.get_terminal_size().columns:
        say("\n".join(f"{LIGHT_ON_DARK}{line}{AS_BEFORE}" for line in lines))


def say_json(value: object) -> None:
    """Say something for programs, as one JSON document."""
    say(json.dumps(value, ensure_ascii=False, indent=2))


def stop_with(code: int, *lines: str) -> NoReturn:
    """Say what is wrong on standard error and end with `code`: a person's mistake is never a traceback."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)


@contextmanager
def progress(doing: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """Show on standard error how far something is, where a person watches; yields what counts it on. Without a total it
    shows that something is done."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda more: bar.advance(task, more)
