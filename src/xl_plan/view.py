"""The round as one self-contained page of HTML: no server, no network, nothing to install."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from xl_plan.cells import a1
from xl_plan.findings import Finding, Severity
from xl_plan.following import Follow, Standing
from xl_plan.meaning.fiscal import japanese_date
from xl_plan.meaning.values import Kind, meaning
from xl_plan.model import Merged, Programme, Role
from xl_plan.relisted.relisting import meant_row

_WIDTH, _HEIGHT, _MARGIN = 260, 96, 18
_LEAST_POINTS = 2  # a line needs two


def page(merged: Merged, lines: Sequence[Follow], findings: Sequence[Finding]) -> str:
    """The whole page."""
    plan = merged.plan
    year = plan.settings.year.japanese if plan.settings.year else ""
    title = f"{plan.settings.title}　{year}実績"
    style = files("xl_plan").joinpath("assets", "view.css").read_text(encoding="utf-8")
    script = files("xl_plan").joinpath("assets", "view.js").read_text(encoding="utf-8")
    body = "".join(
        (
            *_head(merged, lines, title),
            *_status(lines),
            *_findings(merged, findings),
            *_trends(merged),
            *_groups(merged),
        )
    )
    return (
        f'<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n{body}\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def _head(merged: Merged, lines: Sequence[Follow], title: str) -> Iterator[str]:
    done = sum(line.standing is Standing.DONE for line in lines)
    filled, owned = sum(line.filled for line in lines), sum(line.owned for line in lines)
    deadline = japanese_date(merged.plan.settings.deadline)
    yield '<a class="skip" href="#status">本文へ</a><header>'
    yield f"<h1>{escape(title)}</h1>"
    yield f'<p class="soft">提出期限：{deadline}</p>' if deadline else ""
    yield f"<p>{len(lines)}部局のうち<strong>{done}部局</strong>が提出済みです。{owned}か所のうち{filled}か所が記入されています（再掲を除く）。</p>"
    yield '<nav aria-label="目次"><ul>'
    for target, name in (
        ("status", "提出状況"),
        ("findings", "確認事項"),
        ("trends", "指標の推移"),
        ("groups", "再掲"),
    ):
        yield f'<li><a href="#{target}">{name}</a></li>'
    yield "</ul></nav></header><main>"


def _status(lines: Sequence[Follow]) -> Iterator[str]:
    yield '<section aria-labelledby="status"><h2 id="status">提出状況</h2><div class="wide"><table><thead><tr>'
    yield '<th scope="col">部局</th><th scope="col">状況</th><th scope="col" class="number">記入</th>'
    yield '<th scope="col">進み具合</th><th scope="col">後日報告</th></tr></thead><tbody>'
    for line in lines:
        name = escape(line.department)
        look = "done" if line.standing is Standing.DONE else "error" if line.overdue else "warning"
        late = "（期限超過）" if line.overdue else ""
        pending = "<br>".join(escape(f"{number}：{text}") for number, text in line.pending)
        yield f'<tr><th scope="row"><a href="#findings" data-department="{name}">{name}</a></th>'
        yield f'<td><span class="tag {look}">{line.standing.value}{late}</span></td>'
        yield f'<td class="number">{line.filled} / {line.owned}</td>'
        yield f'<td><meter min="0" max="{max(1, line.owned)}" value="{line.filled}">{line.filled} / {line.owned}</meter></td>'
        yield f"<td>{pending}</td></tr>"
    yield "</tbody></table></div></section>"


# ---------------------------------------------------------------------------------------------------------- findings
def _findings(merged: Merged, findings: Sequence[Finding]) -> Iterator[str]:
    yield '<section aria-labelledby="findings"><h2 id="findings">確認事項</h2>'
    if not findings:
        yield "<p>確認していただくことはありません。</p></section>"
        return
    names = dict.fromkeys(f.department for f in findings if f.department)
    yield '<div class="controls"><label>さがす <input id="search" type="search"></label>'
    yield '<label>部局 <select id="department"><option value="">すべて</option>'
    yield "".join(f"<option>{escape(name)}</option>" for name in names)
    yield '</select></label><label>区分 <select id="severity"><option value="">すべて</option>'
    counts = Counter(f.severity for f in findings)
    yield "".join(f'<option value="{s.value}">{s.label}（{counts[s]}件）</option>' for s in Severity if counts[s])
    yield '</select></label><button id="open-all" type="button" aria-pressed="false">すべて開く</button></div>'
    yield '<p id="count" class="soft" role="status" aria-live="polite"></p><div id="findings-list">'
    for finding in findings:
        yield from _finding(merged, finding, meant_row(merged.plan, finding.place))
    yield "</div></section>"


def _finding(merged: Merged, finding: Finding, programme: Programme | None) -> Iterator[str]:
    place = finding.place
    where = " ".join(text for text in (place.file, place.sheet, place.cell) if text)
    severity = finding.severity.value
    yield f'<details data-department="{escape(finding.department)}" data-severity="{severity}"><summary>'
    yield f'<span class="tag {severity}">{finding.severity.label}</span> {escape(finding.rule.title)}'
    about = "　".join(text for text in (finding.department, place.number, place.column) if text)
    yield f'　<span class="soft">{escape(about)}</span></summary><div>'
    yield f"<p>{escape(finding.message)}</p><p><strong>直し方</strong>　{escape(finding.remedy)}</p>"
    if finding.expected is not None or finding.got is not None:
        yield '<div class="wide"><table><tbody>'
        for name, text in (("本来の内容", finding.expected), ("提出された内容", finding.got)):
            if text is not None:
                yield f'<tr><th scope="row">{name}</th><td class="text">{escape(text) or "（空欄）"}</td></tr>'
        yield "</tbody></table></div>"
    if programme is not None:
        yield _surroundings(merged, programme, place.column)
    yield f'<p class="soft">{escape(where)}　{finding.code}</p></div></details>'


def _surroundings(merged: Merged, programme: Programme, header: str) -> str:
    """The programme's row as it stands in the workbook, the cell in question framed."""
    heads, cells = [], []
    for column in programme.block.columns:
        if column.role in (Role.DESCRIPTION, Role.NUMBER):
            continue
        entry = merged.entries.get((programme.key, column.key))
        text = entry.text if entry else programme.text(column.key)
        if column.role is Role.DEPARTMENT:
            text = "、".join(d.name for d in programme.departments)
        here = column.header == header
        heads.append(f'<th scope="col">{escape(column.header[:24])}</th>')
        mark = '<span class="skip">問題のセル：</span>' if here else ""
        shown = text if here or len(text) <= 60 else text[:60] + "…"
        cells.append(f'<td class="text{" here" if here else ""}">{mark}{escape(shown)}</td>')
    caption = f"{programme.sheet}　{programme.number}"
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}の行"><table><caption class="soft">'
        f"{escape(caption)}</caption><thead><tr>{''.join(heads)}</tr></thead><tbody><tr>{''.join(cells)}</tr></tbody></table></div>"
    )


