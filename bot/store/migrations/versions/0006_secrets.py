"""A secret for each person, of which on PostgreSQL the key to all they say is made; and which events are shares.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import BigId

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("user_id", BigId, autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_secrets_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_secrets")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # What it knows of a column's values is a sample of them, and outlives the rows.
        op.execute("ALTER TABLE secrets ALTER COLUMN secret SET STATISTICS 0")
    op.create_table(
        "shares",
        sa.Column("event_id", BigId, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_shares_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_shares")),
    )


def downgrade() -> None:
    op.drop_table("shares")
    op.drop_table("secrets")
