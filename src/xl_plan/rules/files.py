"""XP1: files and their structure."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

UNREADABLE = Rule(
    code="XP101",
    name="file-not-readable",
    severity=Severity.ERROR,
    title="ファイルを読み取れません",
    message="{file}を読み取れません：{reason}",
    remedy="{advice}",
    why="読み取れないファイルの値は、1つも取りまとめに入りません。",
    firing="拡張子は.xlsxだが、中身はPDFである。",
    quiet="Excelで開けるブックである。",
)
IGNORED_FILE = Rule(
    code="XP102",
    name="file-ignored",
    severity=Severity.INFO,
    title="調査票ではないため読み飛ばしました",
    message="{file}は{reason}のため、読み飛ばしました。",
    remedy="調査票のときは、Excelで開いて「名前を付けて保存」し直したものを置いてください。",
    why="Excelが作る一時ファイルなどは、提出物ではありません。",
    firing="「~$福祉政策課.xlsx」がある。",
    quiet="「福祉政策課.xlsx」がある。",
)
UNKNOWN_DEPARTMENT_OF_FILE = Rule(
    code="XP103",
    name="department-not-known",
    severity=Severity.ERROR,
    title="どの部局の提出か分かりません",
    message="{file}がどの部局の提出か分かりません（読み取れた名前：{got}）{near}{answers}。",
    remedy="「記入要領」シートの部局名に、計画にある部局の名前を入れて、置き直してください。",
    why="部局が分からないと、どのセルを受け取ってよいか決まりません。",
    firing="部局名のセルが消され、ファイル名にも部局名がない。",
    quiet="部局名のセルに「福祉政策課」とある。",
)
OTHER_PLAN = Rule(
    code="XP104",
    name="form-of-another-plan",
    severity=Severity.ERROR,
    title="別の計画または別の年度の調査票です",
    message="{file}は「{got}」の調査票です。今回は「{expected}」です。",
    remedy="今回の調査票に記入し直すか、その計画の取りまとめに使ってください。",
    why="別の計画の値が混ざるのを防ぎます。",
    firing="R4の調査票が置かれている。",
    quiet="R5の調査票が置かれている。",
)
ROW_MISSING = Rule(
    code="XP105",
    name="owned-row-missing",
    severity=Severity.ERROR,
    title="記入していただく行が見つかりません",
    message="{file}に、{department}が記入する{numbers}の行（{count}セル）が見つかりません。",
    remedy="修正依頼の調査票を渡し、{numbers}の行に記入したものを提出してもらってください。",
    why="行が消えたまま取りまとめると、回答がなかったことになります。",
    firing="柱2(1)①イの行が削除されている。",
    quiet="配布した行がすべて残っている（並べ替えられていても構わない）。",
)
ROW_UNKNOWN = Rule(
    code="XP106",
    name="row-not-in-plan",
    severity=Severity.WARNING,
    title="計画にない行があります",
    message="{file}の{sheet} {cell}にある「{got}」は計画にない行です{answers}。値は取りまとめに入れていません。",
    remedy="新しい事業を加えたいときは「修正申出」に記入してもらってください。番号の書き換えであれば、元の番号に戻してください。",
    why="計画にない行の値は、載せる場所がありません。",
    firing="「柱2(9)⑨ア」の行が書き足されている。",
    quiet="計画にある番号の行だけである。",
)
ROW_TWICE = Rule(
    code="XP107",
    name="row-returned-twice",
    severity=Severity.ERROR,
    title="同じ行が2つあり、内容が違います",
    message="{file}に{number}の行が2つ以上あり、内容が違うため、どれも受け取っていません（{got}）。",
    remedy="正しい行を1つだけ残して、提出し直してもらってください。",
    why="どちらが正しいかは、推測で決められません。",
    firing="柱2(1)①イの行が複写され、実績値が「10件」と「12件」になっている。",
    quiet="複写された行の内容が同じである。",
)
NO_TABLE_RETURNED = Rule(
    code="XP108",
    name="form-without-table",
    severity=Severity.ERROR,
    title="調査票の表が見つかりません",
    message="{file}に、番号・事業名の見出しがある表が見つかりません。",
    remedy="配布した調査票に記入したものを提出してもらってください。",
    why="表がないと、どの値がどの事業のものか分かりません。",
    firing="白紙のブックが提出された。",
    quiet="配布した調査票が提出された。",
)
ISSUE_DATA_LOST = Rule(
    code="XP109",
    name="issue-data-lost",
    severity=Severity.INFO,
    title="配布時の情報が失われています",
    message="{file}の配布時の情報（非表示シート）が失われています。部局名・番号・見出しを手がかりに読み取りました。",
    remedy="内容に間違いがないか、提出状況の数を確かめてください。",
    why="別のソフトで保存し直したり、新しいブックに貼り付けたりすると、非表示シートが失われます。",
    firing="新しいブックに表だけが貼り付けられている。",
    quiet="配布した調査票のまま保存されている。",
)

CSV_TEXT_MADE_SAFE = Rule(
    code="XP191",
    name="csv-text-like-a-formula",
    severity=Severity.INFO,
    title="数式と間違われる文字列の前に「'」を付けました",
    message="{sheet} {cell}（{number} {column}）の「{expected}」は、CSVを表計算ソフトで開くと数式と間違われるため、「{got}」として書き出しました。",
    remedy="プログラムで読み取るときは、先頭の「'」を1つ除いてください。そのままの文字列が必要なときは、.jsonか.parquetで書き出してください。",
    why="CSVの「=」「+」「-」「@」で始まる文字列は、開いただけで数式として動くことがあります。",
    firing="「-5%増」をCSVに書き出す。",
    quiet="「5%増」をCSVに書き出す。",
)

RULES = (
    CSV_TEXT_MADE_SAFE,
    UNREADABLE,
    IGNORED_FILE,
    UNKNOWN_DEPARTMENT_OF_FILE,
    OTHER_PLAN,
    ROW_MISSING,
    ROW_UNKNOWN,
    ROW_TWICE,
    NO_TABLE_RETURNED,
    ISSUE_DATA_LOST,
)
