"""The domain as frozen values: plan, programme, department, ownership, relisting, submission.

Names follow the field's terms (計画 plan, 事業 programme, 評価指標 indicator, 再掲 relisted …). Positions are those of
:mod:`xl_plan.cells`: rows and columns from 0.
"""

from __future__ import annotations

from xl_plan.model.answers import Entry, Issued, Merged, Outcome, Proposal, Returned, State, Submission
from xl_plan.model.plan import CellKey, Group, Plan, Relisting, Spot
from xl_plan.model.rows import Band, BandKind, Block, Column, DepartmentCell, Filler, Programme, Role, Sharing, Table
from xl_plan.model.settings import (
    AskedAgain,
    ColumnSetting,
    Department,
    HistoryLine,
    Move,
    MoveKind,
    Settings,
    SharingException,
    Survey,
)
from xl_plan.model.sheetnames import (
    FINDINGS_SHEET,
    GUIDE_SHEET,
    HANDBOOK_SHEET,
    HISTORY_SHEET,
    ISSUED_SHEET,
    LETTERS_SHEET,
    OWN_SHEETS,
    PROPOSAL_SHEET,
    RELISTED_SHEET,
    REPORT_SHEETS,
    REVISIONS_SHEET,
    SETTINGS_SHEET,
    SOURCES_SHEET,
    SPELLING_SHEET,
    STATE_SHEET,
    STATUS_SHEET,
)

__all__ = [
    "FINDINGS_SHEET",
    "GUIDE_SHEET",
    "HANDBOOK_SHEET",
    "HISTORY_SHEET",
    "ISSUED_SHEET",
    "LETTERS_SHEET",
    "OWN_SHEETS",
    "PROPOSAL_SHEET",
    "RELISTED_SHEET",
    "REPORT_SHEETS",
    "REVISIONS_SHEET",
    "SETTINGS_SHEET",
    "SOURCES_SHEET",
    "SPELLING_SHEET",
    "STATE_SHEET",
    "STATUS_SHEET",
    "AskedAgain",
    "Band",
    "BandKind",
    "Block",
    "CellKey",
    "Column",
    "ColumnSetting",
    "Department",
    "DepartmentCell",
    "Entry",
    "Filler",
    "Group",
    "HistoryLine",
    "Issued",
    "Merged",
    "Move",
    "MoveKind",
    "Outcome",
    "Plan",
    "Programme",
    "Proposal",
    "Relisting",
    "Returned",
    "Role",
    "Settings",
    "Sharing",
    "SharingException",
    "Spot",
    "State",
    "Submission",
    "Survey",
    "Table",
]
