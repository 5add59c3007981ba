"""A diary goes out and comes in again, bit for bit; what is here is never overwritten; Undo is exact."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import insert

from bot.config import Database as DatabaseSettings
from bot.config import KeyFile, Settings
from bot.domain.incoming import incoming
from bot.domain.questions import Hours
from bot.domain.takeout import Event, Takeout, read
from bot.store import schema, takeout, users
from bot.store.crypto import make_keys
from bot.store.database import Database, Session, open_engine
from bot.store.tables import consents, metadata
from bot.store.users import User
from tests.diaries import DAY, NOW, a_day, diaries

ANN = 7_654_321_987
UNHURRIED: dict[str, Any] = {"suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}
"""A diary takes a while to be drawn, and each try a database: none is tried again to make it smaller."""


def an_empty_one(session: Session, diary: Takeout) -> User:
    """Let somebody agree who has the settings and the consent of this diary, and nothing else."""
    for table in reversed(metadata.sorted_tables):
        session.execute(table.delete())
    their = diary.settings
    user = User(ANN, their.language, their.zone, time(4), "active", their.since, quiet=their.quiet)
    users.add(session, user, their.since)
    for consent in diary.consents:
        session.execute(insert(consents).values(user_id=ANN, **consent.model_dump()))
    return replace(user, state="active")


def comes_in(session: Session, user: User, diary: Takeout) -> int:
    number = takeout.lay_aside(session, ANN, [diary], NOW)
    (waiting,) = takeout.laid_aside(session, ANN, number)
    assert waiting == diary
    takeout.bring_in(session, user, number, incoming(takeout.collect(session, user, NOW), waiting), NOW)
    return number


def an_open_database(folder: str) -> Database:
    engine = open_engine(f"sqlite:///{folder}/headsup.db")
    schema.upgrade(engine)
    path = Path(folder) / "key"
    settings_ = Settings(database=DatabaseSettings(url=str(engine.url)), keys=KeyFile(file=path))
    return Database(engine, make_keys(path), settings_)


def test_any_diary_comes_through_bit_for_bit() -> None:
    with TemporaryDirectory() as folder:
        database = an_open_database(folder)

        @settings(max_examples=60, deadline=None, **UNHURRIED)
        @given(diaries())
        def round_trip(diary: Takeout) -> None:
            def story(session: Session) -> bytes:
                user = an_empty_one(session, diary)
                given_ = read(diary.as_json(), NOW)
                assert isinstance(given_, Takeout), given_
                comes_in(session, user, given_)
                return takeout.collect(session, user, NOW).as_json()

            assert database.submit(story).result(20) == diary.as_json()

        round_trip()
        database.close()


def test_twice_is_as_good_as_once_and_undo_leaves_nothing() -> None:
    with TemporaryDirectory() as folder:
        database = an_open_database(folder)

        @settings(max_examples=30, deadline=None, **UNHURRIED)
        @given(diaries(), diaries())
        def there_and_back(mine: Takeout, other: Takeout) -> None:
            def story(session: Session) -> None:
                user = an_empty_one(session, mine)
                comes_in(session, user, mine)
                before = takeout.collect(session, user, NOW)
                number = comes_in(session, user, other)
                after = takeout.collect(session, user, NOW)
                kept = {card.day: card for card in after.checkins}
                for card in before.checkins:
                    assert card.answers.items() <= kept[card.day].answers.items(), "what was here is as it was"
                assert not incoming(after, other).anything, "all that was new has come"
                assert takeout.take_out(session, user, number, NOW)
                assert takeout.collect(session, user, NOW) == before
                assert not takeout.take_out(session, user, number, NOW), "once"

            database.submit(story).result(20)

        there_and_back()
        database.close()


def test_undo_is_there_for_a_day() -> None:
    with TemporaryDirectory() as folder:
        database = an_open_database(folder)

        def story(session: Session) -> None:
            diary = a_day({"headache": 3})
            user = an_empty_one(session, diary)
            number = comes_in(session, user, diary)
            assert not takeout.take_out(session, user, number, NOW + timedelta(days=1, seconds=1))

        database.submit(story).result(20)
        database.close()


def test_each_database_takes_it_in_and_out(database: Database) -> None:
    def story(session: Session) -> None:
        visit = Event(day=DAY, kind="chiropractor", created_at=NOW, details={"note": "neck"})
        diary = a_day({"back": 1, "back_region": frozenset({"neck"}), "note": "ü", "sleep_hours": Hours(6, 7)}, visit)
        user = an_empty_one(session, diary)
        empty = takeout.collect(session, user, NOW)
        number = comes_in(session, user, diary)
        assert takeout.collect(session, user, NOW).as_json() == diary.as_json()
        assert takeout.take_out(session, user, number, NOW)
        assert takeout.collect(session, user, NOW) == empty

    database.submit(story).result(20)
