"""Renew the pins: every package that a plain installation needs, on every system, with the hashes of all its files.

    python requirements/make.py

Needs uv (``pip install uv``) and a package registry. The versions that stand in offline.txt are kept where they still
serve; ``--upgrade`` takes the newest.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "requirements" / "offline.txt"
HEAD = "# Made by requirements/make.py: what xl-plan needs, for Windows, macOS and Linux, Python 3.11 and later.\n"


def main() -> int:
    options = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--quiet",
    ]
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, *sys.argv[1:], "pyproject.toml"]
    done = subprocess.run([*command, "--output-file", str(TARGET)], cwd=ROOT, check=False)
    if done.returncode == 0:
        text = TARGET.read_text(encoding="utf-8")
        TARGET.write_text(text if text.startswith(HEAD) else HEAD + text, encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
