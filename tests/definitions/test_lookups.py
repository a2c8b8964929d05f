"""Lookups: what names stand for, root over root; a broken file takes no good one down."""

from pathlib import Path

import pytest

from forecaster.collect.feeds.options import FeedOptions
from forecaster.definitions.load import load_catalogue
from forecaster.definitions.lookups import KeptLookups, is_lookup, load_lookups, read_lookup
from forecaster.definitions.shipped import shipped_root
from forecaster.domain.errors import DefinitionsRefused, UnknownName

FEED = "{url: https://tass.example/rss, publisher: TASS}"


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return write(tmp_path / "shipped", actors="CHN: [China, PRC]\nRUS: [Russia]\n")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def write(root: Path, **files: str) -> Path:
    (root / "lookups").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / "lookups" / f"{name}.yml").write_text(text)
    return root


def said(*roots: Path) -> list[str]:
    problems = load_lookups(roots).problems
    return [f"{Path(p.file).name}:{p.line}:{p.column}: {p.message}" for p in problems]


def test_names_stand_for_actors_whatever_their_case(shipped: Path) -> None:
    lookups = load_lookups((shipped,)).lookups
    assert lookups.actor("CHINA") == "CHN"
    assert lookups.names_of("CHN") == ("china", "prc")


def test_words_tell_of_an_actor_and_are_no_names_of_it(shipped: Path) -> None:
    lookups = load_lookups((write(shipped, words="CHN: [Beijing, China]\n"),)).lookups
    assert lookups.words_of("CHN") == ("china", "prc", "beijing")
    with pytest.raises(UnknownName):
        lookups.actor("Beijing")


def test_feeds_have_addresses(shipped: Path) -> None:
    lookups = load_lookups((write(shipped, feeds=f"tass: {FEED}\n"),)).lookups
    assert lookups.feed("tass") == "https://tass.example/rss"


def test_a_later_root_adds_names_and_takes_over_those_it_repeats(shipped: Path, own: Path) -> None:
    write(own, actors="TWN: [PRC]\nIRN: [Iran]\n")
    lookups = load_lookups((shipped, own)).lookups
    assert lookups.actors == {"china": "CHN", "prc": "TWN", "russia": "RUS", "iran": "IRN"}


def test_without_files_nothing_is_known_and_nothing_is_wrong(own: Path) -> None:
    loaded = load_lookups((own, own / "nowhere"))
    assert (loaded.lookups.actors, loaded.problems) == ({}, ())


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "actors",
            "CHN: [China]\nRUS: [Russia, CHINA]\n",
            "2:15: 'CHINA' stands for CHN already; a name stands for one alone",
        ),
        ("actors", "chn: [China]\n", "1:6: 'chn' is not a country code"),
        ("actors", "CHN: China\n", "1:6: expected a list, found 'China'"),
        ("actors", "CHN: [1]\n", "1:7: expected text, found the number 1; put it in quotes"),
        ("actors", 'CHN: [""]\n', "1:7: expected 1 or more characters, found ''"),
        ("actors", "CHN: [a]\nCHN: [b]\n", "2:1: 'CHN' stands twice; first on line 1"),
        ("actors", "- China\n", "1:1: expected lines such as 'CHN: [China]', found a list of 1"),
        ("actors", "", "1:1: the file is empty"),
        ("actors", "CHN: [China\n", "not valid YAML"),
        ("words", "CHN: [Korean]\nPRK: [korean]\n", "2:7: 'korean' stands for CHN already"),
        ("feeds", "tass: {url: https://x.example/}\n", "1:7: 'tass' needs 'publisher'"),
        ("feeds", "tass: {url: ftp://x, publisher: x}\n", "1:13: expected text of the form"),
        (
            "feeds",
            "tass: {url: https://x.example/, publisher: x, pubisher: y}\n",
            "1:47: 'pubisher' is not a field of 'tass'",
        ),
        ("feeds", f"TASS: {FEED}\n", "1:7: expected text of the form"),
        ("actor", "CHN: [China]\n", "1:1: no lookup is named 'actor'; did you mean 'actors'?"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    own: Path, name: str, text: str, message: str
) -> None:
    [problem] = said(write(own, **{name: text}))
    assert problem.startswith(f"{name}.yml:")
    assert message in problem


