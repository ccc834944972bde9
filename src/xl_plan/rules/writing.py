"""XP3: how a value is written: struck words, look-alike characters, blanks; and the values of the plan itself."""

from __future__ import annotations

from xl_plan.findings import Rule, Severity

STRUCK_WORDS = Rule(
    code="XP330",
    name="struck-words",
    severity=Severity.WARNING,
    title="取り消し線の部分を除いて受け取りました",
    message="{sheet} {cell}（{number} {column}）には取り消し線の部分（「{struck}」）があります。除いた「{resolved}」を受け取りました（すべて残すと「{got}」）。",
    remedy="除いた読み方でよいか、確かめてください。",
    why="見え消しのまま印刷すると、消したはずの語が残ります。",
    firing="「~~15,017件~~15,107件」のように、古い値に取り消し線が引かれている。",
    quiet="取り消し線がない。",
)
STRUCK_WHOLE = Rule(
    code="XP331",
    name="all-struck",
    severity=Severity.ERROR,
    title="全体に取り消し線が引かれています",
    message="{sheet} {cell}（{number} {column}）の「{got}」は全体に取り消し線が引かれているため、受け取っていません（取り消すと空欄、取り消さなければ「{got}」）。",
    remedy="{sheet} {cell}に正しい内容を記入し、取り消し線を外してください。",
    why="取り消したまま新しい内容がないときは、何を回答としたいのか分かりません。",
    firing="セル全体に取り消し線が引かれ、代わりの値がない。",
    quiet="古い値に取り消し線が引かれ、新しい値が書かれている。",
)
RED_WORDS = Rule(
    code="XP332",
    name="red-words",
    severity=Severity.INFO,
    title="赤字の部分があります",
    message="{sheet} {cell}（{number} {column}）などの赤字も、回答の一部として受け取りました（「{quote}」）。",
    remedy="修正の途中の印でないか、確かめてください。",
    why="赤字は直した箇所の印のことが多く、ほかに直し残しがあるかもしれません。",
    firing="記述の一部が赤字で書かれている。",
    quiet="すべて同じ色で書かれている。",
)
LOOK_ALIKE = Rule(
    code="XP333",
    name="look-alike-characters",
    severity=Severity.WARNING,
    title="見た目の似た別の文字が使われています",
    message="{sheet} {cell}（{number} {column}）などに、見た目の似た別の文字があります（{quote}）。書かれたとおりに載せます。",
    remedy="PDFなどから写した文字を、ふつうの文字に打ち直してください。",
    why="PDFから写すと「文」が部首の「⽂」に変わることがあり、検索できず、書体によっては印刷されません。",
    firing="「⽂化」（部首のU+2F42）と記入されている。",
    quiet="「文化」と記入されている。",
)
UNSAFE_CHARACTER = Rule(
    code="XP334",
    name="characters-may-not-print",
    severity=Severity.WARNING,
    title="正しく印刷されないおそれのある文字があります",
    message="{sheet} {cell}（{number} {column}）などに、ほかのパソコンで正しく表示されないおそれのある文字があります（{quote}）。書かれたとおりに載せます。",
    remedy="外字や壊れた文字を、ふつうの文字に打ち直してください。",
    why="外字はそれを作ったパソコンでしか表示されません。①や㈱は、機種の違いで「㈰」などに化けることがあります。",
    firing="外字（U+E000など）や「�」が含まれている。",
    quiet="JIS第1・第2水準の文字だけである。",
)
CHARACTER_FORM = Rule(
    code="XP335",
    name="character-forms-vary",
    severity=Severity.INFO,
    title="半角カナなど、形の違う文字があります",
    message="{sheet} {cell}（{number} {column}）などに、形の違う文字があります（{quote}）。書かれたとおりに載せます。",
    remedy="必要なら、ふつうの形に直してください。",
    why="半角カナや互換漢字は、ほかの箇所と形が揃わず、検索できないことがあります。",
    firing="「ﾎﾞﾗﾝﾃｨｱ」と記入されている。",
    quiet="「ボランティア」と記入されている。",
)
CHANGED_FOR_PRINT = Rule(
    code="XP336",
    name="unprintable-removed",
    severity=Severity.INFO,
    title="印刷できない文字を除きました",
    message="{sheet} {cell}（{number} {column}）などの、目に見えず印刷できない文字を除きました（{quote}）。ほかの文字は変えていません。",
    remedy="文がつながっているか、確かめてください。",
    why="制御文字や幅のない文字は、印刷できず、ファイルを壊すことがあります。",
    firing="「福祉〔U+200B〕課」のように、幅のない空白が入っている。",
    quiet="ふつうの空白と改行だけである。",
)
OUTER_BLANKS = Rule(
    code="XP337",
    name="surplus-blanks",
    severity=Severity.INFO,
    title="余分な空白があります",
    message="{sheet} {cell}（{number} {column}）などに、前後の余分な空白または数の中の空白があります。書かれたとおりに受け取りました。",
    remedy="必要なら、空白を取り除いてください。",
    why="前後の空白は、値の比較や検索の妨げになります。",
    firing="「15,107件　」のように後ろに空白がある。",
    quiet="記述の段落の初めが1字下げてある。",
)
DIGIT_WIDTHS = Rule(
    code="XP338",
    name="digit-widths-mixed",
    severity=Severity.INFO,
    title="全角と半角の数字が混ざっています",
    message="{number}の値に、全角と半角の数字が混ざっています（{quote}）。",
    remedy="印刷前に揃えるときの参考にしてください。値は書かれたとおりに載せます。",
    why="同じ行の中で数字の幅が違うと、読みにくくなります。",
    firing="「８箇所」と「8箇所」が同じ行にある。",
    quiet="「７箇所」と「８箇所」が同じ行にある。",
)
LONG_VOWEL_DASH = Rule(
    code="XP339",
    name="long-vowel-as-dash",
    severity=Severity.INFO,
    title="横棒の代わりに長音記号が使われています",
    message="{sheet} {cell}（{number} {column}）の「{got}」は長音記号です。「－」（該当なし）として扱います。",
    remedy="印刷前に「－」に揃えるときの参考にしてください。",
    why="長音記号は縦書きや検索で横棒と違う扱いになります。",
    firing="該当なしの欄に「ー」（長音）と入っている。",
    quiet="「－」と入っている。",
)
PLAN_VALUE_UNCLEAR = Rule(
    code="XP341",
    name="plan-value-unclear",
    severity=Severity.WARNING,
    title="計画のブックの値を確かめてください",
    message="{sheet} {cell}（{number} {column}）の「{got}」は{reason}。",
    remedy="計画のブックの{sheet} {cell}を確かめてください。",
    why="計画のブックの値は、調査票と印刷物にそのまま載ります。",
    firing="過去の実績値が「#REF!」または「同上」になっている。",
    quiet="過去の実績値が「8,337件」である。",
)
PLAN_UNIT_DIFFERS = Rule(
    code="XP342",
    name="plan-unit-differs",
    severity=Severity.WARNING,
    title="計画のブックの行の中で単位が違います",
    message="{sheet} {cell}（{number} {column}）は「{got}」ですが、この行のほかの値は「{unit}」で数えています（{history}）。",
    remedy="計画のブックの{sheet} {cell}の単位を確かめてください。",
    why="行の中で数え方が違うと、推移を比べられません。",
    firing="「4,049件」「8,337件」と並ぶ行に「8,247人」とある。",
    quiet="「５箇所」と「8か所」のように同じ数え方である。",
)

RULES = (
    STRUCK_WORDS,
    STRUCK_WHOLE,
    RED_WORDS,
    LOOK_ALIKE,
    UNSAFE_CHARACTER,
    CHARACTER_FORM,
    CHANGED_FOR_PRINT,
    OUTER_BLANKS,
    DIGIT_WIDTHS,
    LONG_VOWEL_DASH,
    PLAN_VALUE_UNCLEAR,
    PLAN_UNIT_DIFFERS,
)
