"""XP2: what the division changed by hand in the consolidated workbook (事務局修正)."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

ANSWER_REVISED = Rule(
    code="XP221",
    name="answer-revised-by-hand",
    severity=Severity.WARNING,
    title="部局の回答を、取りまとめのブックで修正しています",
    message="{number}「{column}」は、取りまとめのブックで「{expected}」から「{got}」に修正されています。修正した内容を残しました。",
    remedy="「事務局修正」シートの文面で、{owner}に確かめてください。修正をやめるときは、セルを元の内容に戻してください。",
    why="部局の回答を事務局が直したときは、部局に確かめるまで、直した前と後の両方が分かるようにします。",
    firing="取りまとめのブックで、記述の言い回しを直して保存した。",
    quiet="取りまとめのブックを開いただけ、または元の内容に戻した。",
)
BOTH_CHANGED = Rule(
    code="XP222",
    name="revised-and-answered-anew",
    severity=Severity.WARNING,
    title="事務局が修正したセルに、新しい回答が届きました",
    message="{number}「{column}」は、取りまとめのブックで「{expected}」から「{got}」に修正されていますが、{source}では「{submitted}」に変わりました。修正した「{got}」を残しています。",
    remedy="どちらが正しいか{owner}に確かめ、新しい内容を使うときは、セルに「{submitted}」を入れてください。",
    why="新しい回答で上書きすると修正が失われ、修正を残すと新しい回答が載りません。どちらにするかは人が決めます。",
    firing="「10件」を「11件」に修正した後に、「12件」という差し替えが提出された。",
    quiet="差し替えの内容が、修正した内容と同じである。",
)
PLAN_CELL_REVISED = Rule(
    code="XP223",
    name="plan-cell-revised-by-hand",
    severity=Severity.INFO,
    title="計画の内容を、取りまとめのブックで修正しています",
    message="{number}「{column}」は、計画では「{expected}」ですが、取りまとめのブックで「{got}」に修正されています。修正した内容を残しました。",
    remedy="計画も直すときは、計画のブックの同じセルを直してください。修正をやめるときは、セルを元の内容に戻してください。",
    why="事業名や過去の値の修正は、計画のブックと食い違ったままになりやすいため、一覧に残します。",
    firing="取りまとめのブックで、事業名の誤字を直した。",
    quiet="計画のブックと同じ内容である。",
)
ROW_REMOVED = Rule(
    code="XP224",
    name="row-removed-by-hand",
    severity=Severity.WARNING,
    title="取りまとめのブックから消された行を、元に戻しました",
    message="取りまとめのブックに{number}「{programme}」の行がありませんでしたが、計画にある事業のため、元に戻しました。",
    remedy="照会しない事業にするときは、計画のブックの「設定」シートの「■事業の異動」に入れてください。",
    why="行が消えたままでは、部局の回答が載りません。",
    firing="取りまとめのブックで、柱2(1)①イの行を削除した。",
    quiet="行を並べ替えた、または備考の行を加えた。",
)
ROWS_ADDED = Rule(
    code="XP225",
    name="rows-added-by-hand",
    severity=Severity.INFO,
    title="取りまとめのブックに加えられた行を残しました",
    message="{sheet}の{after}に加えられた{count_rows}行を残しました（{got}）。",
    remedy="事業を加えるときは、計画のブックの表に加えてください。備考であれば、このままで構いません。",
    why="加えられた行は計画にはないため、照会や集計の対象になりません。",
    firing="事業の下に「※R6から名称変更」という行を加えた。",
    quiet="行を加えていない。",
)
SHEET_REVISED = Rule(
    code="XP226",
    name="sheet-revised-by-hand",
    severity=Severity.INFO,
    title="取りまとめのブックで直したシートを残しました",
    message="「{sheet}」シートは、取りまとめのブックで直した内容を残しました{changes}。",
    remedy="{advice}",
    why="取りまとめのブックの設定は次年度の計画に引き継がれますが、今回の照会と取りまとめは計画のブックの設定で行います。",
    firing="取りまとめのブックの「設定」シートで、部局の連絡先を直した。",
    quiet="シートの内容が変わっていない。",
)
NOT_KEPT = Rule(
    code="XP227",
    name="hand-work-not-kept",
    severity=Severity.WARNING,
    title="取りまとめのブックでの修正を、引き継げませんでした",
    message="取りまとめのブックの{where}の「{got}」は、{reason}ため、引き継いでいません。",
    remedy="必要なときは、値を直接入れ直してください。修正したブックは、同じ場所に「手修正控え」として残してあります。",
    why="引き継げない修正を黙って捨てると、気付かないまま失われます。",
    firing="計算結果の保存されていない数式を入れた。計画にない列を表の途中に加えた。",
    quiet="値や言葉を直した。表の右の空いた列に書き込んだ。",
)
STATE_LOST = Rule(
    code="XP228",
    name="last-output-not-comparable",
    severity=Severity.WARNING,
    title="前回の取りまとめと比べられません",
    message="{got}は{reason}ため、手で直したところが分かりません。{copy}に写しを残し、新しく取りまとめました{differences}。",
    remedy="写しを開き、残したい修正があれば、新しい取りまとめのブックに入れ直してください。",
    why="前回の内容が分からないと、手で直したのか、回答が変わったのかを区別できません。",
    firing="取りまとめのブックが、別の計画のものと入れ替わっている。",
    quiet="前回の取りまとめのブックがそのままある、または取りまとめが初めてである。",
)
COPY_KEPT = Rule(
    code="XP229",
    name="edited-output-copied",
    severity=Severity.INFO,
    title="手で直した前回の取りまとめの写しを残しました",
    message="前回の取りまとめが手で直されていたため、写しを{copy}に残してから、新しく取りまとめました。",
    remedy="直した内容は新しい取りまとめにも引き継いであります。写しは、要らなくなったら消して構いません。",
    why="手で直したブックを、写しを残さずに上書きすることはありません。",
    firing="取りまとめのブックの言い回しを直して保存した後に、もう一度取りまとめた。",
    quiet="前回の取りまとめが、書き出したときのままである。",
)
OUTPUT_NOT_COUNTED = Rule(
    code="XP230",
    name="last-output-not-counted",
    severity=Severity.WARNING,
    title="事務局・会議の記入を数えられません",
    message="{got}の記入を読み取れないため、事務局・会議の記入は計画のブックの分だけを数えています（{reason}）。",
    remedy="ブックを開いているときは閉じて、もう一度実行してください。",
    why="評価などは取りまとめのブックに記入されるため、読み取れないと記入の数が分かりません。",
    firing="取りまとめのブックが壊れている、またはほかの人が開いている。",
    quiet="取りまとめのブックを読み取れる、またはまだ取りまとめていない。",
)

RULES = (
    ANSWER_REVISED,
    BOTH_CHANGED,
    PLAN_CELL_REVISED,
    ROW_REMOVED,
    ROWS_ADDED,
    SHEET_REVISED,
    NOT_KEPT,
    STATE_LOST,
    COPY_KEPT,
    OUTPUT_NOT_COUNTED,
)
