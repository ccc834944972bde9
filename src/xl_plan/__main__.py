"""``python -m xl_plan``: the command line."""

from xl_plan.cli import main

if __name__ == "__main__":  # where workers are spawned, they import this file under another name
    main(prog_name="xl-plan")
