"""Column types: aware moments, domain values as JSON, and words of others."""

from datetime import UTC, datetime

from pydantic import BaseModel, JsonValue
from sqlalchemy import JSON, DateTime, Dialect, Text, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: written in UTC, read aware, whatever the database remembers of zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Write UTC; a naive moment is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Read an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AsJson(TypeDecorator[BaseModel]):
    """A domain value as JSON: what is read equals what was written."""

    impl = JSON
    cache_ok = True

    def __init__(self, model: type[BaseModel]) -> None:
        """Take the type of the values."""
        super().__init__()
        self.model = model

    def process_bind_param(self, value: BaseModel | None, dialect: Dialect) -> JsonValue:  # noqa: ARG002  (SQLAlchemy's signature)
        """Write the fields under the names that people write."""
        return None if value is None else value.model_dump(mode="json", by_alias=True)

    def process_result_value(self, value: JsonValue, dialect: Dialect) -> BaseModel | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Read it as strictly as it was written."""
        return None if value is None else self.model.model_validate(value)


class ForeignText(TypeDecorator[str]):
    """Words of others, such as a server's answer: what no database can hold is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Replace NUL and lone surrogates."""
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


OptionalJson = JSON(none_as_null=True)
"""Plain values as JSON; none is no value, not the JSON `null`."""
