"""Who acts. `core` and `audit` lie below `accounts` and know a person only by this."""

from typing import Any, Protocol


class Actor(Protocol):
    """Anybody who can be named as the author of a change."""

    pk: Any

    @property
    def display(self) -> str:
        """The name shown to people."""
