"""Bytes → text without anything that a reader cannot see or that breaks lines only for some."""

import re
import unicodedata

from forecaster.definitions.problem import Place, Unreadable

MAX_BYTES = 1_000_000

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls
    "\u2028\u2029"  # ends of lines, but only for some readers
    "\u202a-\u202e\u2066-\u2069"  # they turn the order of what is shown
    "\ud800-\udfff\ufeff\ufffe\uffff]"  # halves of characters, and none
)


def decode(content: bytes) -> str:
    """Read bytes as UTF-8, with or without a byte order mark."""
    if len(content) > MAX_BYTES:
        raise Unreadable(Place(1, 1), f"larger than {MAX_BYTES:,} bytes; a definition is short")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace")
        raise Unreadable(_place_after(before), "not UTF-8; save the file as UTF-8") from error


def check_text(text: str) -> None:
    """Refuse a text that is too long or holds a character that may not stand in a definition."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise Unreadable(Place(1, 1), f"larger than {MAX_BYTES:,} bytes; a definition is short")
    at = forbidden_in(text)
    if at is not None:
        raise Unreadable(_place_after(text[:at]), refusal_of(text[at]))


def forbidden_in(text: str) -> int | None:
    """Return where the first forbidden character stands, if there is one."""
    found = _FORBIDDEN.search(text)
    return found.start() if found else None


def refusal_of(character: str) -> str:
    """Name a character that may not stand in a definition."""
    name = unicodedata.name(character, "control character").lower()
    return f"U+{ord(character):04X} ({name}) may not stand in a definition"


def _place_after(text: str) -> Place:
    return Place(text.count("\n") + 1, len(text) - text.rfind("\n"))
