"""Reads the mail server's log and the database, nothing else, and says what became of every reminder."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.models import User
from reminders.models import Reminder
from tests.chaos.scene import DUE_ON


def verdict(log: Path, *, due: int, kills: int, control: bool = False) -> dict[str, Any]:
    """The counts of one run. `due` is what the scene arranged; keys are counted, not mails, but for `extra`."""
    mails = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    rows = list(Reminder.objects.exclude(status="cancelled").values_list("key", "status", "remind_on"))
    wanted = {key for key, _status, remind_on in rows if remind_on <= DUE_ON}
    arrived = {key for mail in mails for key in mail["keys"]}
    copies = Counter(mail["message_id"] for mail in mails)
    return {
        "control": control,
        "database": connection.vendor,
        "due": due,
        "messages": len(copies),
        "accepted": len(mails),
        "lost": due - len(wanted & arrived),
        "recorded": sum(status == "sent" for _key, status, _on in rows),
        "extra": sum(copies.values()) - len(copies),
        "two_ids": _with_two_ids(mails),
        "kills": kills,
        "drops": sum(mail["dropped"] for mail in mails),
        "early": len(arrived - wanted),
        "wrong_person": _to_somebody_else(mails),
    }


def broken(found: dict[str, Any]) -> list[str]:
    """The promises that did not hold."""
    promises = {
        "lost": found["lost"] == 0,
        "recorded": found["recorded"] == found["due"],
        "extra": found["extra"] <= found["kills"] + found["drops"],
        "two_ids": found["two_ids"] == 0,
        "early": found["early"] == 0,
        "wrong_person": found["wrong_person"] == 0,
        "messages": found["messages"] * 3 >= found["due"] * 2,  # a digest does not hide the work
    }
    return [name for name, holds in promises.items() if not holds]


def _with_two_ids(mails: list[dict[str, Any]]) -> int:
    ids: dict[str, set[str]] = defaultdict(set)
    for mail in mails:
        for key in mail["keys"]:
            ids[key].add(mail["message_id"])
    return sum(len(found) > 1 for found in ids.values())


def _to_somebody_else(mails: list[dict[str, Any]]) -> int:
    addresses = {str(public_id): address for public_id, address in User.objects.values_list("public_id", "email")}
    return sum(mail["to"] != [addresses.get(key.split("|")[3])] for mail in mails for key in mail["keys"])
