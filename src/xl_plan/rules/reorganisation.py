"""XP5: programmes that came or went, and plans corrected after issuing."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

ISSUE_NUMBER_RAISED = Rule(
    code="XP521",
    name="issue-number-not-raised",
    severity=Severity.INFO,
    title="発行番号を1つ進めて、調査票を作り直しました",
    message="「設定」シートの発行番号が前回の計画と同じ（{got}）ため、作り直した調査票の発行番号を{expected}としました。",
    remedy="計画のブックの「設定」シートの発行番号を{expected}に直してください。次に作り直すときに、番号が重ならなくなります。",
    why="同じ部局から古い調査票と新しい調査票が届いたときに、発行番号の大きい方を新しい回答とします。",
    firing="計画を直した後、発行番号が1のまま split --since を実行した。",
    quiet="計画を直したときに、発行番号を2に直してある。",
)
MOVE_WITHOUT_ROW = Rule(
    code="XP522",
    name="move-names-no-row",
    severity=Severity.WARNING,
    title="「■事業の異動」の番号が計画にありません",
    message="「設定」シートの{cell}（{kind}）にある番号「{got}」の事業は、この計画にありません。",
    remedy="番号を計画の表にある番号に直してください。異動の後も、事業の行は計画の表に残してください。",
    why="番号が違うと、廃止した事業を照会したり、新しい事業を照会しなかったりします。",
    firing="「柱2(9)①ア　廃止　R5」とあるが、その番号の事業がない。",
    quiet="「柱2(1)①ア　廃止　R5」とあり、柱2(1)①アが計画の表にある。",
)

RULES = (ISSUE_NUMBER_RAISED, MOVE_WITHOUT_ROW)
