"""What docs/definitions.md shows is true: its tests are read, run and kept."""

import re
from pathlib import Path

from forecaster.cycle.trying import failures
from forecaster.definitions.load import load_catalogue, read_file
from forecaster.definitions.shipped import shipped_root

PAGE = (Path(__file__).parent.parent / "docs" / "definitions.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
EXERCISES = """\
title: Joint exercises, {a}-{b}
role: operational
for_each: {dyad: [CHN-RUS, IRN-RUS]}
unit: exercises per quarter
frequency: quarter
collect: {source: ledger, kinds: [operational], categories: [joint_exercise]}
thresholds: [{id: busy, above: 2, within: 2}]
alerts: [{id: busy-likely, probability: busy, above: 0.6, clear_below: 0.5, for: 2}]
attribution: Nobody
license: {name: CC0, redistribution: "yes"}
"""


def test_the_tests_that_are_shown_are_kept() -> None:
    shown = [block for block in BLOCKS if "factor:" not in block]

    definition = read_file(Path("exercises.yml"), EXERCISES + "".join(shown))

    assert len(definition.tests) == 2
    assert [fault for test in definition.tests for fault in failures(definition, test)] == []


def test_the_factor_that_is_shown_is_good_beside_the_shipped_inputs(tmp_path: Path) -> None:
    shown = next(block for block in BLOCKS if "factor:" in block)
    (tmp_path / "shown.yml").write_text(shown)

    loaded = load_catalogue([shipped_root(), tmp_path])

    assert [str(problem) for problem in loaded.problems] == []
    assert "shown" in {definition.id for definition in loaded.catalogue}
