"""XP1: departments that had another name."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

FORMER_NAME_USED = Rule(
    code="XP131",
    name="former-department-name",
    severity=Severity.INFO,
    title="旧名称の部局の提出です",
    message="{file}は、旧名称「{got}」の提出です。今の「{expected}」の記入するセルとして読み取りました。",
    remedy="{expected}の提出で間違いないか、確かめてください。部局の名称は「設定」シートの「■担当部局」にあります。",
    why="組織改正の後も、改正の前に配布した調査票をそのまま受け取れるようにします。",
    firing="「設定」に旧名称「保健予防課」とある「地域保健課」に、「保健予防課」の調査票が提出された。",
    quiet="今の名称の調査票が提出された。",
)
FORMER_NAME_OF_SEVERAL = Rule(
    code="XP132",
    name="former-name-of-several",
    severity=Severity.WARNING,
    title="分かれた部局の旧名称の提出です",
    message="{file}の部局名「{got}」は{expected}の旧名称です。記入されているセルから、どの部局の提出かを判断します。",
    remedy="「記入要領」シートの部局名に、今の名称を入れて提出し直してもらうと確実です。",
    why="1つの部局が複数に分かれたときは、旧名称だけではどちらの提出か決まりません。",
    firing="「福祉課」が「福祉政策課」と「生活支援課」に分かれた後に、「福祉課」の調査票が提出された。",
    quiet="旧名称が1つの部局だけのものである。",
)

RULES = (FORMER_NAME_USED, FORMER_NAME_OF_SEVERAL)
