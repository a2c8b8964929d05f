"""Who: actors, dyads and the scope of a series."""

import re
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

CORE_ACTORS = ("CHN", "IRN", "PRK", "RUS")
CORE_DYADS = tuple("-".join(pair) for pair in combinations(CORE_ACTORS, 2))
WORLD = "WORLD"

_ACTOR = re.compile(r"[A-Z]{3}")


def dyad(one: str, other: str) -> str:
    """Name a pair of actors: their codes in alphabetical order."""
    return "-".join(sorted((one, other)))


def actors_of(scope: str) -> tuple[str, ...]:
    """List the actors of a scope: two of a dyad, one of an actor, none of the world."""
    return () if scope == WORLD else tuple(scope.split("-"))


def check_actor(code: str) -> str:
    """Return an ISO 3166 alpha-3 code, or say what is wrong with it."""
    if not _ACTOR.fullmatch(code):
        raise ValueError(f"{code!r} is not a country code of three capital letters, such as CHN")
    return code


def check_dyad(name: str) -> str:
    """Return a dyad's name, or say what is wrong with it."""
    parts = name.split("-")
    if len(parts) != 2 or parts[0] == parts[1]:  # noqa: PLR2004  (two make a dyad)
        raise ValueError(f"{name!r} is not a dyad, such as CHN-RUS")
    for part in parts:
        check_actor(part)
    if name != dyad(*parts):
        raise ValueError(f"the actors of {name!r} stand in alphabetical order: {dyad(*parts)}")
    return name


def check_scope(name: str) -> str:
    """Return the name of a dyad, an actor or the world, or say what is wrong with it."""
    if name == WORLD:
        return name
    return check_dyad(name) if "-" in name else check_actor(name)


Actor = Annotated[
    str, AfterValidator(check_actor), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]
Dyad = Annotated[
    str,
    AfterValidator(check_dyad),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}-[A-Z]{3}$"}),
]
Scope = Annotated[str, AfterValidator(check_scope)]
