"""A test that stands in a definition's own file: what is given, and what must come of it."""

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from forecaster.domain.actors import Scope
from forecaster.domain.alert import AlertStatus
from forecaster.domain.base import Frozen, Utc, midnight
from forecaster.domain.errors import did_you_mean
from forecaster.domain.faults import Fault, refuse
from forecaster.domain.observation import Missing
from forecaster.domain.run import RunStatus

_FILE = re.compile(r"(ledger|history|tables|lookups)(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_KINDS = ("documents", "files", "probabilities", "values", "series")
_OF_A_RUN = {"documents", "files"}
_OF_ALERTS = {"probabilities", "values"}

Moment = date | Utc
Level = Annotated[float, Field(ge=0, le=1)]


class Reply(Frozen):
    """What an address answers once."""

    text: str | None = Field(default=None, description="the body, sent as UTF-8")
    base64: str | None = Field(default=None, description="the body, where it is no text")
    zip: Mapping[str, str] | None = Field(
        default=None, description="the body, an archive: name → text"
    )
    status: int = Field(default=200, ge=100, le=599, description="of HTTP")
    headers: Mapping[str, str] = Field(default={}, description="such as Content-Type")

    @field_validator("base64")
    @classmethod
    def _decodes(cls, encoded: str | None) -> str | None:
        try:
            base64.b64decode("".join((encoded or "").split()), validate=True)
        except binascii.Error as error:
            raise ValueError(f"not base64: {error}") from error
        return encoded

    @model_validator(mode="after")
    def _has_one_body(self) -> Self:
        if sum(body is not None for body in (self.text, self.base64, self.zip)) > 1:
            raise ValueError("an answer has one body: 'text', 'base64' or 'zip'")
        return self

    @property
    def body(self) -> bytes:
        """Return the bytes that are sent."""
        if self.base64 is not None:
            return base64.b64decode("".join(self.base64.split()))
        if self.zip is None:
            return (self.text or "").encode()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.zip.items():
                archive.writestr(zipfile.ZipInfo(name), text)
        return packed.getvalue()


class Given(Frozen):
    """What a test begins with: what a source answers, files, or what the alerts are shown."""

    documents: Mapping[str, str | Reply | tuple[str | Reply, ...]] | None = Field(
        default=None,
        description="address, in which * stands for anything → its answer; or several, in order",
    )
    files: Mapping[str, str] | None = Field(
        default=None, description="path under a directory of definitions → content"
    )
    probabilities: Mapping[str, tuple[Level | None, ...]] | None = Field(
        default=None, description="threshold → its probability in issue after issue"
    )
    values: tuple[float | None, ...] | None = Field(
        default=None, description="the last value at issue after issue"
    )
    series: Mapping[str, Mapping[date, float | None]] | None = Field(
        default=None,
        description="indicator, or indicator/SCOPE → first day of a period → value; it stands for "
        "the periods up to the next day that is named",
    )

    @field_validator("files")
    @classmethod
    def _files_lie_where_files_are_read(
        cls, files: Mapping[str, str] | None
    ) -> Mapping[str, str] | None:
        refuse(
            *(
                Fault(f"expected a path such as 'ledger/events.csv', found {name[:60]!r}", (name,))
                for name in files or ()
                if not _FILE.fullmatch(name)
            )
        )
        return files

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        kinds = {name for name in _KINDS if getattr(self, name) is not None}
        if not kinds or not any(kinds <= each for each in (_OF_A_RUN, _OF_ALERTS, {"series"})):
            raise ValueError(
                "a test is given 'documents' and 'files', or 'probabilities' and 'values', "
                "or 'series'"
            )
        return self

    @property
    def kind(self) -> Literal["run", "alerts", "series"]:
        """Say what is tried with it."""
        if self.series is not None:
            return "series"
        is_of_alerts = self.probabilities is not None or self.values is not None
        return "alerts" if is_of_alerts else "run"

    @property
    def replies(self) -> dict[str, tuple[Reply, ...]]:
        """Return the answers of every pattern, in the order in which they are given."""
        return {
            pattern: tuple(
                Reply(text=each) if isinstance(each, str) else each
                for each in (said if isinstance(said, tuple) else (said,))
            )
            for pattern, said in (self.documents or {}).items()
        }


class Expected(Frozen):
    """One period that must be known when the test has run."""

    scope: Scope | None = Field(default=None, description="without it: the only scope there is")
    period: date = Field(description="a day of the period, such as its first")
    value: float | None = None
    missing: Missing | None = None
    doubtful: bool | None = Field(default=None, description="whether the value is marked so")
    base: float | None = Field(default=None, alias="n", description="size of a share's base")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.value is None) == (self.missing is None):
            raise ValueError("expect either a 'value' or why it is 'missing'")
        return self


