"""The wordings of answers that are no number, as patterns over folded text (:func:`xl_plan.meaning.text.fold`).

Folding has removed blanks and line breaks, made every dash ``-``, ``ー`` among them, and every comma ``,``; the
patterns are written for that: ``アップ`` is as typed, ``データ`` is ``デ-タ``.
"""

from __future__ import annotations

import re

from xl_plan.meaning.kinds import Direction, Kind, Meaning, Remark
from xl_plan.meaning.numerals import UNITS, narrow
from xl_plan.meaning.text import fold

_POLITE = r"(?:です|とします|とする|である|ます)?"

# Answered: there is none, it was not measured, it has not begun.
NONE = re.compile(
    r"-+|\.{2,}|/|\*+|N/?A|n/?a"
    r"|(?:該当|特に|実績|目標|指標|設定|設定値|数値目標|目標値|実績値|評価指標|対象|申請|相談|開催|実施|利用|参加者|該当者|デ-タ|回答)?(?:なし|無し|無|ナシ|ありません)"
    r"|未実施|実施せず|(?:開催|実施|事業|調査)?中止|未開催|開催せず|未調査|調査未実施|(?:調査)?実施(?:なし|年度?ではない)|非該当|対象外|不明"
    r"|.{1,20}のため,?(?:なし|無し|-)|未設定|設定(?:せず|していない)|調査年度?(?:では|で)ない|(?:当年度|本年度|今年度)?(?:は)?調査(?:なし|を行わず|を実施せず)"
)

_PENDED = (
    r"(?:集計|調査|算出|算定|計算|精査|確認|照会|作業|整理|取りまとめ|とりまとめ|分析|編集)(?:中|前|待ち)"
    r"|未(?:集計|確定|公表|算出|算定|定|発表|入手|着)|(?:公表|確定|結果|速報|発表|集計)(?:待ち|後(?:に)?(?:報告|提出|回答)?)"
    r"|(?:後日|追って|別途|確定次第|集計次第|判明次第|公表次第|決算後)(?:に)?,?(?:報告|連絡|回答|提出|提示|記入|入力)?(?:予定|します|いたします)?"
)
_WHEN = (
    r"(?:(?:令和|平成|R|H)?(?:[0-9元]{1,4}年度?|[0-9]{1,2}\.)?(?:[0-9]{1,2}月|[0-9]{1,2}/[0-9]{1,2}|年度末|年度内|夏|秋|冬|春)"
    r"(?:[0-9]{1,2}日)?(?:上旬|中旬|下旬|末|頃|ごろ|以降|中|初旬)*+(?:に|までに)?)"
)
_PUBLISHED = r"(?:公表|確定|集計|報告|判明|発表|算出|提出|回答|完了|結果|とりまとめ|取りまとめ)"
# Answered: to follow.
PENDING = re.compile(
    rf"(?:現在|目下|R?[0-9]*実績|実績値?|数値|結果)?[,:は]?(?:{_PENDED}){_POLITE}(?:[,.:]|のため|につき|であり)*(?:{_PENDED})?"
    rf"(?:{_WHEN}?(?:{_PUBLISHED})?(?:予定|見込み?|する|します)?)?"
    rf"|{_WHEN}(?:に)?{_PUBLISHED}(?:予定|見込み?)?"
)
# Every wording of it holds one of these.
_PENDING_SIGN = re.compile(r"[中前待未後追途次公確集報判発算提回完結め]")

