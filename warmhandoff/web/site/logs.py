"""Logs without personal data: PostgreSQL repeats the refused row in its messages ("Failing row contains (...)")."""

from __future__ import annotations

import logging
import re

# From the line that quotes values to the end of that message; the traceback's own lines are indented or name a class.
QUOTES_VALUES = re.compile(r"^(?:DETAIL|CONTEXT|HINT|QUERY|WHERE|LINE \d+):.*(?:\n[ \t]+.*)*", re.MULTILINE)


class WithoutValues(logging.Formatter):
    """The usual line and traceback, without what the database quotes from rows."""

    def format(self, record: logging.LogRecord) -> str:
        return QUOTES_VALUES.sub("(values left out)", super().format(record))
