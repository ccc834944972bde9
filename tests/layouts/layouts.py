"""Ten structures in which cities publish their progress sheets."""

from __future__ import annotations

from types import MappingProxyType

from layouts.drawing import Layout, drawn

# 内容 as a second line above indicator and values, the header over three rows, two departments with one blue.
SECOND_LINE = Layout(
    drawn(
        柱1="""
【柱１】
（１）見守りの充実
番号 | 事業名 | 内容 | < | < | < | < | < | 担当部局\\n※青色セルの部局がご記入ください。
^ | ^ | 評価指標 | Ｈ30 | Ｒ1 | Ｒ2 | ・Ｒ2取り組みの成果，課題\\n・Ｒ3に向けた施策 | Ｒ6 | ^
^ | ^ | ^ | 実績値 | 実績値 | 実績値 | ^ | 目標値 | ^
柱1(1)ア | 見守り活動 | 地域の見守りを行います。 | < | < | < | < | < | 福祉課
^ | ^ | 訪問件数 | 120 {#,##0"件"} | 131 {#,##0"件"} | 140 {#,##0"件"} | 訪問を増やした。 | 200 {#,##0"件"} | *地域課
柱1(1)イ | 配食 | 昼食を届けます。 | < | < | < | < | < | 福祉課
^ | ^ | 配食数 | ５食 | ６食 | ７食 | 集計中 | 増加 | ^
"""
    ),
    "R2",
    (
        ("地域課", "訪問件数", "Ｒ2"),
        ("地域課", "訪問件数", "・Ｒ2取り組みの成果，課題\n・Ｒ3に向けた施策"),
        ("福祉課", "配食数", "Ｒ2"),
        ("福祉課", "配食数", "・Ｒ2取り組みの成果，課題\n・Ｒ3に向けた施策"),
    ),
)

# One row an indicator; number, name and department merged over the rows of their indicators.
MERGED_INDICATORS = Layout(
    drawn(
        評価シート="""
令和５年度　子ども計画　進捗管理表
（作成：企画課）
№ | 事業の名称 | 指標名 | 主管課 | 令和3年度 | 令和4年度 | 令和5年度 | 令和6年度\\n目標 | 取組の成果・課題 | 備考
'0030 | 子育て相談 | 相談件数 | 子ども・子育て課 | 300 | 310 | 320 | 400 | 相談が増えた。 |
^ | ^ | 満足度 | ^ | 81% | 83% | 84% | 90% | 待ち時間が課題。 |
^ | ^ | 相談員数 | ^ | 4人 | 4人 | 5人 | 6人 | 1名増員した。 | 会計年度任用職員
'0031 | 一時預かり | 利用者数 | 保育課 | 50 | 55 | 61 | 70 | 増やした。 |
※ 満足度は、毎年10月の調査による。
"""
    ),
    "R5",
    tuple(
        (department, row, column)
        for department, row in (
            ("子ども・子育て課", "相談件数"),
            ("子ども・子育て課", "満足度"),
            ("子ども・子育て課", "相談員数"),
            ("保育課", "利用者数"),
        )
        for column in ("令和5年度", "取組の成果・課題")
    ),
)

# The target stands before the actual of each year; unit in 【 】 behind the indicator; 30 shown as 0030.
TARGET_FIRST = Layout(
    drawn(
        進捗="""
第２次環境計画　年次報告
事業NO | 取組名 | 評価指標 | R4年度 | < | R5年度 | < | 所管課
^ | ^ | ^ | 目標値 | 実績値 | 目標値 | 実績値 | ^
30 {0000} | 緑化 | 植樹本数【本】 | 500 | 480 | 500 | 512 | 公園課
31 {0000} | 省エネ | 電気使用量【％】 | 95 | 97 | 94 | 96 | ◎環境課、施設課
"""
    ),
    "R5",
    (("公園課", "植樹本数【本】", "実績値#2"), ("環境課", "電気使用量【％】", "実績値#2")),
)

