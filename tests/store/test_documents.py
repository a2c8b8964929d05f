"""A raw document is recorded once, under its digest."""

import pytest

from forecaster.domain.errors import UnknownName
from forecaster.store import documents
from forecaster.store.database import Database
from tests.store.samples import document


def test_the_same_bytes_are_one_document(database: Database) -> None:
    with database.begin() as session:
        documents.record(session, document("d1"))
        documents.record(session, document("d1").model_copy(update={"url": "https://y.org"}))

    with database.read() as session:
        assert documents.get(session, "d1") == document("d1")


def test_an_unknown_document_is_said_to_be_unknown(database: Database) -> None:
    with database.read() as session, pytest.raises(UnknownName, match="no document named 'd9'"):
        documents.get(session, "d9")
