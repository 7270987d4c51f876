"""What the files and sheets of a ledger are called."""

import re

from django.conf import settings

from ledgers.layouts.base import Context, Layout

UNSAFE = re.compile(r'[\s\\/:*?"<>|\[\]\'\x00-\x1f\x7f]+')  # for Windows, for a sheet, or for a header of HTTP
LONGEST = 80
LONGEST_SHEET = 31


def file_name(layout: Layout, context: Context, suffix: str) -> str:
    """“焦作国家高新区签约项目台账（20261124）.xlsx”: zone, kind of ledger and the day it reports, safe on every system."""
    return f"{(_safe(settings.ZONE_NAME) + _safe(layout.name))[:LONGEST]}（{context.reported_on:%Y%m%d}）.{suffix.lstrip('.')}"


def sheet_name(layout: Layout) -> str:
    """The name of the only sheet, as short as Excel wants it."""
    return _safe(layout.name)[:LONGEST_SHEET]


def _safe(name: str) -> str:
    return UNSAFE.sub("_", name).strip("_.") or "台账"