def test_two_files_of_one_lookup_are_a_problem(shipped: Path) -> None:
    (shipped / "lookups" / "actors.yaml").write_text("IRN: [Iran]\n")
    assert said(shipped) == ["actors.yml:1:1: actors.yaml holds the same lookup"]


def test_other_files_and_vanished_ones_are_passed_over(shipped: Path) -> None:
    for name in ("README.md", ".actors.yml", "actors.yml~"):
        (shipped / "lookups" / name).write_text("CHN: 1")
    (shipped / "lookups" / "feeds.yml").symlink_to(shipped / "lookups" / "gone.yml")
    assert said(shipped) == []


def test_a_link_out_of_the_directory_is_not_followed(shipped: Path, own: Path) -> None:
    write(own)
    (own / "lookups" / "actors.yml").symlink_to(shipped / "lookups" / "actors.yml")
    [problem] = said(own)
    assert "a link that leads out of the directory is not followed" in problem


def test_a_broken_file_takes_no_other_down(shipped: Path, own: Path) -> None:
    write(own, actors="IRN: Iran\n", feeds=f"tass: {FEED}\n")
    lookups = load_lookups((shipped, own)).lookups
    assert lookups.actor("China") == "CHN"
    assert lookups.feed("tass")


def test_a_file_that_breaks_counts_as_it_last_was_until_it_is_mended_or_deleted(
    shipped: Path, own: Path
) -> None:
    kept = KeptLookups((shipped, write(own, actors="IRN: [Iran]\n")))
    assert kept().actor("Iran") == "IRN"

    write(own, actors="IRN: [Iran\n")
    assert kept().actor("Iran") == "IRN"

    write(own, actors="IRN: [Persia]\n")
    assert kept().actors == {"china": "CHN", "prc": "CHN", "russia": "RUS", "persia": "IRN"}

    (own / "lookups" / "actors.yml").unlink()
    assert "persia" not in kept().actors


def test_one_file_can_be_read_alone(shipped: Path) -> None:
    path = shipped / "lookups" / "actors.yml"
    assert is_lookup(path)
    assert not is_lookup(shipped / "china.yml")
    assert read_lookup(path)["prc"] == "CHN"
    path.write_text("CHN: [a]\nRUS: [a]\n")
    with pytest.raises(DefinitionsRefused, match=r"actors\.yml:2:7: 'a' stands for CHN"):
        read_lookup(path)


def test_the_shipped_lookups_know_the_names_of_the_united_nations() -> None:
    loaded = load_lookups((shipped_root(),))
    assert loaded.problems == ()
    names = {
        "IRAN (ISLAMIC REPUBLIC OF)": "IRN",
        "DEMOCRATIC PEOPLE'S REPUBLIC OF KOREA": "PRK",
        "REPUBLIC OF KOREA": "KOR",
        "RUSSIAN FEDERATION": "RUS",
        "USSR": "RUS",
        "TÜRKİYE": "TUR",
        "VIET NAM": "VNM",
        "UNITED STATES": "USA",
    }
    assert {name: loaded.lookups.actor(name) for name in names} == names


def test_no_shipped_word_is_a_name_of_another_actor() -> None:
    lookups = load_lookups((shipped_root(),)).lookups
    for word, code in lookups.words.items():
        assert lookups.actors.get(word, code) == code, word


def test_every_feed_that_a_shipped_definition_names_is_declared() -> None:
    lookups = load_lookups((shipped_root(),)).lookups
    named = {
        feed
        for definition in load_catalogue([shipped_root()]).catalogue
        if definition.collect is not None and definition.collect.source == "feed"
        for feed in FeedOptions.model_validate(dict(definition.collect.options)).named
    }
    assert named
    for feed in named:
        assert feed.url or lookups.feed(feed.name)
