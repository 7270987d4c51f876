"""Months that are closed. Who closes them lies above this app and is named by the setting MONTH_LOCK."""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string


def refuse_locked(*days: dt.date | None) -> None:
    """Raises ValidationError (code "month_locked") when what is counted in the month of one of the days may no longer change."""
    ask: Callable[[dt.date], str] = import_string(settings.MONTH_LOCK)
    for month in sorted({day.replace(day=1) for day in days if day}):
        if sentence := ask(month):
            raise ValidationError(sentence, code="month_locked")
