"""What installs without a network, and the menu for Windows."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import xl_plan.cli.menu as menu_module
from xl_plan.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import make_bundle  # noqa: E402

PINNED = (ROOT / "requirements" / "offline.txt").read_text(encoding="utf-8")


def a_wheel(folder: Path, name: str = "some_thing", version: str = "1.0") -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "VALUE = 1\n")
        wheel.writestr(f"{name}-{version}.data/purelib/{name}_more.py", "VALUE = 2\n")
        wheel.writestr(f"{name}-{version}.data/scripts/{name}", "#!python\n")
        wheel.writestr(
            f"{name}-{version}.dist-info/METADATA", f"Name: {name}\nVersion: {version}\nLicense-Expression: MIT\n"
        )
        wheel.writestr(f"{name}-{version}.dist-info/licenses/LICENSE.txt", "Permission is granted\n")
    return path


# ------------------------------------------------------------------------------------------------------ requirements
def test_each_platform_gets_what_it_needs_and_only_with_hashes() -> None:
    text = "# pinned\na==1 \\\n    --hash=sha256:01 \\\n    --hash=sha256:02\nb==2 ; sys_platform == 'win32' \\\n    --hash=sha256:03\n"
    said = {p: make_bundle.wanted(text, "3.12", about) for p, (_, about) in make_bundle.PLATFORMS.items()}
    assert said["linux"] == said["macos"] == "a==1 \\\n    --hash=sha256:01 \\\n    --hash=sha256:02\n"
    assert said["windows"] == said["linux"] + "b==2 \\\n    --hash=sha256:03\n"


@pytest.mark.parametrize("python", [*make_bundle.PYTHONS, "3.11"])
def test_the_pins_serve_every_platform(python: str) -> None:
    for _, environment in make_bundle.PLATFORMS.values():
        parsed = list(make_bundle.requirements(make_bundle.wanted(PINNED, python, environment)))
        names = [name.split("==")[0] for name, _, _ in parsed]
        assert len(names) == len(set(names)) and all(hashes for _, _, hashes in parsed)
        assert {"click", "openpyxl", "xlsxwriter", "python-calamine", "pandas", "numpy"} <= set(names)


# ----------------------------------------------------------------------------------------------------------- contents
def test_the_bundle_holds_all_that_is_needed_and_its_sums_hold(tmp_path: Path) -> None:
    folder = tmp_path / "xl-plan-offline"
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    own = a_wheel(wheels, "xl_plan", make_bundle.version())
    a_wheel(wheels)
    make_bundle.bundle(folder, wheels, own)
    for name in (
        "install.sh",
        "install.bat",
        "xl-plan.bat",
        "docs/windows/installed.txt",
        "LICENSE",
        "docs/手引き.md",
        "templates/plan_template.xlsx",
    ):
        assert (folder / name).is_file(), name
    assert "some_thing-1.0: MIT" in (folder / "licenses" / "LICENSES.txt").read_text(encoding="utf-8")
    assert (folder / "licenses" / "some_thing-1.0" / "LICENSE.txt").is_file()
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    required = (folder / "requirements.txt").read_text(encoding="utf-8")
    assert required.startswith("xl-plan==") and f"sha256:{digest}" in required and PINNED in required
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        want, name = line.split("  ", 1)
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == want
    first = make_bundle.pack(folder, tmp_path / "a.zip").read_bytes()
    assert make_bundle.pack(folder, tmp_path / "b.zip").read_bytes() == first


def test_pythons_embeddable_package_becomes_a_folder_that_runs(tmp_path: Path) -> None:
    python = tmp_path / "python-3.12.9-embed-amd64.zip"
    with zipfile.ZipFile(python, "w") as package:
        package.writestr("python.exe", b"MZ")
        package.writestr("python312._pth", "python312.zip\n.\n#import site\n")
    assert make_bundle.pth_version(python) == "3.12"
    assert make_bundle.embeddable(tmp_path / "app", python, [a_wheel(tmp_path)]) == "3.12"
    home = tmp_path / "app" / "python"
    assert (home / "python312._pth").read_text(encoding="utf-8").split() == ["python312.zip", ".", "site-packages"]
    assert (home / "site-packages" / "some_thing" / "__init__.py").is_file()
    assert (home / "site-packages" / "some_thing_more.py").is_file()
    with pytest.raises(SystemExit, match="no embeddable package"):
        make_bundle.pth_version(a_wheel(tmp_path, "other"))


@pytest.mark.skipif(not os.environ.get("XL_PLAN_BUNDLE"), reason="downloads 90 MB: run by hand with XL_PLAN_BUNDLE=1")
def test_it_installs_with_the_network_off(tmp_path: Path) -> None:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    script = ROOT / "scripts" / "make_bundle.py"
    subprocess.run([sys.executable, str(script), "--python", here, "--platform", "linux"], check=True)
    (package,) = (ROOT / "dist").glob("xl-plan-*-offline.zip")
    shutil.unpack_archive(package, tmp_path)
    (folder,) = tmp_path.iterdir()
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PYTHON": sys.executable}
    off = ["unshare", "-rn"] if shutil.which("unshare") else []
    subprocess.run([*off, "sh", "install.sh"], cwd=folder, env=environment, check=True)
    done = subprocess.run(
        [*off, ".venv/bin/xl-plan", "merge", "inbox"], cwd=folder, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0


# --------------------------------------------------------------------------------------------------------------- menu
def test_every_entry_is_a_command() -> None:
    assert all(not arguments or arguments[0] in COMMANDS for _, arguments in menu_module.ENTRIES)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    shutil.copytree(ROOT / "inbox", tmp_path / "inbox")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    answers = iter(lines)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))


def test_numbers_start_commands_until_0(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "３", "99", "0")
    assert menu_module.menu() == 0
    said = capsys.readouterr().out
    assert (desk / "outbox" / "進捗状況_R5.xlsx").is_file()
    assert "取りまとめを書き出しました" in said and "0から9までの番号を入れてください。" in said


def test_what_is_needed_is_asked_for(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "9", f'"{desk / "templates" / "plan_template.xlsx"}"', "R6", "2025-05-30", "0")
    assert menu_module.menu() == 0
    assert (desk / "templates" / "plan_template.xlsx").read_bytes() != (
        ROOT / "templates" / "plan_template.xlsx"
    ).read_bytes()


def test_a_dropped_folder_is_merged_and_a_dropped_file_checked(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert menu_module.main_menu([str(desk / "inbox")], {}) == 0
    assert (desk / "outbox" / "進捗状況_R5.xlsx").is_file()
    assert menu_module.main_menu([], {"XL_PLAN_DROPPED": str(desk / "inbox" / "福祉政策課.xlsx")}) == 0
    assert menu_module.main_menu([str(desk / "inbox"), str(desk / "無い.xlsx")], {}) == 2
    assert "見つかりません" in capsys.readouterr().err
