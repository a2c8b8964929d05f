"""What makes two addresses the same item."""

import pytest

from forecaster.collect.feeds.identity import canonical


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://www.Example.org/a/", "example.org/a"),
        ("http://example.org/a?b=2&a=1#top", "example.org/a?a=1&b=2"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=z", "example.org/a?id=7"),
        ("https://[broken/a", "https://[broken/a"),
        ("news/1", "news/1"),
    ],
)
def test_copies_of_an_address_are_one(address: str, plain: str) -> None:
    assert canonical(address) == plain