_BEFORE = (
    r"上|左|右|下|上記|左記|右記|下記|前記|前述|前掲|上段|下段|前項|前ペ-ジ|前頁|前回|前期|前年度?|昨年度?|例年|従来|これまで"
    r"|(?:令和|平成|R|H)[0-9元]{1,2}(?:年度?)?|[0-9]{4}年度?|他(?:課|部局?)|本文|事業内容|内容|計画(?:書)?|成果欄|備考欄?"
)
_ELSEWHERE = (
    r"別紙[0-9①-⑳一二三]*|別添[0-9①-⑳一二三]*(?:資料)?|別表[0-9]*|別途|添付(?:資料|ファイル|書類)?|資料[0-9①-⑳]*|別資料|参考資料"
    r"|様式[0-9]*|ホ-ムペ-ジ|市?HP|市?ホ-ムペ-ジ|報告書|計画書|メ-ル|メモ|コメント"
)
# Not an answer, when it is the whole of it: the reader is sent elsewhere.
REFUSED = re.compile(
    r"同(?:上|左|右|下|前|じ|様|文|値|断)(?:です|とする)?|[〃々仝〻\"'゛〟]+|''+|\"+"
    rf"|(?:{_BEFORE})(?:の?(?:実績|目標|数値|値|内容|回答|事業|欄|とおり))?(?:値)?(?:[とに]?(?:全く)?(?:同様|同じく?|同一|同値|同数|同文|同水準|同程度|準じる|準ずる|準拠))(?:の?(?:内容|値|数値|実績|回答))?{_POLITE}"
    rf"|(?:{_BEFORE})(?:の?(?:実績|目標|数値|値|内容|回答|欄))?(?:の?(?:とおり|通り|どおり|並み?)|を?参照(?:のこと|ください|願います)?)(?:同様)?{_POLITE}"
    rf"|(?:{_BEFORE})?(?:から|より|と)?(?:の)?(?:変更|変わり|異動|増減|修正)(?:は)?(?:なし|無し|ありません|無)"
    rf"|(?:{_ELSEWHERE})(?:の|を|に|で)?(?:とおり|通り|どおり|参照(?:のこと|ください|願います)?|記載(?:のとおり|の通り)?|添付|提出|ご?覧ください|確認ください)?{_POLITE}"
    r"|.{0,15}(?:を)?参照(?:のこと|ください|願います)?|(?:詳細は|内容は)(?:別紙|別添|別途|資料).{0,8}"
    r"|.{1,15}(?:と|に)(?:同じ|同様)(?:です|とする)?|(?:以下|中|後)?(?:省略|略)|割愛|記載省略|\(略\)"
    r"|\[?再掲\]?(?:のとおり|参照|のため(?:省略|記載なし)?)?"
)

_THAN = (
    r"(?:(?:前年度?|昨年度?|前回|現状|現状値|現在|基準年度?|策定時|計画策定時|前年度?実績|実績|(?:令和|平成|R|H)[0-9元]{1,2}(?:年度?)?)(?:実績値|実績|値|調査)*+"
    r"(?:より(?:も)?|から|比(?:で)?|に比べ|と比較して|以上に|と|を|,|の)?)?"
)
_AIM = (
    r"(?:を?(?:目指す|目指します|めざす|目標|目標とする|図る|図ります|継続)|させる|させます|する|します"
    r"|傾向(?:を維持)?|へ|に向け(?:る|て)|を期待|となる)?"
)
_UP = r"増加|増|増やす|向上|上昇|拡大|拡充|アップ|UP|Up|up|↑|↗|⬆|伸ばす|上げる|プラス|増大|増進"
_DOWN = r"減少|減|減らす|低下|下降|縮小|低減|削減|ダウン|DOWN|Down|down|↓|↘|⬇|下げる|抑制|マイナス|軽減"
_KEEP = (
    r"維持|現状維持|横ばい|→|⇒|現状(?:の)?維持|維持継続|現状の水準を維持|維持・継続"
    r"|(?:同じ|同)?(?:水準|程度)(?:を|の)?維持"
)
_WHAT = r"(?:の)?(?:率の|数の|件数の|割合の)?"
_HIGHER = r"|(?:維持・|維持又は|維持または)(?:向上|増加|上昇)"
# The way a value is to move.
DIRECTIONS: tuple[tuple[Direction, re.Pattern[str]], ...] = (
    ("up", re.compile(rf"{_THAN}{_WHAT}(?:{_UP}){_AIM}{_POLITE}{_HIGHER}")),
    ("down", re.compile(rf"{_THAN}{_WHAT}(?:{_DOWN}){_AIM}{_POLITE}")),
    ("keep", re.compile(rf"{_THAN}{_WHAT}(?:{_KEEP}){_AIM}{_POLITE}")),
)

