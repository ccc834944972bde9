"""``python -m xl_plan``: the command line."""

from xl_plan.cli import main

main()
