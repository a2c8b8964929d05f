"""Where the shipped catalogue lies: in the wheel, or beside the package in a checkout."""

from pathlib import Path


def shipped_root() -> Path:
    """Return the directory of the shipped definitions and their data."""
    package = Path(__file__).resolve().parent.parent
    packed = package / "shipped"
    return packed if packed.is_dir() else package.parent / "indicators"
