"""A definition is rehearsed without the keys that it names: each stands for itself."""

from forecaster.collect.asking.given import Given
from forecaster.cycle.rehearsing import staged
from tests.collect.errands import NOW, define


def test_a_rehearsal_needs_no_key_of_the_installation() -> None:
    options = {"base_url": "https://x.example/{key:fred}", "feeds": ["english"]}
    definition = define("gdelt_events", options, for_each={"dyad": ["CHN-RUS"]})
    given = Given({})

    with staged(definition, given, now=NOW) as stage:
        run = stage.collect(NOW)

    assert given.asked
    assert all("{key:fred}" in url for url in given.asked)
    assert "needs the key" not in str(run.error)
