"""What makes no sense in a rule, each fault at its field with a sentence that says what to do."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
FARTHEST = 366  # days before or after
NEVER_BEFORE = {"silent_project"}  # due on the day it came true: nobody knows it beforehand
DRAFTS = {"patron", "leader"}


def faults(rule: Any) -> Iterator[tuple[str, ValidationError]]:
    """The faults of a `ReminderRule` by the name of their field."""
    if not CODE.fullmatch(rule.code or ""):
        yield "code", ValidationError(_("编码用小写字母、数字和下划线，以字母开头，至多 40 个字符"), code="code")
    if rule.offset is None:
        return
    yield from _of_offset(rule)
    if rule.urgent and rule.recipient in DRAFTS:
        yield "urgent", ValidationError(_("呈报给领导的事项由招商中心负责人决定，不能设为紧急"), code="urgent")
    if rule.key_only is not None and rule.subject != "milestone":
        yield "key_only", ValidationError(_("只有里程碑分关键节点与一般节点：请留空"), code="key_only")
    if rule.enabled and (same := _same(rule)):
        yield "recipient", ValidationError(_("已有同样的规则“%(code)s”：请改它，或先停用") % {"code": same.code}, code="same")


def _of_offset(rule: Any) -> Iterator[tuple[str, ValidationError]]:
    if abs(rule.offset) > FARTHEST:
        said = _("天数在 -%(n)d 与 %(n)d 之间：到期前为负，当天为 0，逾期为正") % {"n": FARTHEST}
        yield "offset", ValidationError(said, code="far")
    elif rule.recipient in DRAFTS and rule.offset <= 0:
        yield "offset", ValidationError(_("呈报给领导的只有逾期事项：天数须为正"), code="draft")
    elif rule.subject in NEVER_BEFORE and rule.offset < 0:
        yield "offset", ValidationError(_("久未对接从超过天数那天算起，不能提前：天数须为 0 或正"), code="before")


def _same(rule: Any) -> Any:
    """Another enabled rule that would say the same to the same people on the same day."""
    rows = type(rule).objects.filter(subject=rule.subject, offset=rule.offset, recipient=rule.recipient, enabled=True)
    if rule.offset:  # on the day itself both kinds of days are the same
        rows = rows.filter(day_kind=rule.day_kind)
    if rule.key_only is not None:
        rows = rows.filter(Q(key_only=None) | Q(key_only=rule.key_only))
    return rows.exclude(pk=rule.pk).first()
