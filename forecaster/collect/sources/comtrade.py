"""Trade between two countries, from UN Comtrade: in the words of the one, or of the other."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from forecaster.collect.lists.comtrade import M49, Line, check_whole, read
from forecaster.collect.source import Batch, Errand
from forecaster.domain.actors import actors_of
from forecaster.domain.base import Frozen
from forecaster.domain.coverage import Grade, grade_of
from forecaster.domain.errors import SourceChanged
from forecaster.domain.for_each import fill
from forecaster.domain.indicator import Definition
from forecaster.domain.observation import Missing, Reading
from forecaster.domain.period import Frequency, Period

_ADDRESS = "https://comtradeapi.un.org"
_MOST_ROWS = 100_000  # of one answer to a key of the free kind
_MOST_ROWS_PREVIEW = 500
_PERIODS = 12  # of one request; the preview answers one at a time
_FREQUENCIES = MappingProxyType({Frequency.MONTH: "M", Frequency.YEAR: "A"})
_OPPOSITE = MappingProxyType({"X": "M", "M": "X"})

Code = Annotated[str, Field(pattern=r"^(TOTAL|[0-9]{2}|[0-9]{4}|[0-9]{6})$")]


class ComtradeOptions(Frozen):
    """Which trade is meant, and whose word is taken for it."""

    of: str = Field(
        default="{a}",
        pattern=r"^(\{a\}|\{b\}|[A-Z]{3})$",
        description="whose trade with the other of the dyad: {a}, {b} or a country of it",
    )
    measure: Literal["exports", "imports", "total"] = Field(
        default="exports", description="of that country to the other, from it, or both together"
    )
    mirror: Literal["auto", "reporter", "partner"] = Field(
        default="auto",
        description="whose word is taken: its own (reporter), the other's (partner), or for each "
        "period its own and in its absence the other's (auto)",
    )
    commodities: tuple[Code, ...] = Field(
        default=("TOTAL",), min_length=1, max_length=40, description='HS codes, quoted: "8542"'
    )
    periods: int = Field(
        default=24, ge=1, le=240, description="how many of the last periods are asked for anew"
    )
    preview: bool = Field(
        default=False, description="use the public preview, which needs no key: 500 rows at most"
    )
    pace_seconds: float = Field(default=2, ge=0, le=60, description="between two requests")
    base_url: str = Field(default=_ADDRESS, pattern=r"^https?://\S*[^/\s]$")

    @field_validator("commodities")
    @classmethod
    def _none_holds_another(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        for place, code in enumerate(codes):
            others = codes[:place] + codes[place + 1 :]
            if code in others or (others and code == "TOTAL"):
                raise ValueError(f"{code} is counted twice with the others")
            if whole := [other for other in others if code.startswith(other)]:
                raise ValueError(f"{code} is counted twice: it is a part of {whole[0]}")
        return codes

    @property
    def flows(self) -> tuple[str, ...]:
        """List the directions as the country itself would report them."""
        return {"exports": ("X",), "imports": ("M",), "total": ("X", "M")}[self.measure]

    @property
    def headers(self) -> Mapping[str, str]:
        """Return what is sent beside the address; the key is filled in when it is sent."""
        return {} if self.preview else {"Ocp-Apim-Subscription-Key": "{key:comtrade}"}


@dataclass(frozen=True)
class _Pair:
    """Whose trade is meant, and with whom, as codes."""

    scope: str
    own: int
    other: int


@dataclass(frozen=True)
class Comtrade:
    """Gives the value of trade by month or year, in US dollars.

    Exports are valued free on board, imports with freight and insurance: what the one reports as
    an export, the other reports higher. So one period's value is never made of both sides' words;
    `details` say who reported it, and a mirrored one is graded partial.
    """

    Options: ClassVar = ComtradeOptions
    shipped: ClassVar = False
    options: ComtradeOptions

    def collect(self, errand: Errand) -> Iterator[Batch]:
        """Give the periods that are asked for, request by request."""
        definition = errand.definition
        if definition.frequency not in _FREQUENCIES:
            said = f"UN Comtrade reports by month or year, not by {definition.frequency}"
            raise SourceChanged(f"{definition.id}: {said}")
        size = 1 if self.options.preview else _PERIODS
        wanted = self._periods(errand)
        parts = [wanted[start : start + size] for start in range(0, len(wanted), size)]
        asked = [(self._pair(scope), part) for scope in definition.scopes for part in parts]
        if not asked:
            yield Batch(done=0, total=0)
        for done, (pair, periods) in enumerate(asked, start=1):
            url = self._url(definition, pair, periods)
            fetched = errand.fetch.get(
                url,
                headers=self.options.headers,
                pace=timedelta(seconds=self.options.pace_seconds),
                verify=partial(check_whole, name=url),
            )
            answer = read(fetched.body, url, self._most_rows)
            yield Batch(
                readings=tuple(self._readings(errand, pair, periods, answer.values)),
                document=fetched.document,
                rows=answer.rows,
                fields=answer.fields or None,  # no row, no field: that is no news
                done=done,
                total=len(asked),
            )

    @property
    def _most_rows(self) -> int:
        return _MOST_ROWS_PREVIEW if self.options.preview else _MOST_ROWS

    def _pair(self, scope: str) -> _Pair:
        actors = actors_of(scope)
        of = fill(self.options.of, scope)
        others = [actor for actor in actors if actor != of]
        if of not in actors or len(others) != 1:
            raise SourceChanged(f"{scope} is no dyad of {of}: trade needs two countries")
        for code in (of, others[0]):
            if code not in M49:
                raise SourceChanged(f"{code} has no M49 code here; known: {', '.join(M49)}")
        return _Pair(scope, M49[of], M49[others[0]])

    def _periods(self, errand: Errand) -> list[Period]:
        """List the periods that are over: those of the window, or the last ones."""
        frequency = errand.definition.frequency
        running = Period.containing(errand.now.date(), frequency)
        first = running.shift(-self.options.periods)
        if errand.window is None:
            return list(first.through(running.shift(-1)))
        since, until = errand.window
        last = Period.containing((until - timedelta(microseconds=1)).date(), frequency)
        first = Period.containing(since.date(), frequency)
        return [period for period in first.through(last) if period.ordinal < running.ordinal]

    def _url(self, definition: Definition, pair: _Pair, periods: Sequence[Period]) -> str:
        """Ask for totals over all customs procedures, means of transport and second partners."""
        kind = _FREQUENCIES[definition.frequency]
        path = "public/v1/preview" if self.options.preview else "data/v1/get"
        own, mirrored = f"{pair.own}", f"{pair.other}"
        reporters = {"reporter": own, "partner": mirrored, "auto": f"{own},{mirrored}"}
        partners = {"reporter": mirrored, "partner": own, "auto": f"{own},{mirrored}"}
        query = {
            "reporterCode": reporters[self.options.mirror],
            "partnerCode": partners[self.options.mirror],
            "period": ",".join(_name(period) for period in periods),
            "cmdCode": ",".join(self.options.commodities),
            "flowCode": "M,X",
            "partner2Code": "0",
            "customsCode": "C00",
            "motCode": "0",
        }
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return f"{self.options.base_url}/{path}/C/{kind}/HS?{asked}"

    def _readings(
        self,
        errand: Errand,
        pair: _Pair,
        periods: Sequence[Period],
        values: Mapping[Line, float],
    ) -> Iterator[Reading]:
        """Value each period; one that nobody reports is missing once its release is past."""
        definition = errand.definition
        known = {_name(period) for period in periods} | set(self.options.commodities)
        stray = sorted({name for line in values for name in (line.period, line.code)} - known)
        if stray:
            raise SourceChanged(f"UN Comtrade answered for {', '.join(stray)}: nobody asked")
        for period in periods:
            grade = grade_of(period, definition.coverage) if definition.coverage else Grade.FULL
            if grade is None:
                continue
            found = self._valued(pair, period, grade, values)
            if found is not None:
                yield found
            elif definition.known_at(period) <= errand.now:
                yield Reading(
                    scope=pair.scope, period=period, missing=Missing.NOT_REPORTED, grade=grade
                )

    def _valued(
        self, pair: _Pair, period: Period, grade: Grade, values: Mapping[Line, float]
    ) -> Reading | None:
        """Take the word of the first side that reports anything of a period; none if none does."""
        flows = self.options.flows
        own = _said(values, period, (pair.own, pair.other), flows)
        if own and self.options.mirror != "partner":
            return _reading(pair, period, own, grade if len(own) == len(flows) else Grade.PARTIAL)
        opposite = tuple(_OPPOSITE[flow] for flow in flows)
        mirrored = _said(values, period, (pair.other, pair.own), opposite)
        if mirrored and self.options.mirror != "reporter":
            return _reading(pair, period, mirrored, Grade.PARTIAL)
        return None


Said = Mapping[str, Sequence[tuple[Line, float]]]
"""Flow → the lines that one side reports of it."""


def _said(
    values: Mapping[Line, float], period: Period, sides: tuple[int, int], flows: Sequence[str]
) -> Said:
    """Find what the first side reports of its trade with the other in a period, by flow."""
    lines = {
        flow: [
            (line, value)
            for line, value in values.items()
            if line[:4] == (_name(period), *sides, flow)
        ]
        for flow in flows
    }
    return {flow: found for flow, found in lines.items() if found}


def _reading(pair: _Pair, period: Period, said: Said, grade: Grade) -> Reading:
    """Add up one side's lines; of a flow without any, nothing is counted and partial is said."""
    amounts = {flow: math.fsum(value for _, value in found) for flow, found in said.items()}
    first, *_ = next(iter(said.values()))
    return Reading(
        scope=pair.scope,
        period=period,
        value=math.fsum(amounts.values()),
        grade=grade,
        details={
            "reporter": first[0].reporter,
            "rows": sum(map(len, said.values())),
            "fob_usd": amounts.get("X", 0.0),
            "cif_usd": amounts.get("M", 0.0),
        },
    )


def _name(period: Period) -> str:
    return f"{period.start:%Y%m}" if period.frequency is Frequency.MONTH else f"{period.start:%Y}"
