"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    _what_is_declared()
    _what_was_seen()
    _what_was_done()
    _what_was_forecast()
    _whom_to_tell()


def downgrade() -> None:
    """Drop every table, and all that they hold."""
    for table in (
        "attempts",
        "deliveries",
        "messages",
        "endpoints",
        "publications",
        "alert_states",
        "issues",
        "fits",
        "leases",
        "runs",
        "owed_tallies",
        "slots",
        "sightings",
        "observations",
        "series",
        "documents",
        "definition_problems",
        "definitions",
    ):
        op.drop_table(table)


def _what_is_declared() -> None:
    op.create_table(
        "definitions",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("declaration", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_definitions"),
    )
    op.create_index("ix_definitions_digest", "definitions", ["digest"])
    op.create_index("ix_definitions_indicator_version", "definitions", ["indicator", "version"])
    op.create_table(
        "definition_problems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("at_line", sa.Integer(), nullable=False),
        sa.Column("at_column", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_definition_problems"),
    )


def _what_was_seen() -> None:
    op.create_table(
        "documents",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_documents"),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("last_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("indicator", "scope", name="uq_series_indicator_scope"),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("base", sa.Float(), nullable=True),
        sa.Column("missing", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("doubtful", sa.String(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pseudo", sa.Boolean(), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_observations"),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.digest"], name="fk_observations_document"
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_observations_series_id"),
    )
    op.create_index(
        "ix_observations_as_of", "observations", ["series_id", "period_start", "known_at", "id"]
    )
    op.create_index("ix_observations_series_id_id", "observations", ["series_id", "id"])
    op.create_index(
        "ix_observations_series_id_known_at", "observations", ["series_id", "known_at"]
    )
    op.create_table(
        "sightings",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("indicator", "scope", "name", name="pk_sightings"),
        sa.ForeignKeyConstraint(["document"], ["documents.digest"], name="fk_sightings_document"),
    )
    op.create_index("ix_sightings_indicator_scope_day", "sightings", ["indicator", "scope", "day"])
    op.create_table(
        "slots",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("indicator", "name", name="pk_slots"),
    )
    op.create_index("ix_slots_indicator_at", "slots", ["indicator", "at"])
    op.create_table(
        "owed_tallies",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("indicator", "period_start", name="pk_owed_tallies"),
    )


def _what_was_done() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_indicator_id", "runs", ["indicator", "id"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _what_was_forecast() -> None:
    op.create_table(
        "fits",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("fit", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_fits"),
        sa.UniqueConstraint("id", name="uq_fits_id"),
    )
    op.create_index("ix_fits_indicator_scope_position", "fits", ["indicator", "scope", "position"])
    op.create_table(
        "issues",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("definition", sa.String(), nullable=False),
        sa.Column("fit", sa.String(), nullable=True),
        sa.Column("issue", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_issues"),
        sa.ForeignKeyConstraint(["fit"], ["fits.id"], name="fk_issues_fit"),
        sa.UniqueConstraint("id", name="uq_issues_id"),
    )
    op.create_index(
        "ix_issues_indicator_scope_position", "issues", ["indicator", "scope", "position"]
    )
    op.create_table(
        "alert_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_states"),
    )
    op.create_index(
        "ix_alert_states_rule_indicator_scope_id",
        "alert_states",
        ["rule", "indicator", "scope", "id"],
    )
    op.create_table(
        "publications",
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_update_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stale_after", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_publications"),
        sa.UniqueConstraint("kind", "source", name="uq_publications_kind_source"),
    )
    op.create_index(
        "ix_publications_kind_key_published_at", "publications", ["kind", "key", "published_at"]
    )
    op.create_index("ix_publications_kind_key_seq", "publications", ["kind", "key", "seq"])


def _whom_to_tell() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_endpoints"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("endpoint_id", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.id"], name="fk_deliveries_endpoint_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_deliveries_message_id"),
        sa.UniqueConstraint(
            "message_id", "endpoint_id", name="uq_deliveries_message_id_endpoint_id"
        ),
    )
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at"])
    op.create_index("ix_deliveries_endpoint_id", "deliveries", ["endpoint_id"])
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="fk_attempts_delivery_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_attempts_delivery_id", "attempts", ["delivery_id"])
