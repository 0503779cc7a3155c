"""A subscription that was disabled, for whatever reason, counts as verified no more."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE subscriptions SET verified_at = NULL WHERE status = 'disabled'")
    op.create_check_constraint(
        op.f("ck_subscriptions_proved_anew_after_an_end"),
        "subscriptions",
        "status <> 'disabled' OR verified_at IS NULL",
    )
