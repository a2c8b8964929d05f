"""Numbers as sources write them: with their own marks, missing in their own spellings."""

import math
import re
from typing import Literal, Self

from pydantic import Field, model_validator

from forecaster.domain.base import Frozen
from forecaster.domain.faults import Fault, refuse

_PLAIN = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
_LONGEST = 100


class NumberOptions(Frozen):
    """How the numbers of a source are written."""

    missing: tuple[str, ...] = Field(
        default=("", ".", "..", "NA", "N/A", "null"),
        description="spellings that stand for no value, beside JSON's null; NaN is refused "
        "unless it stands here",
    )
    thousands: Literal["", ",", ".", " ", "'"] = Field(
        default="", description="what parts the thousands, where the source writes it"
    )
    decimal: Literal[".", ","] = Field(default=".", description="what parts whole from fraction")
    scale: float = Field(default=1.0, description="by what each value is multiplied: 0.001")

    @model_validator(mode="after")
    def _tells_its_marks_apart(self) -> Self:
        if self.thousands == self.decimal:
            refuse(Fault(f"{self.decimal!r} cannot part both", ("thousands",)))
        if self.scale == 0:
            refuse(Fault("0 would make every value 0", ("scale",)))
        return self

    def number(self, given: object) -> float | None:
        """Read a value, scaled; none if it is missing; `ValueError` if it is no number."""
        if given is None or str(given).strip() in self.missing:
            return None
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            raise ValueError(  # noqa: TRY004  (what is wrong is the value)
                f"expected a number, found {given!r:.100}"
            )
        try:
            value = float(self._plain(given) if isinstance(given, str) else given) * self.scale
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise ValueError(
                f"{str(given)[:_LONGEST]} is not a finite number; "
                "if it stands for no value, name it under 'missing'"
            )
        return value

    def _plain(self, given: str) -> str:
        """Rewrite a number without thousands and with a point."""
        text = given.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-")
        if re.fullmatch(r"[+-]?(nan|inf(inity)?)", text, re.IGNORECASE):
            return text
        grouped = rf"[+-]?[0-9]{{1,3}}(?:{re.escape(self.thousands)}[0-9]{{3}})+(?![0-9])"
        if self.thousands and (found := re.match(grouped, text)):
            text = found[0].replace(self.thousands, "") + text[found.end() :]
        if self.decimal != ".":
            text = text.replace(".", "?").replace(self.decimal, ".")
        if not re.fullmatch(_PLAIN, text):
            raise ValueError(f"{given[:_LONGEST]!r} is no number{_advice(given)}")
        return text


def _advice(given: str) -> str:
    if re.fullmatch(r"\s*[+-]?[0-9]{1,3}([,.' \u00a0\u202f][0-9]{3})+.*", given):
        return "; if it has marks between its thousands, name them under 'thousands'"
    return "; if it stands for no value, name it under 'missing'"
