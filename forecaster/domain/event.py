"""A dated act in the ledger, and the rubric that every row must keep."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from forecaster.domain.actors import CORE_ACTORS, Actor
from forecaster.domain.base import Frozen, midnight
from forecaster.domain.release import Release

CATEGORIES: dict[str, frozenset[str]] = {
    "display": frozenset({
        "anniversary", "joint_statement", "leader_visit", "ministerial_visit", "parade",
        "summit", "treaty_signing",
    }),
    "operational": frozenset({
        "arms_transfer", "dual_use_supply", "energy_deal_executed", "intelligence_sharing",
        "joint_exercise", "joint_patrol", "mutual_defence_activation",
        "sanctions_evasion_mechanism", "technology_transfer", "troop_deployment",
    }),
    "crack": frozenset({
        "border_or_trade_dispute", "no_support_in_crisis", "public_criticism",
        "sanctions_compliance", "vote_divergence",
    }),
    "hedging": frozenset({"arms_purchase", "attendance", "energy_purchases", "membership"}),
    "posture": frozenset({"sanctions", "strike", "summit", "talks"}),
    "crisis": frozenset({"crisis"}),
}  # fmt: skip
"""Kind of an event → its categories."""


class Confidence(StrEnum):
    """How well an event is sourced."""

    HIGH = "high"  # two or more independent sources, or an official record
    MEDIUM = "medium"  # one reputable source
    LOW = "low"  # claimed, contested or thinly sourced


class Event(Frozen):
    """One dated act among the actors, coded by the rubric of the ledger's README."""

    id: str = Field(pattern=r"^\d{4}-\d{2}(-\d{2})?-[a-z0-9-]+$", max_length=120)
    start: date
    end: date
    date_precision: Literal["day", "month"]
    actors: tuple[Actor, ...] = Field(min_length=1)
    others: tuple[Actor, ...] = ()
    kind: Literal["display", "operational", "crack", "hedging", "posture", "crisis"]
    category: str
    summary: str = Field(min_length=1, max_length=200)
    intensity: int = Field(ge=1, le=5)
    confidence: Confidence
    sources: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _keeps_the_rubric(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"ends on {self.end}, before it starts on {self.start}")
        known = CATEGORIES[self.kind]
        if self.category not in known:
            raise ValueError(
                f"category {self.category!r} is not one of {self.kind}: {', '.join(sorted(known))}"
            )
        strangers = sorted(set(self.actors) - set(CORE_ACTORS))
        if strangers:
            raise ValueError(
                f"actors are {', '.join(CORE_ACTORS)}; {', '.join(strangers)} belong in 'others'"
            )
        if self.kind in {"display", "operational"} and len(self.actors) < 2:  # noqa: PLR2004  (a dyad)
            raise ValueError(f"a {self.kind} event has two or more actors")
        return self

    def known_at(self, release: Release) -> datetime:
        """Return when the world could know the act: a release after its last day ended."""
        return release.moment(midnight(self.end + timedelta(days=1)))
