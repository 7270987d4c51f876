"""Reads the mail server's log and the database, nothing else, and says what became of every reminder."""

import datetime as dt
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.models import User
from projects.models import Milestone
from reminders.models import Reminder
from tests.chaos.scene import DUE_ON, RULE


def verdict(log: Path, *, kills: int, control: bool = False, until: dt.date = DUE_ON) -> dict[str, Any]:
    """The counts of one run. Keys of reminders are counted, but for `extra`, `messages` and `accepted`, which count mails."""
    mails, drops = read(log)
    due = keys_due(until)
    arrived = {key for mail in mails for key in mail["keys"]}
    sent = set(Reminder.objects.filter(status=Reminder.Status.SENT).values_list("key", flat=True))
    ids = {mail["message_id"] for mail in mails}
    return {
        "control": control,
        "database": connection.vendor,
        "due": len(due),
        "messages": len(ids),
        "accepted": len(mails),
        "lost": len(due - arrived),
        "recorded": len(due & sent),
        "extra": len(mails) - len(ids),
        "two_ids": _with_two_ids(mails),
        "kills": kills,
        "drops": drops,
        "early": len(arrived - due),
        "wrong_person": _to_somebody_else(mails),
    }


def broken(found: dict[str, Any]) -> list[str]:
    """The promises that did not hold."""
    promises = {
        "due": found["due"] > 0,
        "lost": found["lost"] == 0,
        "recorded": found["recorded"] == found["due"],
        "extra": found["extra"] <= found["kills"] + found["drops"],
        "two_ids": found["two_ids"] == 0,
        "early": found["early"] == 0,
        "wrong_person": found["wrong_person"] == 0,
        "messages": found["messages"] * 3 >= found["due"] * 2,  # a digest does not hide the work
    }
    return [name for name, holds in promises.items() if not holds]


def keys_due(until: dt.date) -> set[str]:
    """What must arrive, by the milestones themselves: no row of `reminders` is asked."""
    rows = Milestone.objects.filter(due_on__lte=until).select_related("project__owner")
    return {f"milestone:{row.public_id}|{RULE}|{row.due_on}|{row.project.owner.public_id}|email" for row in rows}  # type: ignore[union-attr]


def read(log: Path) -> tuple[list[dict[str, Any]], int]:
    """The mails accepted, and how many lines were cut after accepting."""
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [line for line in lines if "keys" in line], sum(line["dropped"] for line in lines)


def _with_two_ids(mails: list[dict[str, Any]]) -> int:
    ids: dict[str, set[str]] = defaultdict(set)
    for mail in mails:
        for key in mail["keys"]:
            ids[key].add(mail["message_id"])
    return sum(len(found) > 1 for found in ids.values())


def _to_somebody_else(mails: list[dict[str, Any]]) -> int:
    addresses = {str(public_id): address for public_id, address in User.objects.values_list("public_id", "email")}
    wrong = Counter(mail["to"] != [addresses.get(key.split("|")[3])] for mail in mails for key in mail["keys"])
    return wrong[True]


def reminders_due(until: dt.date = DUE_ON) -> int:
    """How many rows of reminders there are for what is due: one a key."""
    return Reminder.objects.filter(due_on__lte=until).count()
