"""Lines of the log: plain or JSON, with the number of the request and the Message-ID, without anybody's address or secret."""

import datetime as dt
import json
import logging
import re
from typing import Any

from audit.middleware import current_request_id
from outbox.thread import current_message_id

EXTRAS = ("channel", "attempt", "outcome", "code", "next_at", "rows")  # of a line about a message
HIDDEN = (
    (re.compile(r"(?P<scheme>\w+://)[^\s/@:]*:[^\s/@]*@"), r"\g<scheme>…@"),  # a password in an address
    (re.compile(r"(?i)\b(access_token|token|key|secret|sign|password)=[^\s&'\"]+"), r"\1=…"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 …"),
    (re.compile(r"(?P<hook>/hook/|/feed/)[\w-]{8,}"), r"\g<hook>…"),
    (re.compile(r"[\w.+%-]+@(?!…)[\w-]+(\.[\w-]+)+"), "…@…"),  # an address of a person
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "1**********"),  # a mobile number
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "******************"),  # an identity card
)


def hide(text: str) -> str:
    """The text without e-mail addresses, telephone and identity numbers, passwords, tokens."""
    for pattern, instead in HIDDEN:
        text = pattern.sub(instead, text)
    return text


class Context(logging.Filter):
    """Adds what a line is about: the request and the message under way."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "request_id", "") or current_request_id()
        record.message_id = getattr(record, "message_id", "") or current_message_id()
        return True


class Plain(logging.Formatter):
    """One line for people: moment, level, where, text; then what it is about."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        text = hide(super().format(record))
        about = [f"{name}={value}" for name in ("request_id", "message_id") if (value := getattr(record, name, ""))]
        return " ".join([text, *about]) if "\n" not in text else "\n".join([text, *about])


class Json(logging.Formatter):
    """One JSON object a line, for machines; its keys are always in the same order."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "text": hide(record.getMessage()),
        }
        for name in ("request_id", "message_id", *EXTRAS):
            value = getattr(record, name, None)
            if value not in (None, ""):
                line[name] = value if isinstance(value, int) else str(value)
        if record.exc_info:
            line["error"] = hide(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
