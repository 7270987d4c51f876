"""Names, dates and amounts as a snapshot writes them: plain, in Chinese, the same on every database."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from core.dates import FuzzyDate

type Words = dict[str, Any]


def name_of(path: str) -> Any:
    """The shown name of the user at `path`, as a column."""
    return Coalesce(NullIf(f"{path}__display_name", Value("")), f"{path}__username")


def plain(value: Any) -> Any:
    """A value that JSON keeps as it is: a number as text without trailing zeros, a day or a moment in ISO."""
    if isinstance(value, Decimal):
        return f"{value.normalize() + 0:f}"
    if isinstance(value, dt.datetime):
        return timezone.localtime(value, timezone.get_default_timezone()).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, dt.date) else value


def labelled(row: Mapping[str, Any], name: str, labels: Mapping[Any, Any]) -> Words:
    """A code and, beside it, its label in words."""
    code = row[name]
    return {name: code, f"{name}_label": str(labels.get(code, code)) if code else ""}


def fuzzy_words(row: Mapping[str, Any], name: str) -> Words:
    """A fuzzy date: day, precision, and how people say it."""
    precision, inferred = row[f"{name}_precision"], row[f"{name}_inferred"]
    said = str(FuzzyDate(row[name], precision, inferred)) if row[name] else ""
    return {name: row[name], f"{name}_precision": precision, f"{name}_inferred": inferred, f"{name}_text": said}


def canonical(record: Mapping[str, Any]) -> str:
    """The one way to write a record: sorted keys, no spaces, characters as they are."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(line: str) -> str:
    """Enough to tell one row from another."""
    return hashlib.sha256(line.encode()).hexdigest()[:16]
