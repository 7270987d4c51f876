"""Colleagues as ledgers name them: by the name shown, with the user name behind it where several are called so."""

from collections import Counter

from accounts.models import User
from ledgers.layouts.base import Record, Row, record


def colleague(row: Row, key: str) -> Record | None:
    """The colleague a cell names, also one who has left; he has to be there."""
    if not row.get(key):
        return None
    identity = {"display_name": row.get(key), "left": True}
    return record(User, row, identity, columns={"display_name": key}, make=False)


class Names:
    """How colleagues are written, read once for one ledger: 测试员甲, or 测试员甲（tester001） beside a namesake."""

    def __init__(self) -> None:
        shown = Counter(user.display for user in User.objects.only("username", "display_name"))
        self._several = {name for name, count in shown.items() if count > 1}

    def of(self, user: User | None) -> str | None:
        """The name by which a ledger finds this colleague again; None for nobody."""
        if user is None:
            return None
        return f"{user.display}（{user.username}）" if user.display in self._several else user.display
