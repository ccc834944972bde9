"""What lies in the inbox: names and bytes, in an order that does not depend on the disk. Nothing there is ever written."""

from __future__ import annotations

import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from xl_plan.findings import Finding, Place, found
from xl_plan.rules.files import IGNORED_FILE


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file to read: its name inside the inbox (NFC, as printed) and where it is."""

    name: str
    path: Path


def list_inbox(folder: Path) -> tuple[tuple[InboxFile, ...], tuple[Finding, ...]]:
    """The regular files of the folder by name, and a finding for each entry that is passed over.

    Raises OSError when the folder cannot be listed.
    """
    files, findings = [], []
    for path in sorted(folder.iterdir(), key=lambda p: (printed(p.name), p.name)):
        name = printed(path.name)
        reason = _passed_over(path)
        if reason is None:
            files.append(InboxFile(name, path))
        elif reason:
            findings.append(found(IGNORED_FILE, Place(name), reason=reason))
    return tuple(files), tuple(findings)


def _passed_over(path: Path) -> str | None:
    """Why an entry is not read; None when it is, "" when it is not even worth a line."""
    name = path.name
    if name in ("README.md", ".gitkeep"):
        return ""
    if name.startswith("~$"):
        return "Excelが開いている間だけ作る一時ファイル"
    if name in (".DS_Store", "Thumbs.db", "desktop.ini") or name.startswith("._"):
        return "パソコンが自動で作るファイル"
    if name.lower().endswith((".tmp", ".crdownload", ".part")) or name.startswith("."):
        return "一時ファイルまたは隠しファイル"
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "開くことのできないもの"
    if stat.S_ISDIR(mode):
        return "フォルダー"
    return None if stat.S_ISREG(mode) else "ふつうのファイルではないもの（ショートカットなど）"


def printed(name: str) -> str:
    """A file's name as it can be printed: composed (Macs send NFD), unprintable characters escaped."""
    composed = unicodedata.normalize("NFC", name)
    return "".join(ch if _harmless(ch) else f"\\x{ord(ch):02x}" for ch in composed)


def _harmless(ch: str) -> bool:
    return unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
