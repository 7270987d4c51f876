"""What a part of the cockpit is: a question, and how its answer is read."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope

type Read = Callable[["Viewer"], dict[str, Any]]
HEADS_AND_ABOVE = frozenset({Role.HEAD, Role.MANAGER, Role.LEADER})
READERS = HEADS_AND_ABOVE | {Role.STATISTICIAN}


@dataclass(frozen=True)
class Viewer:
    """Who looks, when, and what he chose (leader, week …)."""

    user: User
    now: dt.datetime
    today: dt.date
    chosen: dict[str, str]

    @property
    def knows_officers(self) -> bool:
        """Whether figures of single officers are for him: their heads and those above."""
        return bool(Scope.of(self.user).roles & HEADS_AND_ABOVE)


@dataclass(frozen=True)
class Part:
    """One question; `read` gives what the template `desk/cockpit/<code>.html` shows."""

    code: str
    question: Any
    read: Read
    heads_only: bool = False

    @property
    def template(self) -> str:
        return f"desk/cockpit/{self.code}.html"

    def open_to(self, viewer: Viewer) -> bool:
        return viewer.knows_officers or not self.heads_only
