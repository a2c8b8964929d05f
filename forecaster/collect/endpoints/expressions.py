"""JMESPath as definitions write it: refused early where it is wrong, harmless where it runs.

Two functions are ours: `zip(a, b, …)` makes rows of parallel lists, `from_json(text)` reads JSON
that a source has put into a string.
"""

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Protocol, cast

import jmespath
from jmespath import functions
from jmespath.exceptions import IncompleteExpressionError, LexerError, ParseError

from forecaster.domain.errors import SourceChanged

LONGEST = 500
_MOST_COPIES = 256
_MOST_KEYS = 20
# the copies of their input that these may add to those of others; to quote text may double it
_GROWING = {"zip": 1, "merge": 1, "join": 1, "to_string": 2}
_CHAINS = {"subexpression", "pipe", "index_expression", "projection", "flatten"}

Node = Mapping[str, Any]
# what an expression may do to data of another shape than its author had in mind
_FAILURES = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)
_signature = cast("Callable[..., Callable[..., Any]]", functions.signature)


class _Found(Protocol):
    parsed: Node

    def search(self, value: object, options: object) -> object: ...


class _Functions(functions.Functions):
    """The functions of JMESPath, and ours."""

    @_signature({"types": ["array"], "variadic": True})
    def _func_zip(self, *lists: object) -> list[list[object]]:
        if not all(isinstance(each, list) for each in lists):
            raise ValueError("zip() was given something that is no list")
        columns = cast("tuple[list[object], ...]", lists)
        if len({len(column) for column in columns}) > 1:
            lengths = ", ".join(str(len(column)) for column in columns)
            raise ValueError(f"zip() was given lists of different lengths: {lengths}")
        return [list(row) for row in zip(*columns, strict=True)]

    @_signature({"types": ["string"]})
    def _func_from_json(self, text: str) -> object:
        return json.loads(text)


_OPTIONS = jmespath.Options(custom_functions=_Functions())


def check(text: str) -> str:
    """Return an expression as it is, or say with `ValueError` what is wrong with it."""
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"an expression has 1 to {LONGEST} characters, not {len(text):,}")
    try:
        parsed = _compiled(text).parsed
        for node in _nodes(parsed):
            if node["type"] == "function_expression":
                _check_call(node)
        copies = _copies(parsed)
    except RecursionError:
        raise ValueError("the expression is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"not an expression of JMESPath: {_reason(error)}") from None
    if copies > _MOST_COPIES:
        raise ValueError(f"the expression would copy its input {copies:,} times")
    return text


def find(tree: object, text: str) -> object:
    """Return what an expression finds; `SourceChanged` where it cannot be applied."""
    try:
        return _compiled(text).search(tree, _OPTIONS)
    except _FAILURES as error:
        reason = str(error) or "the data are nested too deeply"
        raise SourceChanged(f"the expression {text!r} does not fit: {reason[:300]}") from error


def gap(tree: object, text: str) -> str:
    """Say what an expression came upon: where it leaves the data, or what it found there."""
    return absent(tree, text) or f"found {shown(find(tree, text))}"


def absent(tree: object, text: str) -> str | None:
    """Say at which name an expression leaves the data: the keys there, the nearest; else none."""
    for step in _steps(_compiled(text).parsed):
        if isinstance(step, str):
            while isinstance(tree, list) and tree:
                tree = tree[0]
            if not isinstance(tree, dict):
                return f"found {shown(tree)} where {step!r} was expected"
            if step not in tree:
                return f"there is no {step!r}, only {_keys(step, [str(key) for key in tree])}"
            tree = tree[step]
        elif not isinstance(tree, list) or not -len(tree) <= step < len(tree):
            return f"found {shown(tree)} where a list with an item {step} was expected"
        else:
            tree = tree[step]
    return None


def shown(value: object) -> str:
    """Show a value, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = f"a {type(value).__name__} that is nested deeply"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _reason(error: ValueError) -> str:
    """Say in one line what the parser found."""
    if isinstance(error, IncompleteExpressionError):
        return "it ends too early"
    if isinstance(error, LexerError):
        return f"{error.message} at character {error.lex_position + 1}"
    if isinstance(error, ParseError):
        return f"{error.token_value!r} at character {error.lex_position + 1} was not expected"
    return str(error)


@lru_cache(maxsize=1024)
def _compiled(text: str) -> _Found:
    with warnings.catch_warnings():
        warnings.simplefilter("error", PendingDeprecationWarning)
        try:
            return cast("_Found", jmespath.compile(text))
        except PendingDeprecationWarning:
            raise ValueError("what stands between ` is no JSON; text stands between '") from None


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in _children(node):
        yield from _nodes(child)


def _children(node: Node) -> list[Node]:
    """List the expressions within one; the ends of a slice are none."""
    return [child for child in node.get("children", ()) if isinstance(child, dict)]


def _check_call(node: Node) -> None:
    """Say what is wrong with the call of a function before there are data."""
    name, given = node["value"], len(node["children"])
    known: Mapping[str, Any] = _Functions.FUNCTION_TABLE
    if name not in known:
        raise ValueError(f"there is no function {name}(), only {_keys(name, sorted(known))}")
    expected = known[name]["signature"]
    variadic = bool(expected) and bool(expected[-1].get("variadic"))
    if given < len(expected) or (given > len(expected) and not variadic):
        at_least = "at least " if variadic else ""
        raise ValueError(f"{name}() takes {at_least}{len(expected)} arguments, not {given}")


def _copies(node: Node) -> int:
    """Bound how many copies of its input a node's result may hold: `[@, @] | [@, @]` has four."""
    inner = [_copies(child) for child in _children(node)]
    if node["type"] in {"multi_select_list", "multi_select_dict"}:
        return sum(inner)
    if node["type"] == "function_expression" and node["value"] in _GROWING:
        return sum(inner) * _GROWING[node["value"]]
    product = 1
    for copies in inner:
        product *= max(copies, 1)
    return product


def _steps(node: Node) -> Iterator[str | int]:
    """Walk along the names and places that lead into the data, as far as they are plain."""
    if node["type"] in {"field", "index"}:
        yield node["value"]
    elif node["type"] in _CHAINS:
        for child in node["children"]:
            yield from _steps(child)
            if child["type"] not in {*_CHAINS, "field", "index", "identity"}:
                return
    elif node["type"] == "filter_projection":
        yield from _steps(node["children"][0])


def _keys(name: str, keys: list[str]) -> str:
    more = ", …" if len(keys) > _MOST_KEYS else ""
    near = get_close_matches(name, keys, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return (", ".join(keys[:_MOST_KEYS]) or "nothing") + more + hint
