"""What the division keeps in the plan workbook beside the plan: 設定, 文面, これまでの経過."""
