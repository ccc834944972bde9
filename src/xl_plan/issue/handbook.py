"""記入の手引き: one page for the departments, as a sheet of every form and as ``docs/記入の手引き.md``.

The words stand here only; ``scripts/make_handbook.py`` writes the page from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from xl_plan.cells import Cell, Protection, Sheet
from xl_plan.layout.sheets import Line, lay_out, looks_of
from xl_plan.model import HANDBOOK_SHEET, Settings
from xl_plan.remembered import once_for_each

TITLE = "記入の手引き（各部局の担当の方へ）"


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its points; ``pairs`` is a table of two columns. ``picture`` stands in the page only."""

    heading: str
    points: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    head: tuple[str, str] = ("", "")
    picture: tuple[str, str] = ("", "")


PARTS: tuple[Part, ...] = (
    Part(
        "作業の流れ",
        (
            "「記入要領」シートで、提出期限・提出先と、記入する列を確かめます。",
            "計画のシートの青色のセルに記入します。右側の「点検」の列に、未入力などが表示されます。",
            "「記入要領」の「記入の状況」が「提出できます」になったら、回答者と内線を記入して保存します。",
            "ファイルを提出先に送ります。ファイルの名前は変えて構いません。",
        ),
        picture=("form-guide.png", "「記入要領」シート"),
    ),
    Part(
        "記入のしかた",
        pairs=(
            ("1,234件　5箇所", "数値は、ほかの年度と同じ単位で入れます。数字だけでも構いません。"),
            ("87.2%", "割合は「％」を付けて入れます。"),
            ("0件", "実績がゼロのときは「0」と入れます。"),
            ("－", "指標がない、今年度は調査がないなど、値がないときに入れます。"),
            ("集計中（9月公表予定）", "まだ確定していないときに入れます。分かる場合は時期も入れます。"),
            (
                "入れないもの",
                "「同上」「〃」「別紙のとおり」「前年度と同じ」は、印刷すると内容が分からないため受け取れません。",
            ),
        ),
        head=("入れるもの", "使う場面"),
    ),
    Part(
        "「点検」の列の見かた",
        pairs=(
            ("未入力", "まだ記入されていません。値がないときは「－」と入れてください。"),
            ("記入済み", "記入されています。"),
            ("単位が違います", "（　）の中の単位で数えた値かどうか、確かめてください。"),
            ("100％を超えています", "割合が100％を超えています。桁を確かめてください。"),
            (
                "前年比・達成率",
                "昨年度の値、目標値と比べた割合です。桁の違いに気付くためのもので、印刷も提出もされません。",
            ),
        ),
        head=("表示", "意味"),
        picture=("form-sheet.png", "計画のシート。青色のセルに記入し、右側の「点検」の列で確かめます"),
    ),
    Part(
        "お願い",
        (
            "青色以外のセルは変えないでください。変えても取りまとめには取り込まれません。",
            "過去の値・指標・目標・担当部局を直したいときは、「修正申出」シートに理由を添えて記入してください。",
            "灰色の行（再掲など）は記入不要です。元の行の内容を、取りまとめのときに引き写します。",
            "行や列を挿入・削除したり、並べ替えたりしないでください。",
            "文章はセルの中でAlt＋Enterを押すと改行できます。取り消し線や赤字は使わず、仕上がりの文章で入れてください。",
            "提出した後に直すときは、同じファイルを直し、「提出区分」を「差し替え」にして、もう一度提出してください。",
        ),
    ),
    Part(
        "修正依頼が届いたら",
        (
            "最初の「確認事項」シートに、直すところと直し方が1行ずつ書かれています。セル番号を押すと、その場所に移ります。",
            "計画のシートでは、直すセルに色とメモが付いています。直したら、そのファイルを提出してください。",
        ),
        picture=("return.png", "修正依頼の「確認事項」シート"),
    ),
)

_WIDTHS: Mapping[int, float] = MappingProxyType({0: 26.0, 1: 66.0})


@once_for_each
def handbook_sheet(settings: Settings) -> Sheet:
    """The page as a sheet: A4, to be read beside the form."""
    looks = looks_of(settings)
    lines = [Line({0: Cell(TITLE, looks.title)}, ((0, 1),))]
    for part in PARTS:
        lines.append(Line({0: Cell(part.heading, looks.heading)}, ((0, 1),), keep=True, least=24.0))
        lines += [Line({0: Cell(text, looks.text)}, ((0, 1),)) for text in _numbered(part)]
        if part.pairs:
            lines.append(Line({n: Cell(text, looks.head) for n, text in enumerate(part.head)}, keep=True))
        lines += [Line({n: Cell(text, looks.cell) for n, text in enumerate(pair)}) for pair in part.pairs]
    sheet = lay_out(HANDBOOK_SHEET, lines, _WIDTHS, looks.page(HANDBOOK_SHEET, landscape=False))
    return replace(sheet, protection=Protection(), tab_colour="#7F7F7F")


def _numbered(part: Part) -> Iterator[str]:
    for number, text in enumerate(part.points, 1):
        yield f"{number}　{text}"


def handbook_markdown() -> str:
    """The page as Markdown, with pictures."""
    lines = [f"# {TITLE}", "", "この内容は、調査票の「記入の手引き」シートにも入っています。"]
    for part in PARTS:
        lines += ["", f"## {part.heading}", ""]
        lines += [f"{number}. {text}" for number, text in enumerate(part.points, 1)]
        if part.pairs:
            lines += [_row(part.head), "|---|---|", *(_row(pair) for pair in part.pairs)]
        if part.picture[0]:
            lines += ["", f"![{part.picture[1]}](pictures/{part.picture[0]})"]
    return "\n".join(lines) + "\n"


def _row(cells: tuple[str, str]) -> str:
    return f"| {cells[0]} | {cells[1]} |"