# Value and 達成率 alternate, the latter under the same words three times, and are formulas.
RATES_BESIDE = Layout(
    drawn(
        一覧="""
事業番号 | 事業名 | 指標 | 目標値 | H23 | 達成率 | H24 | 達成率 | H25 | 達成率 | 担当課
1 | 健診 | 受診率 | 50 | 40 | =E2/D2 -> 0.8 {0%} | 45 | =G2/D2 -> 0.9 {0%} | 48 | =I2/D2 -> 0.96 {0%} | 健康課
2 | 予防接種 | 接種率 | 90 | 81 | =E3/D3 -> 0.9 {0%} | 90 | =G3/D3 -> 1 {0%} | 85 | =I3/D3 -> 0.94 {0%} | 保健所
合計 | | | 140 | 121 | | 135 | | 133 | |
"""
    ),
    "H25",
    (("健康課", "受診率", "H25"), ("保健所", "接種率", "H25")),
    emptied=(("", "受診率", "達成率#3"), ("", "接種率", "達成率#3")),
)

# 目標値, 実績値 and 達成率 under each other for every indicator; years without an era beside one that has it.
STACKED = Layout(
    drawn(
        指標="""
計画の指標（毎年度９月公表）
番号 | 施策 | 指標 | 区分 | 平成23年度 | 24年度 | 25年度 | 担当部署 | 今後の方向性
1-1 | 防犯 | 犯罪件数 | 目標値 | 900 | 880 | 860 | 市民安全課 | パトロールを増やす。
^ | ^ | ^ | 実績値 | 910 | 870 | 850 | ^ | ^
^ | ^ | ^ | 達成率 | 98.9% | 101.1% | 101.2% | ^ | ^
^ | ^ | 防犯灯の数 | 目標値 | 100 | 110 | 120 | ^ | 更新を進める。
^ | ^ | ^ | 実績値 | 100 | 108 | 121 | ^ | ^
^ | ^ | ^ | 達成率 | 100% | 98.2% | 100.8% | ^ | ^
1-2 | 防災 | 訓練の回数 | 目標値 | 10 | 10 | 12 | 防災課 | 継続する。
^ | ^ | ^ | 実績値 | 9 | 10 | 11 | ^ | ^
^ | ^ | ^ | 達成率 | 90% | 100% | 91.7% | ^ | ^
"""
    ),
    "H25",
    tuple(
        asked
        for department, row in (("市民安全課", "犯罪件数"), ("市民安全課", "防犯灯の数"), ("防災課", "訓練の回数"))
        for asked in (
            (department, f"{row} / 実績値", "25年度"),
            (department, f"{row} / 達成率", "25年度"),
            (department, row, "今後の方向性"),
        )
    ),
)

# Two physical rows an indicator: the second holds only the target, as a legend says.
TWO_ROWS = Layout(
    drawn(
        柱="""
高齢者計画　実績報告
〔各欄の上段：実績値、下段：目標値〕
番号 | 事業名 | 評価指標 | 単位 | R3 | R4 | R5 | 担当部局
ア | 介護予防教室 | 参加者数 | 人 | 500 | 520 | 540 | 高齢者支援課
^ | ^ | ^ | ^ | 480 | 500 | 550 | ^
イ | 認知症カフェ | 開催回数 | 回 | 12 | 24 | | 地域包括支援課
^ | ^ | ^ | ^ | 12 | 20 | 24 | ^
"""
    ),
    "R5",
    (("高齢者支援課", "参加者数", "R5"), ("地域包括支援課", "開催回数", "R5")),
)

# One programme with a line of each department, every line with values of its own.
DEPARTMENT_LINES = Layout(
    drawn(
        再犯防止="""
No. | 取り組み | 取り組みの概要 | 担当課 | Ｒ4実績 | Ｒ5実績 | 課題
1 | 相談窓口の連携 | 窓口の間で情報を共有する。 | 福祉課 | 10件 | 11件 | なし
^ | ^ | ^ | 市民課 | 20件 | 22件 | 人手が足りない。
^ | ^ | ^ | 社会福祉協議会 | 5件 | 6件 | なし
2 | 広報 | 広報紙で知らせる。 | 広報課 | 2回 | 2回 | なし
"""
    ),
    "R5",
    tuple(
        (department, row, column)
        for department, row in (
            ("福祉課", "福祉課"),
            ("市民課", "市民課"),
            ("社会福祉協議会", "社会福祉協議会"),
            ("広報課", "広報課"),
        )
        for column in ("Ｒ5実績", "課題")
    ),
)