class Expectation(Frozen):
    """What must come of a test."""

    observations: tuple[Expected, ...] | None = Field(
        default=None, description="what must be known, each exactly so"
    )
    only: bool = Field(default=False, description="and nothing else has a value")
    status: RunStatus = Field(default=RunStatus.OK, description="how the last run ends")
    error: str | None = Field(default=None, description="words that its error must hold")
    alerts: Mapping[str, AlertStatus] | None = Field(
        default=None, description="alert → where it stands after the last issue"
    )


class Example(Frozen):
    """One test of a definition, in its own file."""

    name: str = Field(default="", max_length=120, description="what it shows")
    now: Moment | tuple[Moment, ...] | None = Field(
        default=None,
        description="when the run takes place, or several in order; "
        "without it: once the last expected period is known",
    )
    window: tuple[Moment, Moment] | None = Field(
        default=None, description="a backfill from one moment up to, but not at, another"
    )
    given: Given
    expect: Expectation

    @model_validator(mode="after")
    def _expects_what_can_come_of_it(self) -> Self:
        wanted = "alerts" if self.given.kind == "alerts" else "observations"
        other = "observations" if wanted == "alerts" else "alerts"
        refuse(
            Fault(f"what is given says nothing of {other}", ("expect", other))
            if getattr(self.expect, other) is not None
            else None,
            Fault(f"expect {wanted!r} of what is given", ("expect",))
            if getattr(self.expect, wanted) is None and self.expect.status is RunStatus.OK
            else None,
            *self._faults_of_time(),
        )
        return self

    def _faults_of_time(self) -> list[Fault]:
        faults = []
        if self.now is None and self.given.kind == "run" and not self.expect.observations:
            faults.append(Fault("say 'now': no expected period tells when the run takes place"))
        moments = self.moments
        if list(moments) != sorted(moments):
            faults.append(Fault("the moments of 'now' follow one another", ("now",)))
        if self.span is not None and self.span[0] >= self.span[1]:
            faults.append(Fault("the window ends before it begins", ("window",)))
        return faults

    def strangers(
        self,
        *,
        scopes: Sequence[str] | None,
        thresholds: Sequence[str] | None,
        alerts: Sequence[str] | None,
    ) -> list[Fault]:
        """Find what it names and its definition does not; what is none is not known either."""
        expected = self.expect.observations or ()
        named = [
            *_unknown(
                "threshold", self.given.probabilities, thresholds, ("given", "probabilities")
            ),
            *_unknown("alert", self.expect.alerts, alerts, ("expect", "alerts")),
        ]
        for place, each in enumerate(expected if scopes is not None else ()):
            at = ("expect", "observations", place)
            if each.scope is None and len(scopes or ()) > 1:
                named.append(Fault(f"say which 'scope': one of {', '.join(scopes or ())}", at))
            elif each.scope is not None:
                named += _unknown("scope", {each.scope: 0}, scopes, at, "scope")
        return named

    @property
    def moments(self) -> tuple[datetime, ...]:
        """List when the runs take place, as far as the test says so."""
        if self.now is None:
            return ()
        return tuple(_moment(each) for each in _as_tuple(self.now))

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Return the window of a backfill, if it is one."""
        return (_moment(self.window[0]), _moment(self.window[1])) if self.window else None


def _unknown(
    kind: str,
    named: Mapping[str, object] | None,
    known: Sequence[str] | None,
    at: tuple[str | int, ...],
    field: str | None = None,
) -> list[Fault]:
    return [
        Fault(
            f"no {kind} named {name!r}{did_you_mean(name, known) or '; the definition has none'}",
            (*at, field or name),
        )
        for name in named or ()
        if known is not None and name not in known
    ]


def _as_tuple(now: Moment | tuple[Moment, ...]) -> tuple[Moment, ...]:
    return now if isinstance(now, tuple) else (now,)


def _moment(given: Moment) -> datetime:
    return given if isinstance(given, datetime) else midnight(given)
