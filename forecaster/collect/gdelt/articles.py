"""Articles on the web: whose site they are on, and which are copies of one another."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

_LONGEST = 200
_TELLING = 5  # words: fewer are a section's name or a stock phrase, not a headline
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDING = re.compile(r"\.[a-z]{1,5}$")
_DASHES = "|\N{EN DASH}\N{EM DASH}-"
_SITE_NAME = re.compile(rf"\s[{_DASHES}]\s[^{_DASHES}]{{2,40}}$")
_SECOND_LEVEL = frozenset(
    ("ac", "co", "com", "edu", "gob", "gouv", "gov", "govt", "go", "mil", "ne", "net", "or", "org")
)


def outlet(url: str) -> str:
    """Name the site of an article, as it is registered: `bbc.co.uk` of `https://m.bbc.co.uk/x`."""
    host = (_split(url).hostname or url).casefold()[:_LONGEST]
    labels = host.rstrip(".").split(".")
    country = len(labels[-1]) == len("uk") and len(labels) > 1 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if country else labels[-2:]) if " " not in host else host


def address(url: str) -> str:
    """Return an address as it is compared: without its scheme, `www.`, port and last slash."""
    parts = _split(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}".rstrip("?") if host else url


def headline(url: str) -> str:
    """Return what copies of an article share: the words of its headline in the address.

    The part of the path with the most words, without numbers and case, if it has five or more: a
    syndicated article bears it on every site. Else the address itself.
    """
    parts = unquote(_split(url).path).casefold().split("/")
    words = max((_WORD.findall(_ENDING.sub("", part)) for part in parts), key=len)
    return "-".join(words) if len(words) >= _TELLING else address(url)


def title_words(title: str, url: str) -> str:
    """Return what copies of an article share: the words of its title, else its address.

    Case, signs, runs of space and the site's name at the end do not count; a title of fewer than
    five words is too common to tell articles apart.
    """
    words = _WORD.findall(_SITE_NAME.sub("", title).casefold())
    return " ".join(words) if len(words) >= _TELLING else address(url)


def text_of(cell: bytes, longest: int | None = None) -> str:
    """Make text of bytes that may be no UTF-8, less the one character that no database keeps."""
    return cell.decode(errors="replace").replace("\0", "")[:longest]


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # such as an unfinished IPv6 address: then it is a text like any other
        return SplitResult("", "", url, "", "")
