"""Where in its file a definition says a thing, so that what comes of it can be told there."""

from pathlib import Path

from forecaster.definitions.characters import decode
from forecaster.definitions.document import Document, read_document
from forecaster.definitions.problem import Mistake, Problem
from forecaster.domain.faults import Fault


def read_again(path: Path) -> Document:
    """Read the file of a definition that was found good, for the places of its values."""
    return read_document(decode(path.read_bytes()))


def problem_of(fault: Fault, document: Document, path: Path) -> Problem:
    """Tell a fault of a definition at the line and column of the value that it is about."""
    place = document.place(document.resolve(fault.at))
    return Mistake(place, fault.message).in_file(str(path))
