"""Names of plug-ins to plug-ins: sources, methods and channels, by entry-point group."""

from importlib.metadata import EntryPoints, entry_points

from forecaster.domain.errors import UnknownName

_KINDS = {"sources": "source", "methods": "method", "channels": "channel"}


def names(group: str) -> tuple[str, ...]:
    """List the installed names of a group, from metadata alone: nothing is imported."""
    return tuple(sorted(_installed(group).names))


def load(group: str, name: str) -> type:
    """Import the plug-in of that name; `UnknownName` lists the known ones."""
    installed = _installed(group)
    if name not in installed.names:
        raise UnknownName(_KINDS.get(group, group), name, installed.names)
    plugin: type = installed[name].load()
    return plugin


def _installed(group: str) -> EntryPoints:
    return entry_points(group=f"forecaster.{group}")
