"""Giving ledgers back: the official .xlsx, CSV, and the workbook with its problems marked."""

from ledgers.writing.marked import mark_errors, problem_table
from ledgers.writing.names import file_name
from ledgers.writing.official import write_xlsx
from ledgers.writing.plain import write_csv

__all__ = ["file_name", "mark_errors", "problem_table", "write_csv", "write_xlsx"]
