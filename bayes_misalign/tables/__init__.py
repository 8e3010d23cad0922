"""Any table or file, row by row, as text."""

from bayes_misalign.tables.opening import open_table
from bayes_misalign.tables.table import Table

__all__ = ["Table", "open_table"]
