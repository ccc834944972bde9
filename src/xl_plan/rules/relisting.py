"""XP4: relisted rows (再掲)."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

# ------------------------------------------------------------------------------------------------ marks and groups
ORIGINAL_ELSEWHERE = Rule(
    code="XP401",
    name="original-not-in-plan",
    severity=Severity.WARNING,
    title="再掲の元の事業がこの計画にありません",
    message="{number}の再掲元「{got}」はこの計画にないため、この行はふつうの行として記入してもらいます。",
    remedy="元の事業がこの計画にあるはずのときは、{sheet} {cell}の番号を確かめてください。別の柱にあるときは、このままで構いません。",
    why="元の行がないと値を引き写せません。空欄のまま印刷されないように、担当部局に記入してもらいます。",
    firing="「【再掲】柱1(2)②ア」とあるが、柱1のシートがない。",
    quiet="「【再掲】柱2(1)①ア」とあり、柱2(1)①アがこの計画にある。",
)
NO_ORIGINAL = Rule(
    code="XP402",
    name="every-row-is-a-copy",
    severity=Severity.ERROR,
    title="再掲の元になる行がありません",
    message="{got}は互いに再掲とされていて、元になる行（再掲の印のない行）がありません。決まるまで、どの行もふつうの行として扱います。",
    remedy="元の事業の行から再掲の印を消してください（{sheet} {cell}など）。",
    why="元の行が決まらないと、同じ事業を何度も照会することになり、違う回答が載るおそれがあります。",
    firing="アに「【再掲】イ」、イに「【再掲】ア」とある。",
    quiet="イに「【再掲】ア」とあり、アには印がない。",
)
TWO_ORIGINALS = Rule(
    code="XP403",
    name="several-originals",
    severity=Severity.ERROR,
    title="再掲の元が2つ以上あります",
    message="{rows}は{got}の再掲とされていますが、元になる行がどれか1つに決まりません。決まるまで、ふつうの行として扱います。",
    remedy="{sheet} {cell}の再掲の番号を、元の事業1つの番号に直してください。{got}のどれかが再掲であれば、その行に再掲の印を付けてください。",
    why="元の行ごとに値が違うと、どちらを引き写すべきか決まりません。推測はしません。",
    firing="「【再掲】柱2(1)①ア 柱2(1)①イ」とあり、どちらにも再掲の印がない。",
    quiet="挙げた番号のうち、再掲の印がない行は1つだけである。",
)
ORIGINAL_LATER = Rule(
    code="XP404",
    name="original-after-its-copy",
    severity=Severity.WARNING,
    title="再掲の元が、再掲の行より後ろにあります",
    message="{number}は再掲の元ですが、再掲の行（{got}）より後ろにあります。{number}を元として扱います。",
    remedy="元と再掲が逆であれば、{sheet} {cell}などの再掲の印を付け替えてください。このままでよければ、直す必要はありません。",
    why="読む人は先に出てくる行を元と受け取ります。印を付け間違えたまま照会すると、別の部局に記入を頼むおそれがあります。",
    firing="柱2(1)①アに「【再掲】柱2(3)①ア」とあり、柱2(3)①アには印がない。",
    quiet="元の行が先にあり、再掲の行が後ろにある。",
)
MARK_UNRESOLVED = Rule(
    code="XP405",
    name="mark-leads-nowhere",
    severity=Severity.WARNING,
    title="再掲の元がどの行か分かりません",
    message="{number}「{got}」には再掲の印がありますが、元の番号がなく、事業名と評価指標が同じ行も1つに決まりません。ふつうの行として扱います。",
    remedy="{sheet} {cell}の再掲の印の後に、元の事業の番号を入れてください。",
    why="元の行が分からないと値を引き写せません。推測で選ぶと、別の事業の値が載るおそれがあります。",
    firing="「【再掲】」とだけあり、同じ事業名の行がほかにない。",
    quiet="「【再掲】」とだけあるが、事業名と評価指標が同じ行が1つだけある。",
)
SAME_ABSENT_ORIGINAL = Rule(
    code="XP406",
    name="alike-rows-of-one-absent-original",
    severity=Severity.WARNING,
    title="この計画にない同じ事業の再掲が、複数あります",
    message="{number}は、{other}と同じく{got}の再掲で、{reasons}も同じです。元の行がこの計画にないため、別々に記入してもらいます。",
    remedy="同じ事業であれば、{sheet} {cell}の再掲の印に{other}を加え、{other}の再掲の印を外してください。一度の記入で済みます。",
    why="同じ事業を2回照会すると、違う回答が返ることがあります。番号だけでは同じ事業と言い切れないため、自動ではまとめません。",
    firing="2つの行がどちらも「【再掲】柱1(2)②ア」で、事業名も同じである。",
    quiet="同じ番号を挙げていても、事業名も実績値も違う。",
)
NUMBER_NOT_FOUND = Rule(
    code="XP407",
    name="cited-number-not-found",
    severity=Severity.WARNING,
    title="再掲の番号の行が見つかりません",
    message="{number}の再掲の印にある「{got}」という番号の行は、この計画にありません。",
    remedy="{sheet} {cell}の再掲の番号に、誤りがないか確かめてください。",
    why="番号の誤りで元の行とつながらないと、同じ事業を二重に照会することになります。",
    firing="柱2(1)に①～③しかないのに「【再掲】柱2(1)⑦ア」とある。",
    quiet="「【再掲】柱1(2)②ア」とあり、柱1のシートがこの計画にない（XP401でお知らせします）。",
)
ORIGINAL_OF_GROUP_ELSEWHERE = Rule(
    code="XP408",
    name="original-of-group-not-in-plan",
    severity=Severity.WARNING,
    title="再掲どうしの行があり、元の事業がこの計画にありません",
    message="{number}と{rows}は同じ事業の再掲ですが、元の「{got}」がこの計画にありません。{number}に記入してもらい、{rows}に引き写します。",
    remedy="元の事業がこの計画にあるはずのときは、{sheet} {cell}の番号を確かめてください。別の柱にあるときは、このままで構いません。",
    why="どの行も再掲なので、どこに記入するかを決める必要があります。番号の最も若い行を元の代わりにします。",
    firing="柱2(1)①オに「【再掲】柱1(1)②ア」、柱2(2)②イに「【再掲】柱2(1)①オ」とあり、柱1のシートがない。",
    quiet="再掲の印のない行が1つある。",
)

# ------------------------------------------------------------------------------- what the rows of a group say
WIDTH_DIFFERS = Rule(
    code="XP411",
    name="relisted-writing-differs",
    severity=Severity.INFO,
    title="再掲の行と元の行で、全角・半角や句読点が違います",
    message="{number}の「{column}」は、元の{original}（{original_cell}）と書き方だけが違います（{difference}）。",
    remedy="そろえるときは、{sheet} {cell}か{original_cell}を直してください。rollover --align を付けると、元の行にそろえた計画を作れます。",
    why="内容は同じですが、並べて読む人には別の文に見えます。自動では直しません。",
    firing="元の行は「令和６年度」、再掲の行は「令和6年度」である。",
    quiet="1文字も違わない。",
)
WORDING_DIFFERS = Rule(
    code="XP412",
    name="relisted-wording-differs",
    severity=Severity.WARNING,
    title="再掲の行と元の行で、言葉が違います",
    message="{number}の「{column}」は、元の{original}（{original_cell}）と言葉が違います（{difference}）。{texts}",
    remedy="どちらが正しいか確かめ、{sheet} {cell}か{original_cell}を直してください。違ってよい列であれば、設定シートの「■再掲の例外」に固有と入れてください。",
    why="同じ事業の説明が場所によって違うと、どちらが正しいか問われます。自動では直しません。",
    firing="元の行の評価指標は「相談支援件数」、再掲の行は「相談件数」である。",
    quiet="内容（事業の説明）だけが違う。内容は行ごとに固有だからである。",
)
FIGURES_DIFFER = Rule(
    code="XP413",
    name="relisted-figures-differ",
    severity=Severity.ERROR,
    title="再掲の行と元の行で、数値が違います",
    message="{number}の「{column}」は、元の{original}（{original_cell}）と数値が違います（{difference}）。{texts}",
    remedy="どちらが正しいか確かめ、{sheet} {cell}か{original_cell}を直してください。違ってよい列であれば、設定シートの「■再掲の例外」に固有と入れてください。",
    why="同じ事業の数値が2か所で違うと、会議で必ず問われます。自動では直しません。",
    firing="元の行のＲ4 実績値は「418件」、再掲の行は「361件」である。",
    quiet="元の行は「4,049件」、再掲の行は「４０４９件」である（書き方だけの違いとしてお知らせします）。",
)
TYPED_OVER = Rule(
    code="XP414",
    name="relisted-cell-typed-over",
    severity=Severity.WARNING,
    title="再掲の行に、元の行と違う値が直接入っています",
    message="{number}の「{column}」は元の{original}（{original_cell}）を引き写すセルですが、違う値が直接入っています（{difference}）。入っている値をそのまま残しています。{texts}",
    remedy="元の行と同じでよければ、{sheet} {cell}の値を消してください。次の取りまとめで、元の行を引き写す式に戻ります。",
    why="式を値で上書きすると、元の行を直しても再掲の行は直りません。",
    firing="取りまとめのブックで、再掲の行の式の上に「9件」と入力した（元の行は「10件」）。",
    quiet="再掲の行が元の行を引き写す式のままである。",
)
UNMARKED_DUPLICATE = Rule(
    code="XP415",
    name="unmarked-duplicate",
    severity=Severity.WARNING,
    title="再掲の印がありませんが、同じ事業と思われます",
    message="{number}「{programme}」は、{other}（{other_cell}）と{reasons}が同じですが、再掲の印がありません。別の事業として記入してもらいます。",
    remedy="同じ事業であれば、{sheet} {cell}に「【再掲】{other}」と入れてください。別の事業であれば、このままで構いません。",
    why="同じ事業を2回照会すると、違う回答が返ることがあります。同じ事業かどうかは、推測では決めません。",
    firing="柱2(2)①イの事業名・評価指標・実績値が柱2(1)①イと同じで、再掲の印がない。",
    quiet="事業名が「研修の実施」のように短く、評価指標も実績値も違う。実績値がどちらも「－」ばかりである。",
)

# ---------------------------------------------------------------------------------------------- answers that came in
COPY_ANSWER_TAKEN = Rule(
    code="XP416",
    name="answer-stood-in-relisted-row",
    severity=Severity.WARNING,
    title="元の行ではなく、再掲の行に記入されていました",
    message="{sheet} {cell}（{number} {column}）は再掲のため記入不要ですが、{department}が「{got}」と記入しています。元の{original}には新しい回答がないため、この値を{original}に入れ、再掲の行すべてに引き写しました。",
    remedy="{original}の値としてよいか、{owner}に確かめてください。",
    why="再掲の行に記入された回答を捨てると、回答が失われます。元の行と食い違わないときだけ使います。",
    firing="元の行は空欄のまま、再掲の行に「15,107件」と記入されている。",
    quiet="元の行に「15,107件」とあり、再掲の行は「記入不要」のままである。",
)
ANSWERS_DISAGREE = Rule(
    code="XP417",
    name="relisted-answers-disagree",
    severity=Severity.ERROR,
    title="元の行と再掲の行で、回答が違います",
    message="{original}とその再掲の行で「{column}」の回答が違うため、どれも受け取らず、保留にしています（{got}）。",
    remedy="{departments}で正しい内容を確かめ、{original}の行に記入したものを提出し直してもらってください。再掲の行は空欄に戻してください。",
    why="同じ事業の値は1つです。後から読んだファイルを優先すると、誤った値が載るおそれがあります。",
    firing="生活支援課は元の行に「15,107件」、福祉政策課は再掲の行に「15,170件」と記入した。",
    quiet="どちらにも「15,107件」と記入されている。一方は配布時のままである。",
)
ALIGNED = Rule(
    code="XP418",
    name="relisted-cell-aligned",
    severity=Severity.INFO,
    title="再掲の行を、元の行にそろえました",
    message="{number}の「{column}」を、元の{original}にそろえました（{difference}）。",
    remedy="元の行の方が正しいか確かめてください。違うときは、{original}を直してから、もう一度そろえてください。",
    why="計画の内容を変えたときは、どこをどう変えたかを必ず示します。",
    firing="rollover --align を付け、評価指標「相談件数」を元の「相談支援件数」にそろえた。",
    quiet="--align を付けていない。または、元の行と同じである。",
)

RULES = (
    ORIGINAL_ELSEWHERE,
    NO_ORIGINAL,
    TWO_ORIGINALS,
    ORIGINAL_LATER,
    MARK_UNRESOLVED,
    SAME_ABSENT_ORIGINAL,
    NUMBER_NOT_FOUND,
    ORIGINAL_OF_GROUP_ELSEWHERE,
    WIDTH_DIFFERS,
    WORDING_DIFFERS,
    FIGURES_DIFFER,
    TYPED_OVER,
    UNMARKED_DUPLICATE,
    COPY_ANSWER_TAKEN,
    ANSWERS_DISAGREE,
    ALIGNED,
)
