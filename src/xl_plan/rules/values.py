"""XP3: what a value says."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

UNANSWERED = Rule(
    code="XP301",
    name="cell-unanswered",
    severity=Severity.WARNING,
    title="未記入のセルがあります",
    message="{department}が記入する{count}セルが未記入です（最初は{sheet} {cell}、{number} {column}）。",
    remedy="値を記入してください。値がないときは「－」、確定していないときは「集計中」と記入してください。",
    why="空欄のままでは、値がないのか、書き忘れたのか分かりません。",
    firing="実績値のセルが空欄である。",
    quiet="「－」または「集計中」と記入されている。",
)
NOT_AN_ANSWER = Rule(
    code="XP302",
    name="not-an-answer",
    severity=Severity.ERROR,
    title="このままでは内容が分からない回答です",
    message="{sheet} {cell}（{number} {column}）の「{got}」は、印刷すると内容が分からないため受け取っていません。",
    remedy="{sheet} {cell}に、内容そのものを記入してください。",
    why="「同上」「別紙のとおり」は、並べ替えや抜粋をすると何を指すか分からなくなります。",
    firing="「同上」とだけ記入されている。",
    quiet="「前年度と同じく3回開催した。」のように内容が書かれている。",
)
ERROR_VALUE = Rule(
    code="XP303",
    name="error-value",
    severity=Severity.ERROR,
    title="セルがエラーになっています",
    message="{sheet} {cell}（{number} {column}）が「{got}」になっているため、受け取っていません。",
    remedy="{sheet} {cell}に、値を直接記入してください。",
    why="エラーのまま印刷されるのを防ぎます。",
    firing="「-5%増」と入力して「#NAME?」になっている。",
    quiet="「5%増」と文字で入っている。",
)
FORMULA_ANSWER = Rule(
    code="XP304",
    name="formula-as-answer",
    severity=Severity.WARNING,
    title="数式が入っています",
    message="{sheet} {cell}（{number} {column}）には数式「={formula}」が入っています。計算結果の「{got}」を受け取りました。",
    remedy="計算結果が正しいか確かめ、値を直接記入してください。",
    why="数式は参照先が変わると値が変わります。受け取るのはファイルに残っていた計算結果です。",
    firing="「=A1+A2」と入っている。",
    quiet="「849」と入っている。",
)
FORMULA_WITHOUT_RESULT = Rule(
    code="XP305",
    name="formula-without-result",
    severity=Severity.ERROR,
    title="数式の計算結果がありません",
    message="{sheet} {cell}（{number} {column}）の数式「={formula}」には計算結果が保存されていないため、受け取っていません。",
    remedy="{sheet} {cell}に、値を直接記入してください。",
    why="計算結果のない数式からは、値を知ることができません。",
    firing="計算しないソフトで保存された数式が入っている。",
    quiet="値が直接入っている。",
)

RULES = (UNANSWERED, NOT_AN_ANSWER, ERROR_VALUE, FORMULA_ANSWER, FORMULA_WITHOUT_RESULT)
