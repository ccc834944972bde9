"""Make what installs without a network.

    python scripts/make_bundle.py [--python 3.12 …] [--platform NAME …]   dist/xl-plan-VERSION-offline.zip
    python scripts/make_bundle.py --embeddable python-3.12.x-embed-amd64.zip   dist/xl-plan-VERSION-windows.zip
    python scripts/make_bundle.py --zipapp                                dist/xl-plan.pyz, for this platform

The zip holds the pinned wheels (requirements/offline.txt, checked against its hashes), the licence of every dependency,
SHA256SUMS, and install.bat and install.sh, which install into a folder beside them. With Python's embeddable package
for Windows, which the user downloads, it becomes a folder that runs as it is, opened by xl-plan.bat.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipapp
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "requirements" / "offline.txt"
PYTHONS = ("3.12", "3.13")
# Name → the tags that pip may take, and what markers of requirements ask about.
PLATFORMS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "windows": (("win_amd64",), {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}),
    "macos": (  # Apple processors: the pinned pyarrow and cryptography have no wheels for Intel
        tuple(f"macosx_{n}_0_arm64" for n in range(11, 16)),
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    ),
    "linux": (
        ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_28_x86_64"),
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    ),
}
_LICENCE = re.compile(r"(?:^|/)(?:licen[cs]es?/[^/]+|(?:licen[cs]e|copying|notice|authors)[^/]*)$", re.IGNORECASE)
_FIXED = (1980, 1, 1, 0, 0, 0)

INSTALL_SH = """#!/bin/sh
# Installs xl-plan into the folder .venv beside this file, from the wheels beside it and without a network.
set -e
cd "$(dirname "$0")"
PYTHON="${PYTHON:-python3}"
"$PYTHON" -m venv .venv 2>/dev/null || "$PYTHON" -m venv --without-pip .venv
if [ -x .venv/bin/pip ]; then PIP=".venv/bin/python -m pip"; else PIP="$PYTHON -m pip --python .venv/bin/python"; fi
$PIP install --no-index --find-links wheels --require-hashes -r requirements.txt
echo "インストールしました。使い方： .venv/bin/xl-plan --help"
"""
INSTALL_BAT = """@echo off
rem Installs xl-plan into the folder .venv beside this file, from the wheels beside it and without a network.
setlocal
chcp 65001 >nul
pushd "%~dp0"
py -3 -m venv .venv || goto failed
.venv\\Scripts\\python.exe -m pip install --no-index --find-links wheels --require-hashes -r requirements.txt || goto failed
type "docs\\windows\\installed.txt"
popd
pause
exit /b 0
:failed
type "docs\\windows\\not-possible.txt"
popd
pause
exit /b 1
"""


def version() -> str:
    text = (ROOT / "src" / "xl_plan" / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    assert match is not None
    return match[1]


# ------------------------------------------------------------------------------------------------------- requirements
def requirements(text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """``name==version``, its marker and its hashes, of each pinned requirement."""
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line and not line.startswith("#"):
            head, *hashes = line.split(" --hash=")
            name, _, marker = head.partition(";")
            yield name.strip(), marker.strip(), tuple(hashes)


def wanted(text: str, python: str, environment: Mapping[str, str]) -> str:
    """The requirements that a platform needs, without markers: pip would ask those of the machine it runs on."""
    about = {**environment, "python_version": python, "python_full_version": f"{python}.0"}
    about |= {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    lines = []
    for name, marker, hashes in requirements(text):
        if not marker or Marker(marker).evaluate(about):
            lines.append(" \\\n    ".join((name, *(f"--hash={each}" for each in hashes))))
    return "\n".join(lines) + "\n"


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def download(to: Path, python: str, platform: str) -> None:
    tags, environment = PLATFORMS[platform]
    asked = to.parent / f"requirements-{platform}-{python}.txt"
    asked.write_text(wanted(PINNED.read_text(encoding="utf-8"), python, environment), encoding="utf-8")
    options = [part for tag in tags for part in ("--platform", tag)]
    pip = (
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--no-deps",
    )
    run(*pip, "--implementation", "cp", "--python-version", python, *options, "-r", asked, "-d", to)
    asked.unlink()


def own_wheel(to: Path) -> Path:
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", to, ROOT)
    (wheel,) = to.glob("xl_plan-*.whl")
    return wheel


# ------------------------------------------------------------------------------------------------------------ licences
def licences(wheels: Iterable[Path], to: Path) -> None:
    """The licence files of every wheel in a folder a package, and a list of what each says of itself."""
    rows: dict[str, str] = {}
    for wheel in sorted(wheels):
        with zipfile.ZipFile(wheel) as package:
            info = next(name for name in package.namelist() if name.endswith(".dist-info/METADATA"))
            said = HeaderParser().parsestr(package.read(info).decode("utf-8"))
            name = f"{said['Name']}-{said['Version']}"
            stated = (
                said["License-Expression"] or _classified(said.get_all("Classifier") or []) or said["License"] or ""
            )
            files = [n for n in package.namelist() if n.startswith(info.rsplit("/", 1)[0]) and _LICENCE.search(n)]
            for file in files:
                target = to / name / PurePosixPath(file).name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(package.read(file))
            rows[name] = stated.strip().splitlines()[0] if stated.strip() else "see its files"
    to.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}: {stated}" for name, stated in sorted(rows.items())]
    (to / "LICENSES.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _classified(classifiers: Sequence[str]) -> str:
    return ", ".join(c.rsplit(" :: ", 1)[1] for c in classifiers if c.startswith("License ::"))


# ---------------------------------------------------------------------------------------------------------------- zip
def sums(folder: Path) -> None:
    """SHA256SUMS of everything in the folder, for ``sha256sum -c``."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}" for path in files
    ]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")


