"""Time people own: quiet hours, silence for a while, reminders once or in own words, events, tips and what became of them.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import BigId, Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("quiet", sa.String(length=80), nullable=False, server_default="2200-0800"))
    op.add_column("users", sa.Column("silent_until", Instant(), nullable=True))
    op.add_column("users", sa.Column("seen_at", Instant(), nullable=True))
    op.add_column("reminders", sa.Column("only_on", sa.Date(), nullable=True))
    op.add_column("reminders", sa.Column("words", sa.LargeBinary(), nullable=True))
    op.add_column("reminders", sa.Column("retired_at", Instant(), nullable=True))
    op.add_column("outbox", sa.Column("tip", sa.String(length=16), nullable=True))
    op.create_table(
        "events",
        sa.Column("id", BigId, nullable=False),
        sa.Column("user_id", BigId, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_events_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_user_id"), "events", ["user_id", "day"], unique=False)
    op.create_table(
        "tastes",
        sa.Column("user_id", BigId, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tastes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_tastes")),
    )


def downgrade() -> None:
    op.drop_table("tastes")
    op.drop_index(op.f("ix_events_user_id"), table_name="events")
    op.drop_table("events")
    op.drop_column("outbox", "tip")
    for column in ("retired_at", "words", "only_on"):
        op.drop_column("reminders", column)
    for column in ("seen_at", "silent_until", "quiet"):
        op.drop_column("users", column)
