"""Writing where others are at work too: one run at a time, and a target that is open does not cost the result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from xl_plan.cells import Book
from xl_plan.files import TargetBusy
from xl_plan.findings import Finding, found
from xl_plan.locks import FolderBusy, held
from xl_plan.model import Merged
from xl_plan.pipeline.common import CannotRun, checked_bytes, os_reason, put
from xl_plan.rules.reading import LOCK_LEFT, OUTPUT_OPEN

NOT_NAMED = "（ファイル名は省略）"


@contextmanager
def alone_in(folder: Path) -> Iterator[tuple[Finding, ...]]:
    """The output folder for this run alone; gives the findings on what an earlier run left there.

    These stand in the result and never in the workbook, which the same inbox gives whatever happened before.
    """
    stack = ExitStack()
    try:
        remains = stack.enter_context(held(folder))
    except FolderBusy as busy:
        hint = "" if busy.sure else f"。実行していないときは{busy.path}を消してください"
        raise CannotRun(
            f"{folder}では、{busy.owner or 'ほかの人'}が実行中です（終わるのを待って、もう一度実行してください{hint}）"
        ) from None
    except OSError as error:
        raise CannotRun(f"{folder}に書き込めません（{os_reason(error)}。書き込みの権限を確かめてください）") from None
    with stack:
        yield () if remains is None else (_left(folder, remains.owner, remains.swept),)


def _left(folder: Path, owner: str, swept: int) -> Finding:
    files = f"（書きかけのファイル{swept}個を片付けました）" if swept else ""
    return found(LOCK_LEFT, folder=folder.as_posix(), owner=owner or "以前", swept=files)


def write_output(book: Book, path: Path, *, verify: bool = True) -> tuple[Path, tuple[Finding, ...]]:
    """Write the main result; under another name where its own cannot be replaced now. Where it stands, and findings."""
    data = checked_bytes(book, path, verify=verify)
    try:
        put(path, data)
    except TargetBusy:
        beside = path.with_name(f"{path.stem}（別名）{path.suffix}")
        try:
            put(beside, data)
        except TargetBusy:
            raise CannotRun(
                f"{path}にも{beside.name}にも書き込めません（Excelで開いている場合は閉じて、もう一度実行してください）"
            ) from None
        return beside, (found(OUTPUT_OPEN, file=path.as_posix(), other=beside.as_posix()),)
    return path, ()


def redacted(merged: Merged) -> Merged:
    """The same without the names of the files that the values came from."""
    entries = {key: replace(e, source=NOT_NAMED) if e.source else e for key, e in merged.entries.items()}
    return replace(merged, entries=entries)
