"""Show how far long work has come, as bars on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Watch = Callable[[str, int, int | None], None]


@contextmanager
def bars() -> Iterator[tuple[Watch, Callable[[], None]]]:
    """Give a function that moves the bar of a stage, and one that puts the bars away."""
    progress = Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    tasks = {}
    closed = False

    def watch(stage: str, done: int, total: int | None) -> None:
        if closed or total == 0:
            return
        if stage not in tasks:
            tasks[stage] = progress.add_task(stage, total=total)
        progress.update(tasks[stage], completed=done, total=total)

    def close() -> None:
        nonlocal closed
        closed = True
        progress.stop()

    with progress:
        yield watch, close
