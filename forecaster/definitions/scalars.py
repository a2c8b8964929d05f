"""Plain YAML scalars by the core schema of YAML 1.2, minus what readers would disagree about.

`NO`, `yes`, `1_000`, `12:30:00` and `2024-01-01` are text. Numbers are decimal; `010`, which is
ten to some readers and eight to others, is refused, and so is a number that is not finite.
"""

import math
import re

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_LONGEST = 40

Scalar = str | int | float | bool | None


def read_plain(text: str) -> Scalar:
    """Return what an unquoted scalar means; `ValueError` says what should stand instead."""
    if text in _NULL:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _LEADING_ZERO.fullmatch(text):
        plain = ("-" if text[0] == "-" else "") + (text.lstrip("-+0") or "0")
        raise ValueError(
            f"{text[:_LONGEST]} is ambiguous; write {plain[:_LONGEST]}, "
            f"or '{text[:_LONGEST]}' in quotes if it is text"
        )
    if _OTHER_BASE.fullmatch(text):
        raise ValueError(f"{text[:_LONGEST]}: write the number in decimal, or text in quotes")
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a finite number; write text in quotes")
    if _FLOAT.fullmatch(text):
        return _number(text)
    return text


def _number(text: str) -> int | float:
    if len(text) > _LONGEST:
        raise ValueError(f"a number of {len(text)} characters; at most {_LONGEST} are read")
    number = int(text) if _INTEGER.fullmatch(text) else float(text)
    if not math.isfinite(number) or abs(number) >= 2**63:
        raise ValueError(f"{text} is too large a number; write text in quotes")
    return number
