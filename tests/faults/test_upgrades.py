"""A diary of every released schema comes along whole, on both databases; a newer one is left alone (T80, T82)."""

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from bot.config import Settings
from bot.domain.questions import Hours
from bot.store import checkins, inbox, outbox, reminders, schema, users
from bot.store.crypto import load_keys
from bot.store.database import Session, open_engine
from bot.store.tables import metadata
from tests.e2e.conftest import BotProcess
from tests.faults.promises import Figures
from tests.store.conftest import engine, url
from tests.store.schemas.released import KEPT, KEY, changed, copy, lay_out, rows, shape
from tools.fixture import ANN, BEN, CHANGED, DAILY, DAY, FIRST, NOW, THEN, UPDATES

__all__ = ["engine", "url"]


@pytest.fixture(params=KEPT)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A diary as an older version left it, in SQLite."""
    older = open_engine(f"sqlite:///{lay_out(request.param, tmp_path / request.param)}")
    yield older
    older.dispose()


def test_everything_in_a_diary_comes_along(old: Engine, engine: Engine, promise: Figures) -> None:
    before = rows(old)
    if engine.dialect.name == "sqlite":
        engine = old
    else:
        schema.upgrade(engine, schema.revision(old) or "")
        before = copy(before, engine)
    schema.upgrade(engine)
    promise.at_most(
        "T80", f"values lost or changed by an upgrade, {engine.dialect.name}", 0, len(changed(before, rows(engine)))
    )
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    with engine.begin() as connection:
        must_read_as_ever(Session(connection, load_keys(KEY), Settings()))
    must_be_shaped_as_declared(engine)


def must_read_as_ever(session: Session) -> None:
    """Check what the people of the kept diaries said and set, through the store; one answer is undone, one erased."""
    if session.connection.dialect.name == "sqlite":
        assert session.connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert session.connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    for user_id in (ANN, BEN):
        card = checkins.on_day(session, user_id, DAY)
        assert card is not None
        assert (card.page, card.asked, card.message_id, card.late) == (
            "back",
            ("headache", "back"),
            5_000_000_000,
            True,
        )
        assert (card.asked_at, card.answered_at) == (NOW, THEN)
        assert checkins.answers_of(session, card) == FIRST | CHANGED
        assert checkins.history(session, user_id, DAY, DAY)[DAY]["sleep_hours"] == Hours(6, 7)
        assert checkins.undo(session, card, THEN)
        assert checkins.answers_of(session, card) == FIRST
        [reminder] = reminders.of_user(session, user_id)
        assert (reminder.schedule, reminder.on) == (DAILY, user_id == ANN)
    assert users.get(session, ANN) == users.User(ANN, "en", DAILY.zone, time(4), "active", NOW, consent="given")
    ben = users.get(session, BEN)
    assert ben is not None
    assert (ben.paused_until, ben.awaiting) == (users.FOR_EVER, "zone")
    waiting = [(one.update_id, one.state, one.card, one.raw) for one in inbox.unfinished(session, THEN)]
    assert waiting == [(41, "received", None, UPDATES[0]), (42, "handled", 1, UPDATES[1])]
    [owed] = outbox.claim(session, NOW, 9)
    assert (owed.user_id, owed.slot, owed.due_at) == (BEN, "2026-03-02", NOW)
    users.erase(session, ANN)
    assert checkins.on_day(session, ANN, DAY) is None
    assert reminders.of_user(session, ANN) == []


def must_be_shaped_as_declared(engine: Engine) -> None:
    """Check that the way up ends where a new diary begins: keys, owners, partial indexes, numbers never given twice."""
    upgraded = shape(engine)
    metadata.drop_all(engine)
    metadata.create_all(engine)
    assert upgraded == shape(engine)


@pytest.mark.parametrize(("command", "at"), [("run", "9999"), ("migrate", "f00dfeed"), ("check", "f00dfeed")])
@pytest.mark.sqlite
async def test_a_diary_of_a_newer_version_is_left_alone(
    bot: BotProcess, promise: Figures, command: str, at: str
) -> None:
    database = lay_out(KEPT[-1], bot.folder)
    newer = open_engine(f"sqlite:///{database}")
    schema.upgrade(newer)
    with newer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (at,))
    newer.dispose()
    before = database.read_bytes()
    await bot.start(command)
    assert await bot.ends() == 78
    [told] = [line for line in bot.output if "[database] url:" in line]
    assert f"this database is at schema {at}, made by a newer HeadsUp; this one knows {schema.newest()}" in told
    promise.at_most("T82", "newer diaries touched by an older version", 0, int(database.read_bytes() != before))
