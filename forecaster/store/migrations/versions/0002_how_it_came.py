"""Where values came from: runs with what they read, their fetches, details of values."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what runs read, what they fetched, and of what values are made."""
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("since", sa.DateTime(timezone=True)))
        runs.add_column(sa.Column("until", sa.DateTime(timezone=True)))
        runs.add_column(sa.Column("missed", sa.Integer(), nullable=False, server_default="0"))
        runs.add_column(sa.Column("rows", sa.Integer()))
        runs.add_column(sa.Column("fields", sa.JSON()))
        runs.add_column(sa.Column("notes", sa.JSON()))
    op.create_table(
        "fetches",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("run", "position", name="pk_fetches"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_fetches_run"),
        sa.ForeignKeyConstraint(["document"], ["documents.digest"], name="fk_fetches_document"),
    )
    op.create_index("ix_fetches_document", "fetches", ["document"])
    with op.batch_alter_table("observations") as observations:
        observations.add_column(sa.Column("details", sa.JSON()))
        observations.add_column(sa.Column("run", sa.Integer()))
        observations.create_foreign_key("fk_observations_run", "runs", ["run"], ["id"])
    with op.batch_alter_table("sightings") as sightings:
        for name in ("outlet", "label"):
            sightings.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("slots") as slots:
        slots.add_column(sa.Column("size", sa.Integer()))
        slots.add_column(sa.Column("doubtful", sa.Text()))


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("slots") as slots:
        slots.drop_column("doubtful")
        slots.drop_column("size")
    with op.batch_alter_table("sightings") as sightings:
        sightings.drop_column("label")
        sightings.drop_column("outlet")
    with op.batch_alter_table("observations") as observations:
        observations.drop_constraint("fk_observations_run", type_="foreignkey")
        observations.drop_column("run")
        observations.drop_column("details")
    op.drop_table("fetches")
    with op.batch_alter_table("runs") as runs:
        for name in ("notes", "fields", "rows", "missed", "until", "since"):
            runs.drop_column(name)
