"""Names of the sheets that the tool writes."""

from __future__ import annotations

SETTINGS_SHEET = "設定"
ISSUED_SHEET = "_xl-plan"
GUIDE_SHEET = "記入要領"
PROPOSAL_SHEET = "修正申出"
STATUS_SHEET = "提出状況"
FINDINGS_SHEET = "確認事項"
SOURCES_SHEET = "転記元一覧"
RELISTED_SHEET = "再掲一覧"
HISTORY_SHEET = "これまでの経過"
STATE_SHEET = "_xl-plan-state"
REVISIONS_SHEET = "事務局修正"
HANDBOOK_SHEET = "記入の手引き"
SPELLING_SHEET = "表記ゆれ"
LETTERS_SHEET = "文面"
#: Sheets that the tool itself writes beside the plan's own: never read as a pillar.
OWN_SHEETS = frozenset(
    {
        SETTINGS_SHEET,
        ISSUED_SHEET,
        GUIDE_SHEET,
        PROPOSAL_SHEET,
        STATUS_SHEET,
        FINDINGS_SHEET,
        SOURCES_SHEET,
        HISTORY_SHEET,
        STATE_SHEET,
        REVISIONS_SHEET,
        "達成状況",
        "指標の推移",
        RELISTED_SHEET,
        "データ一覧",
        "目次",
        LETTERS_SHEET,
        HANDBOOK_SHEET,
        SPELLING_SHEET,
    }
)
#: Those of them that merge writes anew each time: what a person changes there is not kept.
REPORT_SHEETS = OWN_SHEETS - {SETTINGS_SHEET, LETTERS_SHEET}
