"""What an installed source accepts beside the fields that all sources share."""

from functools import cache

from pydantic import BaseModel

from forecaster import plugins
from forecaster.domain.errors import UnknownName

COLLECT_FIELDS = ("source", "schedule", "on_missed")
"""The fields of `collect:` that every source shares."""


class CannotLoad(Exception):
    """A source is installed, and yet cannot be used here."""


@cache
def options_of(source: str) -> type[BaseModel]:
    """Return the options that a source declares; `UnknownName` if nobody installed it.

    Looked up once: what is installed does not change under a running process.
    """
    try:
        options: type[BaseModel] = plugins.load("sources", source).Options  # type: ignore[attr-defined]  # the protocol lies a floor above
    except UnknownName:
        raise
    except Exception as error:  # a plug-in may fail in any way; the others go on
        message = f"the source {source!r} cannot be loaded ({type(error).__name__}: {error})"
        raise CannotLoad(f"{message}, so nothing can be collected from it") from error
    return options
