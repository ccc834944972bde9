"""XP2: who may write where."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

FOREIGN_CELL_CHANGED = Rule(
    code="XP201",
    name="foreign-cell-changed",
    severity=Severity.ERROR,
    title="記入対象でないセルが変更されています",
    message="{where}は{department}の記入対象ではありませんが、{change}変わっています。変更は取りまとめに入れていません。",
    remedy="{sheet} {cell}{others}を配布時の内容に戻してください。変更が必要なときは「修正申出」シートに理由を添えて記入してください。",
    why="過去の値や目標、ほかの部局の値が気付かれずに変わるのを防ぎます。",
    firing="Ｒ4 実績値が「13,282件」から「1,328件」に変わっている。",
    quiet="配布時のままである。書式や色だけが変わっている。",
)
RELISTED_ROW_FILLED = Rule(
    code="XP202",
    name="relisted-row-filled",
    severity=Severity.ERROR,
    title="再掲の行に、元の行と違う内容が記入されています",
    message="{sheet} {cell}（{number} {column}）は再掲のため記入不要ですが、「{got}」と記入されています。元の{original}の内容（{expected}）を使います。",
    remedy="正しい内容を元の{original}の行に記入し、{number}の行は空欄に戻してください。",
    why="再掲の行は元の行から引き写します。2か所に違う内容があると、どちらが正しいか分かりません。",
    firing="元の行は「15,107件」、再掲の行に「15,170件」と記入されている。",
    quiet="再掲の行が「記入不要」のまま、または元の行と同じ内容である。",
)
TWO_ANSWERS = Rule(
    code="XP203",
    name="answers-disagree",
    severity=Severity.ERROR,
    title="同じセルに2通りの回答があり、新しい方が決まりません",
    message="{number} {column}に、{department}の複数のファイルで違う回答があり、新しい方が決まりません（{got}）。どちらも受け取らず、保留にしています。",
    remedy="「記入要領」の提出区分に「差し替え 第n回」と入れて提出し直してもらうか、古い方のファイルを除いてください。",
    why="提出区分も保存日時も同じでは、どちらが新しいか分かりません。推測で選ぶと古い値が載ります。",
    firing="2つのファイルに「10件」「12件」とあり、提出区分も文書の保存日時も同じである。",
    quiet="一方の提出区分が「差し替え」第2回である。",
)
RESUBMITTED = Rule(
    code="XP204",
    name="answer-superseded",
    severity=Severity.INFO,
    title="差し替えで回答が変わりました",
    message="{number} {column}は、{department}の差し替えにより「{expected}」から「{got}」に変わりました。",
    remedy="差し替えのとおりであれば、このままで構いません。",
    why="差し替えで値が変わったことを、後からたどれるようにします。",
    firing="第1回の「10件」が第2回で「12件」になった。",
    quiet="差し替えでも値は同じである。",
)
ANSWERS_FOR_ANOTHER = Rule(
    code="XP205",
    name="answer-for-another-department",
    severity=Severity.ERROR,
    title="ほかの部局が記入する行に記入されています",
    message="{where}は{owner}が記入する欄ですが、{department}のファイルで{change}変わっています。取りまとめには入れていません。",
    remedy="{owner}に内容を伝え、{owner}の調査票に記入してもらってください。",
    why="記入する部局は1つと決めてあります。別の部局の値は、確認されていない値です。",
    firing="生活支援課のファイルで、福祉政策課が記入する欄に値が入っている。",
    quiet="自分の部局が記入する欄だけに値が入っている。",
)

FORMULA_FOR_VALUE = Rule(
    code="XP206",
    name="formula-for-value",
    severity=Severity.WARNING,
    title="記入対象でないセルに数式が入っています",
    message="{where}は{department}の記入対象ではありませんが、値が数式「={formula}」に置き換わっています。取りまとめには計画の値を使います。",
    remedy="{sheet} {cell}{others}の数式を消し、配布時の内容に戻してください。",
    why="数式は参照先が変わると値が変わります。今は同じでも、次に開いたときに変わることがあります。",
    firing="Ｒ4 実績値の「13,282件」が「=13000+282」に置き換わっている。",
    quiet="値がそのまま入っている。",
)
OWNER_CHANGED = Rule(
    code="XP207",
    name="owner-changed-after-issue",
    severity=Severity.ERROR,
    title="配布の後に担当が変わった行に記入されています",
    message="{where}は配布の後に{owner}の担当に変わったため、{department}のファイルの回答は取りまとめに入れていません（{got}）。",
    remedy="{owner}に内容を伝え、{owner}の調査票に記入してもらってください。担当が変わっていないときは、計画の担当部局を直してください。",
    why="配布の後に計画の担当が変わると、前の担当の回答と新しい担当の回答が並びます。",
    firing="福祉政策課に配布した行の青いセルが、その後に生活支援課へ移された。",
    quiet="配布の後に担当が変わっていない。",
)
TAKEN_BY_TIME = Rule(
    code="XP208",
    name="newer-by-document-time",
    severity=Severity.WARNING,
    title="保存日時の新しい方の回答を使いました",
    message="{number} {column}に、{department}の複数のファイルで違う回答があります。提出区分に差し替えの順番がないため、文書の保存日時が新しい{file}の「{got}」を使いました（前の回答は「{expected}」、{older}）。",
    remedy="「{got}」が正しいか、{department}に確かめてください。",
    why="差し替えの順番が書かれていないときは、文書に残る保存日時だけが手がかりです。",
    firing="どちらも提出区分が「新規」の2つのファイルに「10件」「12件」とあり、文書の保存日時が違う。",
    quiet="後のファイルの提出区分が「差し替え」第1回である。",
)

RULES = (
    FOREIGN_CELL_CHANGED,
    RELISTED_ROW_FILLED,
    TWO_ANSWERS,
    RESUBMITTED,
    ANSWERS_FOR_ANOTHER,
    FORMULA_FOR_VALUE,
    OWNER_CHANGED,
    TAKEN_BY_TIME,
)
