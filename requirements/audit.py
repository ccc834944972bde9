"""Look the pinned packages up among known vulnerabilities.

    python requirements/audit.py

Needs pip-audit (``pip install ".[audit]"``). The exit code is 1 where a vulnerability is known. A registry that keeps no such
records cannot be asked: that is said, and is no failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PINS = Path(__file__).resolve().parent / "offline.txt"


def main() -> int:
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", *options, "-r", str(PINS)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"not audited: {done.stderr.strip().splitlines()[-1:] or 'pip-audit said nothing'}")
        return 0
    code, lines = verdict(packages)
    print("\n".join(lines))
    return code


def verdict(packages: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """The exit code and what to print."""
    known = [(p["name"], p["version"], v["id"]) for p in packages for v in p.get("vulns", ())]
    if known:
        return 1, [f"{name} {version}: {identifier}" for name, version, identifier in known]
    asked = [p for p in packages if "skip_reason" not in p]
    if len(asked) < len(packages):
        return 0, [
            f"{len(asked)} of {len(packages)} pinned packages audited: the registry keeps no records of the others"
        ]
    return 0, [f"{len(asked)} pinned packages, no known vulnerability"]


if __name__ == "__main__":
    sys.exit(main())
