"""The words that forms say and submissions are searched for."""

from __future__ import annotations

RESPONDENT = "回答者・内線"
CHECKER = "確認者・確認日"
SUBMISSION_KIND = "提出区分"
VERSION = "差し替えの回数（第n回）"
DEPARTMENT = "部局名"
STATE = "記入の状況"
KINDS = ("新規", "差し替え")
PROPOSAL_HEAD = ("番号", "項目", "現在の内容", "修正案", "理由")

MISSING, DONE, OVER = "未入力", "記入済み", "100％を超えています"
WRONG_UNIT, NO_CONTENT, TOO_LONG = "単位が違います", "内容を記入してください", "字あります"

MARK = "点検（印刷されません）"  # how the head of every column of checks begins
READ, YEAR_ON_YEAR, RATE, RATING = "読み取った数値", "前年比", "達成率", "評価"
