"""On PostgreSQL each person has a secret that goes into the key of all they say, and is destroyed when they are erased.

SQLite overwrites what it deletes. PostgreSQL does not: a deleted row stays in the table's file until a vacuum, in the
write-ahead log until that is recycled. Without its person's secret it opens no more, whoever has the key file.
"""

from collections.abc import Collection
from secrets import token_bytes, token_hex

from sqlalchemy import BigInteger, Connection, Engine, any_, bindparam, delete, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError

from bot.store.tables import meta, secrets, users

FOUND = select(secrets.c.secret).where(secrets.c.user_id == bindparam("user_id"))
MANY = select(secrets.c.user_id, secrets.c.secret).where(
    secrets.c.user_id == any_(bindparam("user_ids", type_=postgresql.ARRAY(BigInteger)))
)
"""Built once: on PostgreSQL almost every turn needs one."""

SHRED = "shred"
LENGTH = 32
LOCKED = "55P03"
"""What PostgreSQL calls a lock that was not to be had in time (its documentation, appendix A)."""

ALL_THERE = text("SELECT relallvisible = relpages FROM pg_class WHERE oid = 'secrets'::regclass")
"""After a VACUUM: whether every row in the file is there for everybody, so none in it is deleted."""


class Secrets:
    """People's secrets as one connection sees them, each looked up once in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._within: object = None
        self._known: dict[int, bytes | None] = {}
        self._changed: set[int] = set()

    @property
    def given(self) -> bool:
        """Tell whether whoever is new here gets a secret."""
        return self._connection.dialect.name == "postgresql"

    def of(self, user_id: int) -> bytes | None:
        """Return a person's secret; None where they have none."""
        self._follow()
        if user_id in self._known:
            return self._known[user_id]
        secret = self._connection.execute(FOUND, {"user_id": user_id}).scalar_one_or_none()
        if user_id not in self._changed:
            self._known[user_id] = secret
        return secret

    def look_up(self, user_ids: Collection[int]) -> None:
        """Look up many people's at once, where there are any."""
        self._follow()
        if self.given:
            found = {row.user_id: row.secret for row in self._connection.execute(MANY, {"user_ids": list(user_ids)})}
            self._known |= {user_id: found.get(user_id) for user_id in user_ids if user_id not in self._changed}

    def give(self, user_id: int) -> None:
        """Give somebody a secret, unless they have one."""
        self._change(user_id)  # what was looked up before may have been destroyed elsewhere since
        if self.of(user_id) is None:
            self._connection.execute(insert(secrets).values(user_id=user_id, secret=token_bytes(LENGTH)))

    def give_missing(self) -> None:
        """Give one to whoever came before there were any, or from a diary without."""
        without = select(users.c.id).where(users.c.id.not_in(select(secrets.c.user_id)))
        if self.given:
            for user_id in self._connection.execute(without).scalars().all():
                self.give(user_id)

    def destroy(self, user_id: int) -> None:
        """Delete a person's secret; `shred` then takes its bytes out of the files."""
        self._change(user_id)
        gone = self._connection.execute(delete(secrets).where(secrets.c.user_id == user_id))
        if gone.rowcount and self.given:
            noted = postgresql.insert(meta).values(key=SHRED, value=token_hex(8))
            value = {"value": noted.excluded.value}
            self._connection.execute(noted.on_conflict_do_update(index_elements=[meta.c.key], set_=value))

    def _follow(self) -> None:
        """Know nothing of what was so in another transaction."""
        within = self._connection.get_transaction()
        if within is None or within is not self._within:
            self._within, self._known, self._changed = within, {}, set()

    def _change(self, user_id: int) -> None:
        # What is changed here may be taken back with its savepoint, so it is looked up anew each time.
        self._follow()
        self._known.pop(user_id, None)
        self._changed.add(user_id)


def shred(engine: Engine) -> None:
    """Write PostgreSQL's table of secrets anew where one was destroyed, so that its bytes are in none of its files.

    Nobody waits longer than 100 ms for the lock. Where somebody reads the table, for a backup, or began to read before
    the secret was destroyed, it is done again the next time.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mark = connection.execute(select(meta.c.value).where(meta.c.key == SHRED)).scalar_one_or_none()
        if mark is None:
            return
        connection.execute(text("SET lock_timeout = '100ms'"))
        try:
            connection.execute(text("VACUUM (FULL) secrets"))
            connection.execute(text("VACUUM secrets"))
        except OperationalError as trouble:
            if getattr(trouble.orig, "sqlstate", None) != LOCKED:
                raise
            return
        finally:
            connection.execute(text("RESET lock_timeout"))
        if connection.execute(ALL_THERE).scalar_one():
            connection.execute(delete(meta).where(meta.c.key == SHRED, meta.c.value == mark))
