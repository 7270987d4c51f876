"""Milestones as the charts of nodes tell them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from ledgers.layouts.base import Record
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry, Unusable
from ledgers.resources.members import ChildOfProject
from projects.models import Milestone, MilestoneRevision

Status = Milestone.Status
FORWARD = {Status.PLANNED: (Status.DOING, Status.CONDITIONAL), Status.DOING: (Status.CONDITIONAL,)}  # what a word moves


class MilestoneResource(ChildOfProject[Milestone]):
    """Recognised by project and code. What is new stays to be confirmed; a ledger reports what was reached, never verifies it.

    Verifying is to have looked at the papers of one milestone (`complete_milestone`); a sheet of many rows shows none.
    """

    names = ("code",)

    class Meta(LedgerResource.Meta):
        model = Milestone
        fields = [
            "project", "code", "name", "is_key", "original_due_on", "due_on", "completed_on", "completed_on_precision",
            "completed_on_inferred", "status", "responsible_unit_name",
        ]  # fmt: skip

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        """A status follows from what is said (`prepare`); a known day is not given up for “已完成” without one."""
        undated = "completed_on" in record.values and record.values["completed_on"].on is None
        if name == "status" or (name.startswith("completed_on") and undated and entry.instance.completed_on):
            return
        super()._set(entry, record, name, value)

    def prepare(self, entry: Entry, record: Record) -> None:
        row, said = entry.instance, record.values.get("status", "")
        if entry.new:
            self._begin(row, record, said)
        elif said == Status.WAIVED != row.status:
            text = _("“%(row)s”写了不适用：不适用要写明原因，请在系统里标为不适用后再导入")
            raise Unusable(record.columns.get("status", ""), "waived", text % {"row": row})
        elif row.status in Status.open() and (said == Status.REPORTED or record.values.get("completed_on")):
            self.set(entry, "status", Status.REPORTED)
        elif said in FORWARD.get(row.status, ()):
            self.set(entry, "status", said)

    def _begin(self, row: Milestone, record: Record, said: str) -> None:
        """History is silent. A milestone whose plan nobody knows was due on the day on which it was reached."""
        row.status = Status.TO_CONFIRM
        planned_on: dt.date | None = row.due_on
        due_on = planned_on or row.completed_on
        if due_on is not None:
            row.due_on = row.original_due_on = due_on
        elif said != Status.WAIVED:
            text = _("“%(name)s”写了完成或进行中，却没有日期：请补上计划日期或完成日期（写到月也可以）")
            label = {"name": record.initial.get("name", row.code)}
            raise Unusable(record.columns.get("status", ""), "undated", text % label)

    def take(self, record: Record) -> Entry:
        entry = super().take(record)
        if entry.new and entry.instance.due_on is None:  # 不适用 needs no milestone
            self._forget(record)
        return entry

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        """The rules of `projects.services.milestones` for new dates, and that what was verified stays."""
        yield from super().finish(resources)
        for entry in self.changed:
            if refused := self._refused(entry):
                name, code, text = refused
                record = entry.said[name][1]
                label = {"row": entry.instance, "day": entry.before.get(name) or "—"}
                yield record, record.columns.get(name, ""), code, text % label

    def _refused(self, entry: Entry) -> tuple[str, str, str] | None:
        settled = entry.instance.status in (Status.DONE, Status.WAIVED)
        told = [name for name in ("completed_on", "completed_on_precision") if name in entry.before]
        if settled and told:
            text = _("“%(row)s”已核实完成或不适用，不能由导入改写：请与系统一致，或先在系统里重新打开")
            return told[0], "locked", text
        if "due_on" not in entry.before or entry.instance.status == Status.TO_CONFIRM:
            return None
        if settled:
            return "due_on", "settled", _("“%(row)s”已完成或不适用，不能改期：请与系统里的 %(day)s 一致，或留空")
        if entry.instance.due_on < self.context.today:
            return "due_on", "past", _("“%(row)s”的计划日期不能改到今天以前（系统里是 %(day)s）：请改正，或留空不改")
        return None

    def before_write(self) -> None:
        for entry in self.changed:
            if "due_on" in entry.before and entry.instance.status == Status.TO_CONFIRM:  # nothing was promised yet
                self.set(entry, "original_due_on", entry.instance.due_on)
            if entry.instance.status == Status.REPORTED and "status" in entry.before:
                self.set(entry, "reported_at", timezone.now())
                self.set(entry, "reported_by", self.context.user)

    def after_write(self, *, now: dt.datetime) -> list[models.Model]:
        """A MilestoneRevision for each promise that was given another date."""
        return [
            MilestoneRevision(
                milestone=entry.instance,
                old_due_on=entry.before["due_on"],
                new_due_on=entry.instance.due_on,
                reason=_("台账导入"),
                revised_on=timezone.localdate(now),
                revised_by=self.context.user,
            )
            for entry in self.changed
            if "due_on" in entry.before and entry.instance.status != Status.TO_CONFIRM
        ]