def pack(folder: Path, target: Path) -> Path:
    """The folder as a zip that is the same for the same content."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as package:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _FIXED)
            entry.external_attr = (0o100755 if path.suffix == ".sh" else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_STORED if path.suffix == ".whl" else zipfile.ZIP_DEFLATED
            package.writestr(entry, path.read_bytes())
    return target


def put_shared(folder: Path) -> None:
    """What every bundle holds besides the program: the menu, the manuals, the example, the licence."""
    shutil.copyfile(ROOT / "xl-plan.bat", folder / "xl-plan.bat")
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    for name in ("templates", "inbox"):
        shutil.copytree(ROOT / name, folder / name)
    manuals = ("手引き.md", "記入の手引き.md", "rules.md")
    (folder / "docs").mkdir()
    for manual in manuals:
        shutil.copyfile(ROOT / "docs" / manual, folder / "docs" / manual)
    for name in ("pictures", "windows"):
        shutil.copytree(ROOT / "docs" / name, folder / "docs" / name)


def bundle(folder: Path, wheels: Path, own: Path) -> None:
    """Turn a folder that holds ``wheels`` into what installs without a network."""
    pinned = PINNED.read_text(encoding="utf-8")
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    mine = f"xl-plan=={version()} \\\n    --hash=sha256:{digest}\n"
    (folder / "requirements.txt").write_text(mine + pinned, encoding="utf-8")
    (folder / "install.sh").write_bytes(INSTALL_SH.encode("utf-8"))
    (folder / "install.bat").write_bytes(INSTALL_BAT.replace("\n", "\r\n").encode("ascii"))
    licences(wheels.glob("*.whl"), folder / "licenses")
    put_shared(folder)
    sums(folder)


# ------------------------------------------------------------------------------------------- a folder that runs as it is
def unpack_wheel(wheel: Path, to: Path) -> None:
    """A wheel's modules where Python finds them."""
    with zipfile.ZipFile(wheel) as package:
        for name in package.namelist():
            parts = PurePosixPath(name).parts
            if parts[0].endswith(".data"):
                if parts[1] not in ("purelib", "platlib"):
                    continue
                parts = parts[2:]
            if not name.endswith("/"):
                target = to.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(package.read(name))


