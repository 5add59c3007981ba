"""What the operator reads: lines on the terminal, and the exit codes that go with them."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

MISCONFIGURED = 78
IN_USE = 75
FAILED = 1


def say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Say something for programs, as one JSON document."""
    say(json.dumps(value, ensure_ascii=False, indent=2))


def stop_with(code: int, *lines: str) -> NoReturn:
    """Say what is wrong on standard error and end with `code`: a person's mistake is never a traceback."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)


@contextmanager
def progress(doing: str, total: int) -> Iterator[Callable[[int], object]]:
    """Show on standard error how far something is, where a person watches; yields what counts it on."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda more: bar.advance(task, more)
