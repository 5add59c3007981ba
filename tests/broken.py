"""Set-ups with one fault each: the harm done to a folder that is whole, the settings, and what is to be said of it."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from bot.clock import SystemClock
from bot.store import meta
from bot.store.crypto import make_keys
from bot.store.database import open_engine
from bot.store.tables import reminders
from tests.lived_in import diary

FAILED, MISCONFIGURED = 1, 78


@dataclass(frozen=True)
class Broken:
    """A set-up with one fault: what `harm` does to the folder, and which line tells of it with which cure."""

    harm: Callable[[Path], object]
    code: int
    fault: str
    cure: str
    variables: Mapping[str, str] = field(default_factory=dict)


def nothing(folder: Path) -> None:
    """Leave the folder whole: what is broken are the settings."""


def another_key(folder: Path) -> None:
    (folder / "headsup.key").unlink()
    make_keys(folder / "headsup.key")


def in_the_diary(statement: str, *values: object) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        with diary(folder) as session:
            session.connection.exec_driver_sql(statement, tuple(values))

    return harm


def remove_the_diary(folder: Path) -> None:
    for path in (folder / "data").glob("headsup.db*"):
        path.unlink()


def in_its_place(content: bytes) -> Callable[[Path], None]:
    def harm(folder: Path) -> None:
        remove_the_diary(folder)
        (folder / "data" / "headsup.db").write_bytes(content)

    return harm


def torn(folder: Path) -> None:
    """Write over pages in the middle of the file."""
    with (folder / "data" / "headsup.db").open("r+b") as file:
        file.seek(4096 * 4)
        file.write(b"\xff" * 4096 * 6)


def of_another_program(folder: Path) -> None:
    remove_the_diary(folder)
    engine = open_engine(f"sqlite:///{folder}/data/headsup.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (name TEXT)")
    engine.dispose()


def old_backups(folder: Path) -> None:
    for file in (folder / "data" / "backups").iterdir():
        then = (SystemClock().now() - timedelta(days=5)).timestamp()
        os.utime(file, (then, then))


def no_backups(folder: Path) -> None:
    shutil.rmtree(folder / "data" / "backups")


def a_file_for_a_folder(folder: Path) -> None:
    no_backups(folder)
    (folder / "data" / "backups").write_text("")


def time_of(hours: int) -> Callable[[Path], None]:
    """Let the reminders be due so many hours from now."""

    def harm(folder: Path) -> None:
        with diary(folder) as session:
            then = SystemClock().now() + timedelta(hours=hours)
            session.execute(update(reminders).values(next_at=then))

    return harm


def heard_tomorrow(folder: Path) -> None:
    with diary(folder) as session:
        meta.put_instant(session, "heard_at", SystemClock().now() + timedelta(days=400))


BROKEN = {
    "no token": Broken(
        nothing,
        MISCONFIGURED,
        "[telegram] token: missing",
        "put the one from @BotFather",
        {"HEADSUP_TELEGRAM__TOKEN": ""},
    ),
    "a token with a space": Broken(
        nothing,
        MISCONFIGURED,
        "HEADSUP_TELEGRAM__TOKEN: must look like 123456:ABC-def",
        "as @BotFather gave it",
        {"HEADSUP_TELEGRAM__TOKEN": "123456:AB CD"},
    ),
    "a token Telegram does not know": Broken(
        in_the_diary("DELETE FROM meta WHERE key = 'bot_id'"),
        MISCONFIGURED,
        "telegram   [telegram] token: Telegram does not know this token",
        "copy it again from @BotFather",
        {"HEADSUP_TELEGRAM__TOKEN": "2:revoked"},
    ),
    "another bot's diary": Broken(
        nothing,
        MISCONFIGURED,
        "token      [telegram] token: this diary belongs to bot 1, this token is of bot 2",
        "put the token of bot 1 back",
        {"HEADSUP_TELEGRAM__TOKEN": "2:other"},
    ),
    "nobody listens": Broken(
        nothing,
        FAILED,
        "telegram   [telegram] base_url: Telegram does not answer (ClientConnectorError)",
        "see whether this machine is online",
        {"HEADSUP_TELEGRAM__BASE_URL": "http://127.0.0.1:9/bot"},
    ),
    "a base_url without http": Broken(
        nothing,
        MISCONFIGURED,
        "HEADSUP_TELEGRAM__BASE_URL: must be",
        'an address like "https://…"',
        {"HEADSUP_TELEGRAM__BASE_URL": "api.telegram.org"},
    ),
    "a webhook without https": Broken(
        nothing,
        MISCONFIGURED,
        "HEADSUP_TELEGRAM__WEBHOOK__URL: must be",
        'an address that begins with "https://"',
        {"HEADSUP_TELEGRAM__WEBHOOK__URL": "http://example.org/hook", "HEADSUP_TELEGRAM__MODE": "webhook"},
    ),
    "a webhook without an address": Broken(
        nothing,
        MISCONFIGURED,
        "HEADSUP_TELEGRAM__MODE: ",
        "needs [telegram.webhook] url",
        {"HEADSUP_TELEGRAM__MODE": "webhook"},
    ),
    "an allowlist with nobody on it": Broken(
        nothing,
        MISCONFIGURED,
        'HEADSUP_ACCESS__MODE: "allowlist" lets nobody in',
        "put an id into users or operators",
        {"HEADSUP_ACCESS__MODE": "allowlist"},
    ),
    "a time zone that is none": Broken(
        nothing,
        MISCONFIGURED,
        "HEADSUP_DEFAULTS__TIMEZONE: unknown time zone",
        'did you mean "Europe/Berlin"?',
        {"HEADSUP_DEFAULTS__TIMEZONE": "Europe/Berlim"},
    ),
    "a settings file that is no TOML": Broken(
        lambda folder: (folder / "config.toml").write_text("[telegram\n"),
        MISCONFIGURED,
        "config.toml: not TOML",
        "at line 1",
    ),
    "an address of no database": Broken(
        nothing,
        MISCONFIGURED,
        "database   [database] url: cannot be read as an address",
        "are written %40 (@), %3A (:)",
        {"HEADSUP_DATABASE__URL": "postgresql+psycopg://ann:word@db:port/headsup"},
    ),
    "a database server that is not there": Broken(
        nothing,
        FAILED,
        "database   [database] url: connection failed: ",
        "start the database server, or correct the address",
        {"HEADSUP_DATABASE__URL": "postgresql+psycopg://ann:revoked@127.0.0.1:9/headsup"},
    ),
    "no key": Broken(
        lambda folder: (folder / "headsup.key").unlink(),
        MISCONFIGURED,
        "key        [keys] file: headsup.key is missing",
        "put the copy back",
    ),
    "a key of another diary": Broken(
        another_key, MISCONFIGURED, "does not open with this key", "put the key of this database back"
    ),
    "a key file that is none": Broken(
        lambda folder: (folder / "headsup.key").write_text("1 c2hvcnQ=\n"),
        MISCONFIGURED,
        "key        [keys] file: headsup.key is not a HeadsUp key file",
        "put the right one back",
    ),
    "a key that others may read": Broken(
        lambda folder: (folder / "headsup.key").chmod(0o644),
        MISCONFIGURED,
        "key        [keys] file: others on this machine may read headsup.key",
        "run chmod 600 headsup.key",
    ),
    "a key without its diary": Broken(
        remove_the_diary,
        MISCONFIGURED,
        "database   [database] url: there is a key, but no diary at data/headsup.db",
        "headsup restore FILE",
    ),
    "an empty file for a diary": Broken(
        in_its_place(b""), MISCONFIGURED, "there is a key, but no diary at data/headsup.db", "headsup restore FILE"
    ),
    "a diary that is no database": Broken(
        in_its_place(b"These are somebody's holiday notes, and no database at all." * 99),
        FAILED,
        "database   [database] url: the file is damaged, or no diary at all",
        "headsup restore FILE",
    ),
    "a damaged diary": Broken(torn, FAILED, "the file is damaged, or no diary at all", "headsup restore FILE"),
    "another program's database": Broken(
        of_another_program,
        MISCONFIGURED,
        "database   [database] url: data/headsup.db is a database of another program",
        "choose another name for the diary",
    ),
    "a newer diary": Broken(
        in_the_diary("UPDATE alembic_version SET version_num = '9999'"),
        MISCONFIGURED,
        "database   [database] url: this database is at schema 9999, made by a newer HeadsUp",
        "Install the newer version again",
    ),
    "an older diary": Broken(
        in_the_diary("UPDATE alembic_version SET version_num = '0001'"),
        FAILED,
        "database   [database] url: it is at schema 0001, this version needs ",
        "stop the bot and start it again",
    ),
    "other zone data": Broken(
        in_the_diary("UPDATE meta SET value = '2020.1' WHERE key = 'zone_data'"),
        FAILED,
        "zone data  reminders were planned with 2020.1, ",
        "stop the bot and start it again",
    ),
    "a clock that fell behind": Broken(
        heard_tomorrow, FAILED, "clock      this machine says ", "set its clock, or let it follow a time server"
    ),
    "old backups": Broken(
        old_backups, FAILED, "backup, is 5 days old", "start the bot, or see what backup.failed says"
    ),
    "no backups": Broken(no_backups, FAILED, "backups    there is none in data/backups", "put the folder back"),
    "a file for a folder of backups": Broken(
        a_file_for_a_folder,
        MISCONFIGURED,
        "backups    [backup] folder: cannot write to data/backups",
        "name another folder in [backup] folder",
    ),
    "a bot that is not running": Broken(
        time_of(hours=-3), FAILED, "next sends overdue since ", "start the bot: headsup run"
    ),
}