_STEP = (
    r"設置|策定|着手|完了|実施|検討|準備|作成|改定|改訂|改正|開始|開設|運用|稼働|導入|整備|継続|達成|公表|締結|制定|施行|供用|見直し"
    r"|廃止|終了|試行|構築|確立|発足|開催|配布|発行|移行|統合|配置|選定|着工|竣工|開館|開所|開園|更新|決定|承認|議決|公開|取得|購入"
    r"|建設|改修|修繕|移転|閉鎖|休止|再開|延期|結成|設立|創設|新設|増設|拡充|リニュ-アル"
)
_AIMED = (
    r"周知|充実|推進|強化|支援|普及|啓発|連携|活用|研究|調査|対応|把握|育成|提供|協議|調整|改善|確保|点検|検証|評価"
)
_STATE = (
    r"(?:済み?|中|予定|完了|開始|した|しました|する|します|あり|有り?|できず|せず|に着手"
    r"|を?(?:目指す|予定|検討|検討中|継続|実施|推進|完了|開始))*+"
)
# A step that is taken or not: a step, perhaps of something (協議会の設置), or a thing done as an aim (周知, 支援中).
MILESTONE = re.compile(
    rf"(?:.{{0,18}}?)(?:未|一部|随時|本格|仮|再|毎年|新規|順次)?(?:{_STEP})(?:・(?:{_STEP}))*{_STATE}"
    rf"|(?:未|一部|随時|継続)?(?:{_AIMED}){_STATE}|あり|有り?|済み?|有|未達成?|概ね達成"
)
_DATE = re.compile(
    r"(?:(?:令和|平成|R|H|Ｒ|Ｈ)?\s*[0-9元]{1,4}\s*(?:年度?|\.)\s*)?"
    r"(?:[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*日)?(?:上旬|中旬|下旬|初旬|末|頃|ごろ|中)?|[0-9]{1,2}/[0-9]{1,2}|年度末|年度内|[春夏秋冬](?:頃|ごろ|以降|に|予定))"
    r"|(?:令和|平成|R|H)\s*[0-9元]{1,2}\s*年度(?:末|中|内)?"
)


def expected_date(text: str) -> str:
    """When something is said to follow, as typed: ``集計中（9月公表予定）`` → ``9月``; "" where no date stands."""
    match = _DATE.search(narrow(text))
    return text[match.start() : match.end()] if match else ""


_RELATIVE = re.compile(rf"{_THAN}(?P<bound>以上|以下|未満|超)")


def may_be_pending(text: str) -> bool:
    """Whether a text has anything in it that PENDING is worded with; most texts have not, and need not be read."""
    return _PENDING_SIGN.search(fold(text)) is not None


def worded(body: str) -> Meaning | None:
    """The meaning of an answer that is words alone (－, 集計中, 同上, 増加), None for other texts.

    ``body`` is narrowed and without its notes.
    """
    if len(body) > 60:
        return None
    key = fold(body).rstrip(".")
    if NONE.fullmatch(key or fold(body)) or (key.startswith("-") and key.lstrip("-") in UNITS):  # －件 too
        long_vowel = body.strip("ーｰ") == ""
        return Meaning(Kind.NONE, label=body, remarks=(Remark.LONG_VOWEL_DASH,) if long_vowel else ())
    if REFUSED.fullmatch(key):
        return Meaning(Kind.REFUSED, label=body)
    if PENDING.fullmatch(key):
        return Meaning(Kind.PENDING, label=body)
    for direction, pattern in DIRECTIONS:
        if pattern.fullmatch(key):
            return Meaning(Kind.DIRECTION, direction=direction, label=body)
    relative = _RELATIVE.fullmatch(key)
    if relative and relative["bound"] != key:
        least = relative["bound"] in {"以上", "超"}
        strict = relative["bound"] in {"未満", "超"}
        return Meaning(Kind.BOUND, bound="min" if least else "max", label=body, strict=strict)
    return None


def milestone(body: str) -> Meaning | None:
    """The meaning of 設置, 策定済み, 協議会の設置; None for other texts, whole sentences among them."""
    key = fold(body)
    if len(key) > (12 if key.endswith(".") else 25) or not MILESTONE.fullmatch(key.rstrip(".")):
        return None
    return Meaning(Kind.MILESTONE, label=body)
