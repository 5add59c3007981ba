"""The diary: what a person told about themselves, and in which message a typed answer stands.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import BigId

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answers", sa.Column("message_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "profiles",
        sa.Column("user_id", BigId, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_profiles_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_profiles")),
    )


def downgrade() -> None:
    op.drop_table("profiles")
    op.drop_column("answers", "message_id")
