"""Which rows are one programme, what a 再掲 mark says, and what names a row."""
