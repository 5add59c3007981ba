"""What the operator reads: lines on the terminal, and the exit codes that go with them."""

import sys
from typing import NoReturn

import typer

MISCONFIGURED = 78
IN_USE = 75
FAILED = 1


def say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def stop_with(code: int, *lines: str) -> NoReturn:
    """Say what is wrong on standard error and end with `code`: a person's mistake is never a traceback."""
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(code)
