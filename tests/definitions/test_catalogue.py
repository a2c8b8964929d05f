"""Many files: each stands or falls alone, in one order, and none can crash the others."""

import os
from pathlib import Path

import pytest

from forecaster.definitions.load import load_catalogue, read_file
from forecaster.domain.errors import DefinitionsRefused


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    root = tmp_path / "shipped"
    root.mkdir()
    return root


@pytest.fixture
def own(tmp_path: Path) -> Path:
    root = tmp_path / "own"
    root.mkdir()
    return root


@pytest.fixture
def plain(good: str) -> str:
    """Return a definition without alerts, so that any number of files may hold it."""
    return "".join(
        line for line in good.splitlines(keepends=True) if not line.startswith("alerts")
    )


def ids(root: Path, *others: Path) -> list[str]:
    return [definition.id for definition in load_catalogue([root, *others]).catalogue]


def test_definitions_come_in_the_order_of_their_ids(shipped: Path, plain: str) -> None:
    for name in ("b.yml", "c.yaml", "a.yml"):
        (shipped / name).write_text(plain)

    assert ids(shipped) == ["a", "b", "c"]


def test_only_definitions_directly_in_the_root_are_read(shipped: Path, plain: str) -> None:
    (shipped / "ledger").mkdir()
    (shipped / "ledger" / "deep.yml").write_text(plain)
    for name in ("a.yml", "README.md", ".hidden.yml", "b.yml~", "c.json"):
        (shipped / name).write_text(plain)

    assert ids(shipped) == ["a"]


def test_a_broken_file_takes_no_other_down(shipped: Path, plain: str) -> None:
    (shipped / "a.yml").write_text(plain)
    (shipped / "b.yml").write_text(plain.replace("role", "rolle"))
    (shipped / "c.yml").write_bytes(b"title: \xff")

    loaded = load_catalogue([shipped])

    assert [definition.id for definition in loaded.catalogue] == ["a"]
    assert [str(problem).removeprefix(f"{shipped}/") for problem in loaded.problems] == [
        "b.yml:2:1: 'rolle' is not a field of an indicator; did you mean 'role'?",
        "c.yml:1:8: not UTF-8; save the file as UTF-8",
    ]
    assert loaded.refused == ("b", "c")
    assert loaded.complete


def test_a_later_root_overrides_by_id(shipped: Path, own: Path, plain: str) -> None:
    (shipped / "a.yml").write_text(plain)
    (shipped / "b.yml").write_text(plain)
    (own / "b.yaml").write_text(plain.replace("Joint", "Our"))

    loaded = load_catalogue([shipped, own])

    assert [definition.title.split()[0] for definition in loaded.catalogue] == ["Joint", "Our"]
    assert loaded.overridden == ("b",)
    assert loaded.sources == {"a": shipped / "a.yml", "b": own / "b.yaml"}


def test_a_broken_override_does_not_bring_the_overridden_back(
    shipped: Path, own: Path, plain: str
) -> None:
    (shipped / "a.yml").write_text(plain)
    (own / "a.yml").write_text("rolle: display")

    loaded = load_catalogue([shipped, own])

    assert loaded.catalogue == ()
    assert loaded.refused == ("a",)


def test_the_same_id_twice_in_one_root_is_a_problem(shipped: Path, plain: str) -> None:
    (shipped / "a.yaml").write_text(plain)
    (shipped / "a.yml").write_text(plain)

    loaded = load_catalogue([shipped])

    assert loaded.sources == {"a": shipped / "a.yaml"}
    assert [str(problem) for problem in loaded.problems] == [
        f"{shipped}/a.yml:1:1: a.yaml stands for the same indicator"
    ]


def test_an_alert_belongs_to_one_file_and_the_earlier_root_has_it(
    shipped: Path, own: Path, good: str
) -> None:
    (shipped / "z.yml").write_text(good)
    (own / "a.yml").write_text(good)

    loaded = load_catalogue([shipped, own])

    assert [definition.id for definition in loaded.catalogue] == ["z"]
    (problem,) = loaded.problems
    assert str(problem) == (
        f"{own}/a.yml:11:15: {shipped}/z.yml has an alert 'surge-likely' already; "
        "each needs an id of its own, over all files"
    )


