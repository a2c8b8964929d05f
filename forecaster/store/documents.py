"""Which raw documents were fetched, from where and when."""

from forecaster.domain.errors import UnknownName
from forecaster.domain.observation import Document
from forecaster.domain.run import Fetch
from forecaster.store.database import Session, insert_unless_there
from forecaster.store.tables import DocumentRow


def record(session: Session, document: Document) -> None:
    """Record a document, unless these very bytes were recorded before."""
    session.execute(insert_unless_there(session, DocumentRow), document.model_dump())


def as_fetched(session: Session, fetch: Fetch) -> Document:
    """Return a document as one answer gave it: the address and the moment are that answer's."""
    same_bytes = get(session, fetch.document)
    return same_bytes.model_copy(
        update={"url": fetch.url, "fetched_at": fetch.fetched_at, "status": fetch.status}
    )


def get(session: Session, digest: str) -> Document:
    """Return a document by its digest."""
    row = session.get(DocumentRow, digest)
    if row is None:
        raise UnknownName("document", digest, ())
    return Document.model_validate(row, from_attributes=True)
