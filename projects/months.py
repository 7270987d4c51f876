"""Months that are closed. Who closes them lies above this app and is named by the setting MONTH_LOCK."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string


def locked(days: Iterable[dt.date | None]) -> list[str]:
    """A sentence for each closed month in which one of the days lies: which it is, and who opens it again."""
    ask: Callable[[dt.date], str] = import_string(settings.MONTH_LOCK)
    months = sorted({day.replace(day=1) for day in days if day})
    return [sentence for month in months if (sentence := ask(month))]


def refuse_locked(*days: dt.date | None) -> None:
    """Raises ValidationError (code "month_locked") when what is counted in the month of one of the days may no longer change."""
    if sentences := locked(days):
        raise ValidationError(sentences[0], code="month_locked")
