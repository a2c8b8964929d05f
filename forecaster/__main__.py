"""Let `python -m forecaster` be the command."""

from forecaster.cli.main import main

main()