# A small table for each subsection, each with a header and columns of its own; codes that Excel took for dates.
TABLE_EACH = Layout(
    drawn(
        教育="""
教育振興計画の進捗状況
１ 学校教育
番号 | 事業名 | 指標 | R4 | R5 | 担当課 | 評価
45301 {m"月"d"日"} | 読書活動 | 貸出冊数 | 1000 {#,##0"冊"} | 1100 {#,##0"冊"} | 指導課 | Ａ
45302 {m"月"d"日"} | 体力づくり | 実施校 | 20校 | 21校 | 指導課 | Ｂ
凡例 | Ａ：順調 | Ｂ：おおむね順調
２ 社会教育
番号 | 事業名 | 内容 | R3 | R4 | R5 | 今後の取組の方向性 | 所管課
2-1 | 講座 | 市民講座を開く。 | 8回 | 9回 | 9回 | 続ける。 | 生涯学習課
2-2 | 図書館 | 開館時間を延ばす。 | 50日 | 60日 | 61日 | 続ける。 | 図書館
※ 2-2は試行である。
"""
    ),
    "R5",
    (
        ("指導課", "読書活動", "R5"),
        ("指導課", "体力づくり", "R5"),
        ("生涯学習課", "講座", "R5"),
        ("生涯学習課", "講座", "今後の取組の方向性"),
        ("図書館", "開館時間を延ばす。", "R5"),
        ("図書館", "開館時間を延ばす。", "今後の取組の方向性"),
    ),
    changed=MappingProxyType({"1月10日": "1-10", "1月11日": "1-11"}),
)

# Codes that repeat, one row an indicator, unit in a column, the latest figure as of a month, departments in one cell.
REPEATED_CODES = Layout(
    drawn(
        総合計画="""
(参考)目標の一覧 | | | | | | 単位は右の列のとおり
整理番号 | 事務事業名 | 成果指標 | 単位 | 平成15年末見込 | 2007年度 | R6.2月現在 | 平成34年 目標 | 担当部署
'11204 | 交通対策 | 事故件数 | 件 | 300 | 250 | 120 | 100 | ◎交通・防犯課\\n市民課
'11204 | 交通対策 | 死者数 | 人 | 5 | 4 | 2 | 0 | 交通・防犯課
'11204 | 交通対策 | 講習会 | 回 | 10 | 12 | 15 | 20 | 交通・防犯課
'11205 | 放置自転車 | 撤去台数 | 台 | 900 | 700 | 300 | 200 | ◎土木課・交通・防犯課
"""
    ),
    "R5",
    (
        *(("交通・防犯課", row, "R6.2月現在") for row in ("事故件数", "死者数", "講習会")),
        ("土木課", "撤去台数", "R6.2月現在"),
    ),
)

# Years typed once over two columns without merging; two tables under each other and a second sheet.
TYPED_ONCE = Layout(
    drawn(
        前期="""
| 健康づくり計画
| （１）運動
| No | 事業 | 担当課 | R4 | | R5 | | 実施状況
| | | | 目標 | 実績 | 目標 | 実績 |
| 1 | 体操 | スポーツ課 | 10 | 9 | 10 | 11 | 実施した。
| 2 | 散歩 | 健康課 | 5 | 5 | 5 | 6 | 実施した。
|
| （２）食
| No | 事業 | 担当課 | R4 | | R5 | | 実施状況
| | | | 目標 | 実績 | 目標 | 実績 |
| 3 | 食育 | 健康課 | 3 | 3 | 3 | 2 | 減った。
""",
        後期="""
No | 事業 | 担当課 | R4 実績 | R5 実績
4 | 禁煙 | 健康課 | 7 | 8
""",
    ),
    "R5",
    (
        ("スポーツ課", "体操", "実績#2"),
        ("スポーツ課", "体操", "実施状況"),
        ("健康課", "散歩", "実績#2"),
        ("健康課", "散歩", "実施状況"),
        ("健康課", "食育", "実績#2"),
        ("健康課", "食育", "実施状況"),
        ("健康課", "禁煙", "R5 実績"),
    ),
)

LAYOUTS = MappingProxyType(
    {
        "second-line": SECOND_LINE,
        "merged-indicators": MERGED_INDICATORS,
        "target-first": TARGET_FIRST,
        "rates-beside": RATES_BESIDE,
        "stacked": STACKED,
        "two-rows": TWO_ROWS,
        "department-lines": DEPARTMENT_LINES,
        "table-each": TABLE_EACH,
        "repeated-codes": REPEATED_CODES,
        "typed-once": TYPED_ONCE,
    }
)
