"""XP5: the plan's structure and ownership."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

NO_BLUE_DEPARTMENT = Rule(
    code="XP501",
    name="no-department-is-blue",
    severity=Severity.ERROR,
    title="複数の担当部局のうち、記入する部局が決まっていません",
    message="{number}「{programme}」には担当部局が{count}つありますが、青色セルがないため、どの部局が記入するか決まりません。",
    remedy="計画の{sheet} {cell}などの担当部局のセルのうち、記入する部局のセル1つを青色にしてください。1つのセルに並べて書いているときは、記入する部局の名前の前に「◎」を付けてください。",
    why="担当が複数ある事業は、青色セルの部局が記入します。決まらないまま照会すると、誰も記入しないか、二重に記入されます。",
    firing="担当部局が「生活支援課」「福祉政策課」の2つで、どちらのセルにも色がない。",
    quiet="「福祉政策課」のセルだけが青色である。",
)
TWO_BLUE_DEPARTMENTS = Rule(
    code="XP502",
    name="several-departments-are-blue",
    severity=Severity.ERROR,
    title="青色の担当部局が2つ以上あります",
    message="{number}「{programme}」では{got}のセルがどちらも青色のため、どの部局が記入するか決まりません。",
    remedy="記入する部局のセル1つだけを青色にし、ほかは塗りつぶしなしにしてください（{sheet} {cell}）。",
    why="1つの事業を記入する部局は1つだけです。推測で選ぶと、別の部局の数値が載るおそれがあります。",
    firing="「地域包括支援課」と「柏市社会福祉協議会」のセルが両方とも青い。",
    quiet="青いセルは「地域包括支援課」だけである。",
)
NUMBER_TWICE = Rule(
    code="XP503",
    name="number-stands-twice",
    severity=Severity.ERROR,
    title="同じ番号の事業が2つ以上あります",
    message="番号「{number}」の行が{count}つあります。",
    remedy="{sheet} {cell}などの番号を、重ならないように直してください。",
    why="提出された調査票の行は番号で見分けます。番号が重なると、値を別の行に転記するおそれがあります。",
    firing="「柱2(1)①ア」の行が2つある。",
    quiet="番号はすべて異なる。",
)
NO_DEPARTMENT = Rule(
    code="XP504",
    name="no-department",
    severity=Severity.ERROR,
    title="担当部局が空欄です",
    message="{number}「{programme}」の担当部局が空欄のため、照会先がありません。",
    remedy="計画の{sheet} {cell}に担当部局の名前を入れてください。",
    why="担当部局のない事業は、どの部局にも照会されません。",
    firing="担当部局のセルに何も入っていない。",
    quiet="「福祉政策課」と入っている。",
)
NO_TABLE = Rule(
    code="XP505",
    name="no-programme-table",
    severity=Severity.ERROR,
    title="事業の表が見つかりません",
    message="{file}に、番号・事業名の見出しがある表が見つかりません。",
    remedy="計画の表に「番号」「事業名」「担当部局」の見出しがあるか、確かめてください。",
    why="表の見出しから列の意味を読み取るため、見出しがないと読み取れません。",
    firing="見出しの行を削ったシート。",
    quiet="「番号」「事業名」「担当部局」が見出しにある。",
)
NO_ROUND_COLUMN = Rule(
    code="XP506",
    name="no-column-to-fill",
    severity=Severity.WARNING,
    title="今回記入する列がありません",
    message="{sheet}には、今回の照会（{year}）で記入する列がありません。",
    remedy="設定シートの「■列」で、今回の記入者を入れてください。見出しのセルを青色にしても指定できます。",
    why="記入する列が決まらないと、調査票を作れません。",
    firing="設定の「今回の記入者」がすべて空欄である。",
    quiet="「Ｒ5 実績値」の記入者が「担当部局」である。",
)
SETTING_NOT_UNDERSTOOD = Rule(
    code="XP507",
    name="setting-not-understood",
    severity=Severity.ERROR,
    title="設定の内容を読み取れません",
    message="設定シートの{cell}（{item}）の「{got}」を読み取れません。",
    remedy="設定シートの{cell}を、右の説明の例にならって入れ直してください。",
    why="設定が読み取れないまま進めると、意図と違う照会になります。",
    firing="実績年度に「来年」と入っている。",
    quiet="実績年度に「R5」と入っている。",
)
UNKNOWN_DEPARTMENT = Rule(
    code="XP508",
    name="department-not-in-settings",
    severity=Severity.WARNING,
    title="担当部局が設定の一覧にありません",
    message="「{got}」は設定シートの担当部局の一覧にありません{near}。",
    remedy="書き間違いのときは{sheet} {cell}を直し、正しい名前のときは設定シートの担当部局に加えてください。",
    why="同じ部局が別の名前で書かれていると、調査票が2つに分かれます。",
    firing="一覧に「福祉政策課」があるのに、表では「福祉政策」と書かれている。",
    quiet="表の名前がすべて一覧にある。",
)
NUMBER_SHARED = Rule(
    code="XP510",
    name="number-shared-by-several-programmes",
    severity=Severity.WARNING,
    title="名称の違う事業が同じ番号です",
    message="番号「{got}」が、名称の違う{count}つの事業に付いています。続けて並び、評価指標が違うので、事業名と評価指標で見分けます。",
    remedy="番号の付け間違いのときは、{sheet} {cell}などの番号を直してください。正しいときは、そのままで構いません。",
    why="提出された調査票の行は、まず番号で見分けます。番号が同じ行は、事業名や評価指標を書き換えられると見分けられません。",
    firing="「11204」が続けて3行あり、事業名がそれぞれ違う。",
    quiet="「11204」が続けて3行あり、事業名は同じで評価指標が違う。",
)
NUMBER_IS_DATE = Rule(
    code="XP511",
    name="number-became-a-date",
    severity=Severity.WARNING,
    title="番号が日付になっています",
    message="{sheet} {cell}の番号は「{got}」と日付になっています。「{expected}」と読み取り、文字として書き出しました。",
    remedy="「{expected}」が正しいか確かめてください。元のブックでは、セルの書式を「文字列」にしてから番号を入れ直します。",
    why="「1-10」と入力すると、Excelは1月10日という日付に変えます。番号で行を見分けられなくなります。",
    firing="番号のセルに「1月10日」と表示されている。",
    quiet="番号のセルに、文字で「1-10」と入っている。",
)
TABLES_SIDE_BY_SIDE = Rule(
    code="XP512",
    name="tables-side-by-side",
    severity=Severity.ERROR,
    title="表が左右に並んでいます",
    message="{sheet}では、同じ行に2つの表の見出し（{got}）が左右に並んでいるため、読み取れません。",
    remedy="2つの表を上下に並べるか、シートを分けてください。",
    why="1つの行に2つの事業があると、どちらの値か決められません。",
    firing="A3とH3の両方に「番号」の見出しがある。",
    quiet="2つの表が上下に並んでいる。",
)
FORMULAS_FIXED = Rule(
    code="XP509",
    name="formulas-became-values",
    severity=Severity.INFO,
    title="計算式を値に置き換えました",
    message="{sheet} {cell}など{count}個のセル（{named}）の計算式「{got}」を、その時点の値に置き換えました。",
    remedy="行や列の位置が変わるため、式は引き継ぎません。今回の年度の欄が空いているときは、値を入れるか、設定シートの「■列」で記入者を決めてください。",
    why="表を組み直すと行の位置が変わり、式が別のセルを指すおそれがあります。",
    firing="達成率の列に「=J8/L8」という式がある。",
    quiet="達成率の列に「87.2%」という値がある。",
)
ACCEPTED_CHANGE_WITHOUT_ROW = Rule(
    code="XP513",
    name="accepted-change-without-row",
    severity=Severity.WARNING,
    title="採用した修正申出の番号が計画にありません",
    message="「{sheet}」シートの{cell}で採用とした修正「{got}」は、番号「{number}」の事業が計画にないため、注記にできません。",
    remedy="「{sheet}」シートの番号を、計画の表にある番号に直してください。",
    why="採用した修正は、配布用のブックでその事業の下に注記します。事業が分からないと、注記が抜け落ちます。",
    firing="番号が「柱2(9)①ア」の修正申出が採用になっているが、その番号の事業がない。",
    quiet="番号が「柱2(1)①ア」の修正申出が採用になっていて、その番号の事業がある。",
)

RULES = (
    NO_BLUE_DEPARTMENT,
    TWO_BLUE_DEPARTMENTS,
    NUMBER_TWICE,
    NO_DEPARTMENT,
    NO_TABLE,
    NO_ROUND_COLUMN,
    SETTING_NOT_UNDERSTOOD,
    UNKNOWN_DEPARTMENT,
    FORMULAS_FIXED,
    NUMBER_SHARED,
    NUMBER_IS_DATE,
    TABLES_SIDE_BY_SIDE,
    ACCEPTED_CHANGE_WITHOUT_ROW,
)