# ------------------------------------------------------------------------------------------------------------ trends
def _trends(merged: Merged) -> Iterator[str]:
    yield '<section aria-labelledby="trends"><h2 id="trends">指標の推移</h2>'
    yield '<p class="soft">実線は実績値、破線は最後の目標値です。再掲の行は元の行だけを示しています。</p><div class="trends">'
    copies = merged.plan.relisting.originals()
    for programme in merged.plan.programmes:
        if programme.key not in copies:
            yield _trend(merged, programme)
    yield "</div></section>"


def _trend(merged: Merged, programme: Programme) -> str:
    points = []
    for column in programme.with_role(Role.ACTUAL):
        entry = merged.entries.get((programme.key, column.key))
        text = entry.text if entry else programme.text(column.key)
        what = meaning(text)
        if column.year and what.number is not None and what.kind in (Kind.NUMBER, Kind.PERCENT):
            points.append((str(column.year), float(what.number), text))
    if len(points) < _LEAST_POINTS:
        return ""
    targets = [(c, meaning(programme.text(c.key))) for c in programme.with_role(Role.TARGET)]
    target = next((float(m.number) for _, m in reversed(targets) if m.number is not None), None)
    words = "、".join(f"{year} {text}" for year, _, text in points)
    name = f"{programme.number}　{programme.name}"
    return (
        f'<figure class="trend"><figcaption><strong>{escape(name)}</strong><br><span class="soft">'
        f"{escape(programme.text('indicator'))}</span></figcaption>{_chart(points, target, f'{name}：{words}')}</figure>"
    )


def _chart(points: Sequence[tuple[str, float, str]], target: float | None, words: str) -> str:
    values = [value for _, value, _ in points] + ([target] if target is not None else [])
    low, high = min(0.0, *values), max(values)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return round(_HEIGHT - _MARGIN - (value - low) / span * (_HEIGHT - 2 * _MARGIN), 1)

    step = (_WIDTH - 2 * _MARGIN) / (len(points) - 1)
    spots = [(round(_MARGIN + i * step, 1), y(value), year, text) for i, (year, value, text) in enumerate(points)]
    line = " ".join(f"{x},{top}" for x, top, _, _ in spots)
    dots = "".join(
        f'<circle cx="{x}" cy="{top}" r="3"><title>{escape(f"{year} {text}")}</title></circle>'
        for x, top, year, text in spots
    )
    years = "".join(
        f'<text x="{x}" y="{_HEIGHT - 4}" text-anchor="middle">{escape(year)}</text>' for x, _, year, _ in spots
    )
    last = spots[-1]
    label = f'<text x="{last[0]}" y="{max(9, last[1] - 6)}" text-anchor="end">{escape(last[3])}</text>'
    goal = (
        f'<line class="target" x1="0" x2="{_WIDTH}" y1="{y(target)}" y2="{y(target)}"/>' if target is not None else ""
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(words)}">{goal}'
        f'<polyline class="line" points="{line}"/>{dots}{years}{label}</svg>'
    )


# --------------------------------------------------------------------------------------------------------- relisting
def _groups(merged: Merged) -> Iterator[str]:
    plan = merged.plan
    yield '<section aria-labelledby="groups"><h2 id="groups">再掲</h2>'
    if not plan.relisting.groups:
        yield "<p>再掲の事業はありません。</p></section></main>"
        return
    yield '<div class="wide"><table><thead><tr><th scope="col">元の事業</th><th scope="col">再掲されている行</th></tr></thead><tbody>'
    for group in plan.relisting.groups:
        original = plan.programme(group.original)
        copies = [copy for key in group.copies if (copy := plan.programme(key))]
        if original is None:
            continue
        places = "<br>".join(escape(f"{c.number}（{c.sheet} {_cell(c)}）") for c in copies)
        yield f'<tr><th scope="row">{escape(original.number)}　{escape(original.name)}</th><td>{places}</td></tr>'
    yield "</tbody></table></div></section></main>"


def _cell(programme: Programme) -> str:
    place = programme.place("number") or programme.place("name")
    return a1(*place) if place else ""
