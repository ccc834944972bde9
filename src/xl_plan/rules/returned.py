"""XP1: what came back in a readable file: whose it is, its rows and columns, its messages."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

COLUMN_MISSING = Rule(
    code="XP110",
    name="owned-column-missing",
    severity=Severity.ERROR,
    title="記入していただく列が見つかりません",
    message="{file}に、{department}が記入する「{column}」の列（{count}セル）が見つかりません。",
    remedy="修正依頼の調査票を渡し、「{column}」の列に記入したものを提出してもらってください。",
    why="列が消えたり見出しが変わったりしたまま取りまとめると、回答がなかったことになります。",
    firing="「Ｒ5 実績値」の列が削除されている。",
    quiet="列の順番が変わっているが、見出しは残っている。",
)
DEPARTMENT_DISAGREES = Rule(
    code="XP111",
    name="department-contradicted",
    severity=Severity.ERROR,
    title="どの部局の提出か、食い違っています",
    message="{file}がどの部局の提出か、食い違っています（{got}）。このファイルの値は受け取っていません。",
    remedy="提出した部局を確かめ、その部局に配布した調査票に記入したものを置き直してください。",
    why="ほかの部局の値を取り違えて載せるのを防ぎます。どちらが正しいかは推測しません。",
    firing="福祉政策課に配布した調査票の部局名が「障害福祉課」に書き換えられている。",
    quiet="配布した調査票の部局名がそのままで、ファイル名だけ「回答.xlsx」に変わっている。",
)
FILE_NAME_DIFFERS = Rule(
    code="XP112",
    name="file-named-after-another",
    severity=Severity.WARNING,
    title="ファイル名と中身の部局が違います",
    message="{file}は{expected}の調査票ですが、ファイル名には「{got}」とあります。{expected}の提出として受け取りました。",
    remedy="{expected}の提出で間違いないか、確かめてください。",
    why="別の部局の調査票に記入した可能性があります。",
    firing="福祉政策課の調査票が「障害福祉課.xlsx」という名前で置かれている。",
    quiet="福祉政策課の調査票が「福祉政策課_回答.xlsx」という名前で置かれている。",
)
ROW_UNCLEAR = Rule(
    code="XP113",
    name="row-contradicted",
    severity=Severity.ERROR,
    title="どの事業の行か、番号と事業名が食い違っています",
    message="{file}の{sheet} {cell}の行は、番号「{got}」と事業名「{name}」が別の事業を指しているため、受け取っていません{answers}。",
    remedy="{sheet} {cell}の行の番号と事業名を、配布時のとおりに戻してください。",
    why="番号と事業名のどちらが正しいか推測すると、値が別の事業に入ります。",
    firing="番号は「柱2(1)①ア」、事業名と評価指標は柱2(1)①イのもので、どちらの行か決め手がない。",
    quiet="番号と事業名が同じ事業のものである。",
)
DUPLICATE_FILE = Rule(
    code="XP114",
    name="file-twice",
    severity=Severity.INFO,
    title="同じ内容のファイルが2つあります",
    message="{file}は{got}と1文字も違わない写しのため、1つとして数えました。",
    remedy="このままで構いません。どちらかを除いても結果は変わりません。",
    why="同じ提出物を2回数えないようにします。",
    firing="「福祉政策課.xlsx」と、それを複写した「福祉政策課 - コピー.xlsx」がある。",
    quiet="部局ごとにファイルが1つである。",
)
WHOLE_PLAN_RETURNED = Rule(
    code="XP115",
    name="plan-sheet-returned",
    severity=Severity.INFO,
    title="調査票でなく計画の表が提出されています",
    message="{file}は計画の表の写しです。{department}の記入として、{department}が記入するセルだけを受け取りました。",
    remedy="{department}の提出で間違いないか、提出状況の数を確かめてください。",
    why="計画の表全体が回覧され、そのまま提出されることがあります。",
    firing="回覧された計画の表に、自分の部局の行だけを記入したものが提出されている。",
    quiet="配布した調査票が提出されている。",
)
NOTHING_TO_FILL = Rule(
    code="XP116",
    name="nothing-to-fill-in-file",
    severity=Severity.INFO,
    title="記入するセルのない提出です",
    message="{file}は{department}のものですが、{department}が記入するセルはないため、値は取り込んでいません。",
    remedy="このままで構いません。",
    why="確認用の表は、内容を読んでもらうためのものです。",
    firing="確認用の表がそのまま送り返されている。",
    quiet="記入するセルのある調査票が提出されている。",
)
ROW_NOT_ISSUED = Rule(
    code="XP117",
    name="row-added-after-issue",
    severity=Severity.WARNING,
    title="調査票を配布した後に加わった行があります",
    message="{file}には、配布後に{department}の担当に加わった{numbers}の行（{count}セル）がありません。",
    remedy="調査票を配り直し、{numbers}の行に記入してもらってください。",
    why="配布の後に計画が変わったため、部局はまだこの行を見ていません。",
    firing="調査票の配布後に、計画に事業が1つ加わった。",
    quiet="配布後に担当する行が変わっていない。",
)
COMMENT_LEFT = Rule(
    code="XP118",
    name="comment-left",
    severity=Severity.INFO,
    title="コメントが付いています",
    message="{file}の{sheet} {cell}にコメントがあります：「{got}」",
    remedy="内容を読み、必要なことがあれば部局に確かめてください。コメントは取りまとめに載りません。",
    why="コメントは担当者からの連絡です。見落とさないように、ここに書き写します。",
    firing="実績値のセルに「速報値です」とコメントが付いている。",
    quiet="コメントがない。取りまとめ部局が修正依頼に付けたコメントだけがある。",
)
TEXT_ELSEWHERE = Rule(
    code="XP119",
    name="text-outside-form",
    severity=Severity.INFO,
    title="調査票にない場所に文字があります",
    message="{file}の{sheet} {cell}に始まる{count}セルに、配布した調査票にない文字があります：{got}",
    remedy="内容を読み、必要なことがあれば部局に確かめてください。取りまとめには載せていません。",
    why="書き足された列や欄外の文字は担当者からの連絡です。見落とさないように、ここに書き写します。",
    firing="表の右に「備考」の列が書き足されている。",
    quiet="配布した調査票の文字だけがある。",
)
ROWS_MIXED = Rule(
    code="XP120",
    name="rows-sorted-in-part",
    severity=Severity.ERROR,
    title="表の一部だけが並べ替えられています",
    message="{file}の{sheet}で、{numbers}の行の一部の列だけが並べ替えられています（{cell}は配布時「{expected}」、今は「{got}」）。どの行の回答か分からないため、これらの行は受け取っていません{answers}。",
    remedy="修正依頼の調査票に記入し直してもらってください。",
    why="番号の列と値の列が別々に並べ替えられると、値が別の事業に入ります。",
    firing="番号から評価指標までの列だけを選んで並べ替えてある。",
    quiet="表全体が並べ替えられている（行の中身はそろっている）。",
)
PREFILLED_MISSING = Rule(
    code="XP121",
    name="prefilled-cells-missing",
    severity=Severity.INFO,
    title="配布時にあったセルがなくなっています",
    message="{file}から、記入対象でない{what}（{count}セル）がなくなっています。計画の値を使うため、取りまとめには影響しません。",
    remedy="このままで構いません。意図した削除であれば、理由を部局に確かめてください。",
    why="消された行や列に、部局の意図があることがあります。",
    firing="「Ｒ1 実績値」の列が削除されている。",
    quiet="配布した行と列がすべて残っている。",
)

RULES = (
    COLUMN_MISSING,
    DEPARTMENT_DISAGREES,
    FILE_NAME_DIFFERS,
    ROW_UNCLEAR,
    DUPLICATE_FILE,
    WHOLE_PLAN_RETURNED,
    NOTHING_TO_FILL,
    ROW_NOT_ISSUED,
    COMMENT_LEFT,
    TEXT_ELSEWHERE,
    ROWS_MIXED,
    PREFILLED_MISSING,
)