def embeddable(folder: Path, python: Path, wheels: Iterable[Path]) -> str:
    """Unpack Python's embeddable package into ``folder``/python with the wheels in its path; its version."""
    home = folder / "python"
    with zipfile.ZipFile(python) as package:
        package.extractall(home)
    paths = next(iter(home.glob("python3*._pth")), None)
    if paths is None:
        raise SystemExit(f"{python} is no embeddable package of Python (python3*._pth is missing)")
    lines = [line for line in paths.read_text(encoding="utf-8").splitlines() if line.strip() != "#import site"]
    paths.write_text("\n".join((*lines, "site-packages", "")), encoding="utf-8")
    for wheel in wheels:
        unpack_wheel(wheel, home / "site-packages")
    digits = paths.name.removeprefix("python").removesuffix("._pth")
    return f"{digits[0]}.{digits[1:]}"


def pth_version(python: Path) -> str:
    """3.12 of python-3.12.4-embed-amd64.zip, by its python312._pth."""
    with zipfile.ZipFile(python) as package:
        match = next((m for n in package.namelist() if (m := re.fullmatch(r"python3(\d+)\._pth", n))), None)
    if match is None:
        raise SystemExit(f"{python} is no embeddable package of Python (python3*._pth is missing)")
    return f"3.{match[1]}"


# -------------------------------------------------------------------------------------------------------------- zipapp
ZIPAPP_MAIN = '''"""Unpacks what it holds once, since compiled modules cannot be imported from a zip, and starts xl-plan."""
import os, sys, tempfile, zipfile
from pathlib import Path

MARK = "{mark}"
base = Path(os.environ.get("XL_PLAN_CACHE") or Path.home() / ".cache" / "xl-plan")
home = base / MARK
if not home.is_dir():
    base.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=base))
    with zipfile.ZipFile(sys.argv[0]) as package:
        package.extractall(fresh, [n for n in package.namelist() if n.startswith("site-packages/")])
    try:
        fresh.rename(home)
    except OSError:
        if not home.is_dir():
            raise
sys.path.insert(0, str(home / "site-packages"))
from xl_plan.cli import main
main(prog_name="xl-plan")
'''


def make_zipapp(target: Path) -> Path:
    """One file for this platform that needs only Python."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "app"
        site = folder / "site-packages"
        run(sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", PINNED, "--target", site)
        own = own_wheel(Path(temporary))
        unpack_wheel(own, site)
        mark = hashlib.sha256(own.read_bytes() + PINNED.read_bytes()).hexdigest()[:16]
        (folder / "__main__.py").write_text(ZIPAPP_MAIN.replace("{mark}", mark), encoding="utf-8")
        target.parent.mkdir(parents=True, exist_ok=True)
        zipapp.create_archive(folder, target, interpreter="/usr/bin/env python3", compressed=True)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", action="append", metavar="3.12")
    parser.add_argument("--platform", action="append", choices=tuple(PLATFORMS))
    parser.add_argument("--embeddable", type=Path, metavar="ZIP")
    parser.add_argument("--zipapp", action="store_true")
    chosen = parser.parse_args()
    dist = ROOT / "dist"
    if chosen.zipapp:
        print(make_zipapp(dist / "xl-plan.pyz"))
        return
    with tempfile.TemporaryDirectory() as temporary:
        windows = chosen.embeddable is not None
        folder = Path(temporary) / f"xl-plan-{version()}-{'windows' if windows else 'offline'}"
        wheels = (Path(temporary) if windows else folder) / "wheels"
        wheels.mkdir(parents=True)
        own = own_wheel(wheels)
        pythons = [pth_version(chosen.embeddable)] if windows else chosen.python or PYTHONS
        for python in pythons:
            for platform in ["windows"] if windows else chosen.platform or PLATFORMS:
                download(wheels, python, platform)
        if windows:
            folder.mkdir()
            embeddable(folder, chosen.embeddable, sorted(wheels.glob("*.whl")))
            licences(wheels.glob("*.whl"), folder / "licenses")
            put_shared(folder)
            sums(folder)
        else:
            bundle(folder, wheels, own)
        print(pack(folder, dist / f"{folder.name}.zip"))


if __name__ == "__main__":
    main()
