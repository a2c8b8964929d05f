"""Which series one file stands for: one per dyad, or one per actor."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from forecaster.domain.actors import CORE_DYADS, Actor, Dyad, actors_of
from forecaster.domain.base import Frozen


class ForEach(Frozen):
    """Which series one file stands for: one per dyad, or one per actor."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["dyad"]}, {"required": ["actor"]}]}
    )

    dyad: Literal["all"] | tuple[Dyad, ...] | None = Field(
        default=None, description="'all' six core dyads, or a list such as [CHN-IND, IND-RUS]"
    )
    actor: tuple[Actor, ...] | None = Field(
        default=None, description="a list of countries such as [CHN, RUS]"
    )

    @model_validator(mode="after")
    def _names_one_kind(self) -> Self:
        if (self.dyad is None) == (self.actor is None):
            raise ValueError("name either dyads or actors: {dyad: all} or {actor: [CHN, RUS]}")
        if len(set(self.scopes)) < len(self.scopes) or not self.scopes:
            raise ValueError("name at least one scope, and each only once")
        return self

    @property
    def scopes(self) -> tuple[str, ...]:
        """List the scopes in the order in which they were declared."""
        if self.dyad == "all":
            return CORE_DYADS
        return self.dyad or self.actor or ()

    @property
    def placeholders(self) -> tuple[str, ...]:
        """List what a title or an option may hold for each scope to fill."""
        return ("a", "b", "dyad") if self.dyad else ("actor",)


def fill(text: str, scope: str) -> str:
    """Put a scope's names in the place of `{a}`, `{b}`, `{dyad}` and `{actor}`."""
    actors = actors_of(scope)
    names = {"dyad": scope, "actor": scope, "a": actors[0] if actors else scope}
    names["b"] = actors[-1] if actors else scope
    for name, value in names.items():
        text = text.replace("{" + name + "}", value)
    return text
