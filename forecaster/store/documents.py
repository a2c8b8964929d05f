"""Which raw documents were fetched, from where and when."""

from forecaster.domain.errors import UnknownName
from forecaster.domain.observation import Document
from forecaster.store.database import Session, insert_unless_there
from forecaster.store.tables import DocumentRow


def record(session: Session, document: Document) -> None:
    """Record a document, unless these very bytes were recorded before."""
    session.execute(insert_unless_there(session, DocumentRow), document.model_dump())


def get(session: Session, digest: str) -> Document:
    """Return a document by its digest."""
    row = session.get(DocumentRow, digest)
    if row is None:
        raise UnknownName("document", digest, ())
    return Document.model_validate(row, from_attributes=True)
