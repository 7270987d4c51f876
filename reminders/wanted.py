"""A reminder that should exist, before it is a row."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from core.models import DomainModel
from outbox.models import Channel
from reminders.models import Reminder, ReminderRule

Recipient = ReminderRule.Recipient


@dataclass(frozen=True)
class Wanted:
    """A reminder that should exist: its key makes it unique for ever."""

    subject: DomainModel
    rule: ReminderRule
    recipient: User
    relation: str
    due_on: dt.date
    remind_on: dt.date
    on_behalf_of: User | None = None
    again_on: dt.date | None = None  # the day to which its reader put it off

    @property
    def draft(self) -> bool:
        """Whether it waits for the manager: what goes to leaders, unless the installation sends that by itself."""
        return self.rule.recipient in Recipient.drafts() and not settings.AUTO_REPORT_UP

    @property
    def prefix(self) -> str:
        """The part of the key that names the subject."""
        return f"{self.rule.subject}:{self.subject.public_id}"

    @property
    def key(self) -> str:
        code = f"{self.rule.code}@{self.again_on}" if self.again_on else self.rule.code
        return "|".join(map(str, (self.prefix, code, self.due_on, self.recipient.public_id, Channel.EMAIL.value)))

    def row(self, now: dt.datetime) -> Reminder:
        return Reminder(
            key=self.key,
            rule=self.rule,
            content_type=ContentType.objects.get_for_model(self.subject),
            object_id=self.subject.pk,
            recipient=self.recipient,
            on_behalf_of=self.on_behalf_of,
            due_on=self.due_on,
            remind_on=self.remind_on,
            relation=self.relation,
            draft=self.draft,
            created_at=now,
        )
