"""The rows of the store; they live and die in this package."""

from datetime import date, datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Index, MetaData
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from forecaster.domain.alert import AlertState
from forecaster.domain.forecast import Fit, Issue
from forecaster.domain.indicator import Definition
from forecaster.store.columns import AsJson, ForeignText, OptionalJson, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel, registry=registry(metadata=metadata)):
    """What all tables share: a metadata of their own, in which every constraint has a name."""


class DefinitionRow(Row, table=True):
    """One version of a definition; the newest of an indicator is in force unless retired."""

    __tablename__ = "definitions"
    __table_args__ = (Index(None, "indicator", "version"),)
    version: int | None = Field(default=None, primary_key=True)
    indicator: str
    digest: str = Field(index=True)
    status: str
    declaration: Definition = Field(sa_type=AsJson(Definition))
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class ProblemRow(Row, table=True):
    """What is wrong with the files as they lie there now."""

    __tablename__ = "definition_problems"
    id: int | None = Field(default=None, primary_key=True)
    file: str = Field(sa_type=ForeignText)
    at_line: int
    at_column: int
    message: str = Field(sa_type=ForeignText)


class SeriesRow(Row, table=True):
    """One series; who records observations of it holds this row, so that ids keep order."""

    __tablename__ = "series"
    __table_args__ = (Unique("indicator", "scope"),)
    id: int | None = Field(default=None, primary_key=True)
    indicator: str
    scope: str
    last_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DocumentRow(Row, table=True):
    """A raw document; its bytes lie in the archive."""

    __tablename__ = "documents"
    digest: str = Field(primary_key=True)
    url: str = Field(sa_type=ForeignText)
    fetched_at: datetime = Field(sa_type=UtcDateTime)
    status: int
    size: int


class ObservationRow(Row, table=True):
    """One version of one period of a series."""

    __tablename__ = "observations"
    __table_args__ = (
        Index("ix_observations_as_of", "series_id", "period_start", "known_at", "id"),
        Index(None, "series_id", "known_at"),
        Index(None, "series_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    series_id: int = Field(foreign_key="series.id")
    frequency: str
    period_start: date
    value: float | None
    base: float | None
    missing: str | None
    grade: str
    doubtful: str | None
    known_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    pseudo: bool
    definition: str
    details: dict[str, float] | None = Field(default=None, sa_type=OptionalJson)
    document: str | None = Field(foreign_key="documents.digest")
    run: int | None = Field(default=None, foreign_key="runs.id")


class SightingRow(Row, table=True):
    """One report that a counting source saw."""

    __tablename__ = "sightings"
    __table_args__ = (Index(None, "indicator", "scope", "day"),)
    indicator: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    day: date
    weight: float
    outlet: str = ""
    label: str = ""
    document: str | None = Field(foreign_key="documents.digest")


class SlotRow(Row, table=True):
    """One delivery of a source that comes in slots."""

    __tablename__ = "slots"
    __table_args__ = (Index(None, "indicator", "at"),)
    indicator: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    seen: bool
    size: int | None = None
    doubtful: str | None = Field(default=None, sa_type=ForeignText)


class OwedTallyRow(Row, table=True):
    """A period in which something was seen since it was last tallied."""

    __tablename__ = "owed_tallies"
    indicator: str = Field(primary_key=True)
    period_start: date = Field(primary_key=True)


class RunRow(Row, table=True):
    """One run of a collector: what it was asked for, what it read, how it ended."""

    __tablename__ = "runs"
    __table_args__ = (Index(None, "indicator", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    indicator: str
    trigger: str
    status: str
    began_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    documents: int = 0
    new: int = 0
    revised: int = 0
    doubtful: int = 0
    error: str | None = Field(default=None, sa_type=ForeignText)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    missed: int = 0
    rows: int | None = None
    fields: list[str] | None = Field(default=None, sa_type=OptionalJson)
    notes: list[str] | None = Field(default=None, sa_type=OptionalJson)


class FetchRow(Row, table=True):
    """One answer of a source to one run, in the order in which they were asked for."""

    __tablename__ = "fetches"
    __table_args__ = (Index(None, "document"),)
    run: int = Field(primary_key=True, foreign_key="runs.id")
    position: int = Field(primary_key=True)
    url: str = Field(sa_type=ForeignText)
    document: str = Field(foreign_key="documents.digest")
    fetched_at: datetime = Field(sa_type=UtcDateTime)
    status: int


class FitRow(Row, table=True):
    """One fit; never changed."""

    __tablename__ = "fits"
    __table_args__ = (Index(None, "indicator", "scope", "position"),)
    position: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    indicator: str
    scope: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    definition: str
    fit: Fit = Field(sa_type=AsJson(Fit))


class IssueRow(Row, table=True):
    """One issue of a forecast; never changed."""

    __tablename__ = "issues"
    __table_args__ = (Index(None, "indicator", "scope", "position"),)
    position: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    indicator: str
    scope: str
    issued_at: datetime = Field(sa_type=UtcDateTime)
    definition: str
    fit: str | None = Field(foreign_key="fits.id")
    issue: Issue = Field(sa_type=AsJson(Issue))


class AlertStateRow(Row, table=True):
    """Where a rule stood for a scope after one issue."""

    __tablename__ = "alert_states"
    __table_args__ = (Index(None, "rule", "indicator", "scope", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    rule: str
    indicator: str
    scope: str
    status: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    state: AlertState = Field(sa_type=AsJson(AlertState))


class PublicationRow(Row, table=True):
    """One document as it was published."""

    __tablename__ = "publications"
    __table_args__ = (
        Unique("kind", "source"),
        Index(None, "kind", "key", "seq"),
        Index(None, "kind", "key", "published_at"),
    )
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    key: str
    source: str
    etag: str
    body: bytes
    published_at: datetime = Field(sa_type=UtcDateTime)
    next_update_at: datetime | None = Field(sa_type=UtcDateTime)
    stale_after: datetime | None = Field(sa_type=UtcDateTime)


class EndpointRow(Row, table=True):
    """A receiver, and its secret as it was sealed."""

    __tablename__ = "endpoints"
    id: str = Field(primary_key=True)
    url: str
    description: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_reason: str | None = Field(default=None, sa_type=ForeignText)
    sealed_secret: bytes


class MessageRow(Row, table=True):
    """One thing to tell."""

    __tablename__ = "messages"
    id: str = Field(primary_key=True)
    type: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    data: dict[str, JsonValue] = Field(sa_type=JSON)


class DeliveryRow(Row, table=True):
    """One message on its way to one receiver; no longer due once it has an outcome."""

    __tablename__ = "deliveries"
    __table_args__ = (Unique("message_id", "endpoint_id"),)
    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(foreign_key="messages.id")
    endpoint_id: str = Field(foreign_key="endpoints.id", ondelete="CASCADE", index=True)
    attempts: int = 0
    due_at: datetime | None = Field(sa_type=UtcDateTime, index=True)
    outcome: str | None = None


class AttemptRow(Row, table=True):
    """One attempt at a delivery."""

    __tablename__ = "attempts"
    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="deliveries.id", ondelete="CASCADE", index=True)
    attempted_at: datetime = Field(sa_type=UtcDateTime)
    delivered: bool
    status: int | None
    error: str | None = Field(sa_type=ForeignText)


class LeaseRow(Row, table=True):
    """Who may do a thing that only one may do, until when; the token only ever grows."""

    __tablename__ = "leases"
    name: str = Field(primary_key=True)
    holder: str | None
    token: int
    expires_at: datetime = Field(sa_type=UtcDateTime)
