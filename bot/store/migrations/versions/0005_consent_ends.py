"""Consent that ends: withdrawn, or no longer what the text says.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consents", sa.Column("ended_at", Instant(), nullable=True))
    op.add_column("consents", sa.Column("ended", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_consents_user_id"), "consents", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_consents_user_id"), table_name="consents")
    op.drop_column("consents", "ended")
    op.drop_column("consents", "ended_at")
