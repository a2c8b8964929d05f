"""What no linter looks at: sizes, entry points, the top level, the pins, what must not leak."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

TOP_LEVEL = {
    *("pyproject.toml", "README.md", "forecaster", "indicators", "alembic.ini", "tests"),
    *("Dockerfile", ".dockerignore", "compose.yaml", "constraints.txt", "requirements.lock"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "docs", "bench"),
    *(".ci", ".pre-commit-config.yaml", ".gitignore", ".gitattributes"),
}
INDEX = re.compile(  # public package indexes, and the options that name another; not this pattern
    r"py[p]i\.org|python[h]osted|registry\.npm[j]s|deb\.debia[n]"
    r"|--(?:extra-)?index-ur[l]|--find-link[s]|--trusted-hos[t]|(?:PIP|UV)_[A-Z_]*(?:INDEX|LINKS)",
    re.IGNORECASE,
)
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bgithub_pat_\w{22}"
    r"|FORECASTER_(?:ADMIN|SECRETS)_KEY=[\w+/=-]{20,}"
)
WEBHOOK_SECRET = re.compile(r"\bwhsec_[A-Za-z0-9+/=]{24,}")
NEVER_TRACKED = {".key", ".pem", ".env", ".db", ".sqlite", ".p12"}
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)[^)]*\)")
PIN = re.compile(r"[a-z0-9-]+==[^\s;]+(?: ; .+)?")


def tracked() -> list[Path]:
    """List the files under version control; outside a clone, what lies under the known names."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listing = subprocess.run(
            [git, "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False
        )
        if listing.returncode == 0:
            names = (ROOT / name for name in listing.stdout.split("\0") if name)
            return [path for path in names if path.is_file()]
    return [
        path
        for name in sorted(TOP_LEVEL)
        for path in [ROOT / name, *(ROOT / name).rglob("*")]
        if path.is_file() and "__pycache__" not in path.parts
    ]


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        yield path.relative_to(ROOT).as_posix(), path.read_text(errors="replace")


def lines(name: str) -> list[str]:
    """Return what a file of pins says, without its comments and hashes."""
    text = (ROOT / name).read_text().splitlines()
    return [line.removesuffix(" \\") for line in text if line and line[0] not in "# "]


def pins(name: str) -> dict[str, set[str]]:
    """Return the versions of every package that a file of pins names, one for each marker."""
    versions: dict[str, set[str]] = {}
    for line in lines(name):
        package, version = line.split(" ;")[0].split("==")
        versions.setdefault(package, set()).add(version)
    return versions


def declared_entry_points() -> list[EntryPoint]:
    groups = PROJECT["project"]["entry-points"]
    return [
        EntryPoint(name, value, group)
        for group, table in groups.items()
        for name, value in table.items()
    ]


def dependencies() -> list[Requirement]:
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    requirements = [Requirement(line) for line in lines]
    return [one for one in requirements if one.name != project["name"]]


def test_no_python_file_is_longer_than_300_lines() -> None:
    files = [*(ROOT / "forecaster").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in files}
    assert {str(path): length for path, length in lengths.items() if length > 300} == {}


def test_the_top_level_holds_what_the_design_names_and_nothing_else() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} - TOP_LEVEL == set()


@pytest.mark.parametrize("declared", declared_entry_points(), ids=lambda point: point.value)
def test_every_entry_point_is_installed_and_loads(declared: EntryPoint) -> None:
    installed = entry_points(group=declared.group)[declared.name]  # else: reinstall the project

    assert installed.value == declared.value
    assert isinstance(installed.load(), type)


def test_the_command_loads() -> None:
    [(name, value)] = PROJECT["project"]["scripts"].items()

    assert name == "forecaster"
    assert callable(EntryPoint(name, value, "console_scripts").load())


def test_help_loads_neither_the_statistics_nor_the_database() -> None:
    program = (
        "import contextlib, sys\n"
        "from forecaster.cli.main import main\n"
        "sys.argv = ['forecaster', '--help']\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "heavy = {'statsmodels', 'pandas', 'scipy', 'polars', 'sqlalchemy', 'fastapi'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert output.rstrip().endswith("loaded: []")


def test_every_extension_point_is_explained_to_contributors() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    assert [group for group in PROJECT["project"]["entry-points"] if group not in guide] == []


def test_no_tracked_file_names_a_package_index() -> None:
    assert [(name, hit) for name, text in texts() for hit in INDEX.findall(text)] == []


def test_no_tracked_file_holds_a_secret() -> None:
    assert [name for name, text in texts() if SECRET.search(text)] == []


def test_webhook_secrets_stand_in_tests_only() -> None:
    found = [name for name, text in texts() if WEBHOOK_SECRET.search(text)]
    assert [name for name in found if not name.startswith("tests/")] == []


def test_keys_databases_and_environments_are_not_tracked() -> None:
    names = [path.name for path in tracked()]
    assert [name for name in names if Path(name).suffix in NEVER_TRACKED or name == ".env"] == []


def test_constraints_hold_exact_versions_and_nothing_else() -> None:
    assert [line for line in lines("constraints.txt") if not PIN.fullmatch(line)] == []


def test_the_lock_holds_the_pins_of_the_constraints() -> None:
    constraints = pins("constraints.txt")
    locked = pins("requirements.lock")
    assert {
        name: versions for name, versions in locked.items() if versions != constraints[name]
    } == {}


def test_every_pin_of_the_lock_has_its_hashes() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text())[1:]
    assert len(blocks) == len(lines("requirements.lock"))
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_the_pins_hold_no_address() -> None:
    files = ("constraints.txt", "requirements.lock")
    assert [name for name in files if "://" in (ROOT / name).read_text()] == []


@pytest.mark.parametrize("wanted", dependencies(), ids=str)
def test_every_dependency_is_pinned_within_its_bounds(wanted: Requirement) -> None:
    versions = pins("constraints.txt")[canonicalize_name(wanted.name)]
    assert [one for one in versions if not wanted.specifier.contains(one)] == []


def test_every_runtime_dependency_is_locked() -> None:
    wanted = [Requirement(line).name for line in PROJECT["project"]["dependencies"]]
    assert {canonicalize_name(name) for name in wanted} - pins("requirements.lock").keys() == set()


def test_the_build_backend_is_pinned() -> None:
    for line in PROJECT["build-system"]["requires"]:
        assert re.fullmatch(r"[a-z-]+==[\d.]+", line), line


def test_every_decision_is_short_and_in_the_index() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text()
    records = sorted(folder.glob("[0-9]*.md"))

    assert [path.name for path in records if f"]({path.name})" not in index] == []
    assert [path.name for path in records if len(path.read_text().splitlines()) > 40] == []


def test_every_relative_link_of_the_documents_leads_somewhere() -> None:
    documents = [path for path in tracked() if path.suffix == ".md"]
    links = [(path, link) for path in documents for link in LINK.findall(path.read_text())]
    assert [(path.name, to) for path, to in links if not (path.parent / to).exists()] == []
