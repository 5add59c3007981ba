"""The bot that a sensible author would write: python-telegram-bot as it comes, SQLAlchemy's async ORM, a transaction
for each update, updates side by side. It stores answers as they are, unsealed.

    python -m benchmarks.peers.typical <Telegram's port> <database address>
"""

import asyncio
import sys
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from benchmarks.peers.day import FIRST_PERSON, TAPS, TOKEN, shown


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str]
    zone: Mapped[str]
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CheckIn(Base):
    __tablename__ = "checkins"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    day: Mapped[date]
    page: Mapped[str]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    user: Mapped[User] = relationship()
    answers: Mapped[list["Answer"]] = relationship()


class Answer(Base):
    __tablename__ = "answers"
    checkin_id: Mapped[int] = mapped_column(ForeignKey("checkins.id"), primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def open_engine(address: str) -> AsyncEngine:
    engine = create_async_engine(address)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine.sync_engine, "connect")
        def prepare(connection: Any, record: object) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
                connection.execute(f"PRAGMA {pragma}").close()

    return engine


async def prepare(address: str, people: int) -> None:
    """Make the tables anew, with so many people who have a card of today's in front of them."""
    engine = open_engine(address)
    now = datetime.now(UTC)  # noqa: TID251 - a bot of somebody else's
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session, session.begin():
        cards = range(1, people + 1)
        session.add_all(User(id=FIRST_PERSON + card, language="en", zone="Europe/Berlin") for card in cards)
        await session.flush()
        session.add_all(
            CheckIn(id=card, user_id=FIRST_PERSON + card, day=now.date(), page=TAPS[0][0]) for card in cards
        )
    await engine.dispose()


def bot(port: str, address: str) -> Application[Any, Any, Any, Any, Any, Any]:
    new_session = async_sessionmaker(open_engine(address), expire_on_commit=False)

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None and query.data is not None
        _, card, question, code = query.data.split(":")
        now = datetime.now(UTC)  # noqa: TID251 - a bot of somebody else's
        async with new_session() as session, session.begin():
            checkin = await session.scalar(
                select(CheckIn)
                .where(CheckIn.id == int(card), CheckIn.user_id == query.from_user.id)
                .options(selectinload(CheckIn.user), selectinload(CheckIn.answers))
            )
            assert checkin is not None
            known = {given.question: given for given in checkin.answers}
            if question in known:
                known[question].value, known[question].answered_at = code, now
            else:
                checkin.answers.append(Answer(question=question, value=code, answered_at=now))
            given = {each.question: each.value for each in checkin.answers}
            step = next((n for n, (key, *_) in enumerate(TAPS) if key not in given), len(TAPS))
            checkin.answered_at = now
            checkin.page = TAPS[step][0] if step < len(TAPS) else "done"
        text, buttons = shown(checkin.id, step, " · ".join(f"{key} {value}" for key, value in given.items()))
        await query.answer("Saved")
        await query.edit_message_text(text, parse_mode="HTML", reply_markup=buttons)

    base = f"http://127.0.0.1:{port}/bot"
    application = Application.builder().token(TOKEN).base_url(base).concurrent_updates(True).job_queue(None).build()
    application.add_handler(CallbackQueryHandler(answer, pattern="^answer:"))
    return application


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        asyncio.run(prepare(sys.argv[3], int(sys.argv[2])))
    else:
        bot(*sys.argv[1:]).run_polling()
