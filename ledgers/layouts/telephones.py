"""Telephones and mail in the cells of a ledger: each in its one spelling, and never a masked one."""

import unicodedata

from django.utils.translation import gettext as _

from companies import phones
from ledgers.layouts.base import Row
from ledgers.values import Unread
from ledgers.values.contact import phones as numbers_in

MASK = "****"  # as companies.phones.mask writes it for who may not see telephones


def stated(row: Row, key: str) -> str:
    """What a personal cell says; what was masked when it was exported says nothing."""
    text = unicodedata.normalize("NFKC", str(row.get(key) or ""))
    return "、".join(part.strip() for part in phones.SEPARATORS.split(text) if part.strip() and MASK not in part)


def mobile_and_phone(row: Row) -> dict[str, str]:
    """The columns 手机 and 座机; a landline beside a mobile in one cell goes where landlines stand.

    More numbers than there are fields are refused, so that none is lost unsaid.
    """
    found = {"mobile": _numbers(row, "mobile"), "phone": _numbers(row, "phone")}
    if len(found["mobile"]) > 1 and not found["phone"]:
        numbers = found["mobile"]
        found = {"mobile": [n for n in numbers if n.startswith("1")], "phone": [n for n in numbers if not n.startswith("1")]}
    for name, numbers in found.items():
        if len(numbers) > 1:
            _refuse_many(row, name if row.get(name) else "mobile")
    return {name: numbers[0] for name, numbers in found.items() if numbers}


def telephone(row: Row, key: str) -> str:
    """The one number of a cell, or an empty text."""
    numbers = _numbers(row, key)
    if len(numbers) > 1:
        _refuse_many(row, key)
    return numbers[0] if numbers else ""


def _refuse_many(row: Row, key: str) -> None:
    row.refuse(key, "phones", _("这里有几个号码，只能存一个：请留最常用的，其余的写入备注"))


def _numbers(row: Row, key: str) -> list[str]:
    text = stated(row, key)
    try:
        return numbers_in(text) if text else []
    except Unread as refusal:
        row.refuse(key, refusal.code, refusal.message)
        return []