def test_an_override_may_keep_its_alerts(shipped: Path, own: Path, good: str) -> None:
    (shipped / "a.yml").write_text(good)
    (own / "a.yml").write_text(good)

    assert load_catalogue([shipped, own]).problems == ()


def test_a_root_that_cannot_be_listed_is_a_problem(shipped: Path, plain: str) -> None:
    (shipped / "a.yml").write_text(plain)

    loaded = load_catalogue([shipped, shipped / "nowhere"])

    assert [definition.id for definition in loaded.catalogue] == ["a"]
    assert [problem.message for problem in loaded.problems] == [
        "cannot be listed: No such file or directory"
    ]
    assert not loaded.complete


def test_a_link_out_of_the_directory_is_not_followed(shipped: Path, own: Path, plain: str) -> None:
    (own / "secret.yml").write_text(plain)
    (shipped / "a.yml").symlink_to(own / "secret.yml")

    loaded = load_catalogue([shipped])

    assert loaded.catalogue == ()
    assert [problem.message for problem in loaded.problems] == [
        "a link that leads out of the directory is not followed"
    ]


def test_a_link_within_the_directory_is_followed(shipped: Path, plain: str) -> None:
    (shipped / "..data").mkdir()
    (shipped / "..data" / "a.yml").write_text(plain)
    (shipped / "a.yml").symlink_to(shipped / "..data" / "a.yml")

    assert ids(shipped) == ["a"]


def test_a_file_that_vanishes_while_being_read_is_as_good_as_deleted(
    shipped: Path, plain: str
) -> None:
    (shipped / "a.yml").write_text(plain)
    (shipped / "b.yml").symlink_to(shipped / "gone")

    loaded = load_catalogue([shipped])

    assert [definition.id for definition in loaded.catalogue] == ["a"]
    assert loaded.problems == ()


def test_what_is_no_file_is_a_problem(shipped: Path) -> None:
    (shipped / "a.yml").mkdir()
    os.mkfifo(shipped / "b.yml")
    (shipped / "c.yml").symlink_to(shipped / "c.yml")

    messages = [problem.message for problem in load_catalogue([shipped]).problems]

    assert messages[:2] == ["not a file", "not a file"]
    assert messages[2].startswith("cannot be read: ")


def test_a_half_written_file_is_refused(shipped: Path, good: str) -> None:
    (shipped / "a.yml").write_text(good[: len(good) // 2])

    loaded = load_catalogue([shipped])

    assert loaded.refused == ("a",)


def test_a_huge_file_is_not_read_to_its_end(shipped: Path) -> None:
    with (shipped / "a.yml").open("wb") as file:
        file.truncate(10**12)

    (problem,) = load_catalogue([shipped]).problems

    assert problem.message == "larger than 1,000,000 bytes; a definition is short"


def test_a_file_name_of_any_bytes_can_be_printed(shipped: Path, plain: str) -> None:
    Path(os.fsdecode(os.fsencode(shipped) + b"/\xff\n.yml")).write_text(plain)

    problems = load_catalogue([shipped]).problems

    assert problems
    assert "\n".join(map(str, problems)).encode()


def test_a_byte_order_mark_is_passed_over(shipped: Path, plain: str) -> None:
    (shipped / "a.yml").write_text(plain, encoding="utf-8-sig")
    (shipped / "b.yml").write_text(plain.replace("role", "rolle"), encoding="utf-8-sig")

    (problem,) = load_catalogue([shipped]).problems

    assert (problem.line, problem.column) == (2, 1)


def test_other_encodings_are_refused(shipped: Path, plain: str) -> None:
    (shipped / "a.yml").write_text(plain, encoding="utf-16")

    assert [problem.message for problem in load_catalogue([shipped]).problems] == [
        "not UTF-8; save the file as UTF-8"
    ]


def test_lines_may_end_as_on_windows(shipped: Path, plain: str) -> None:
    (shipped / "a.yml").write_text(plain.replace("\n", "\r\n"))

    assert ids(shipped) == ["a"]


def test_a_file_that_is_not_there_is_refused_by_name(shipped: Path) -> None:
    with pytest.raises(DefinitionsRefused, match=r"a\.yml:1:1: there is no such file"):
        read_file(shipped / "a.yml")
