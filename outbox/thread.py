"""Which message is being worked on, so that every line of the log about it can name it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_message_id: ContextVar[str] = ContextVar("message_id", default="")


def current_message_id() -> str:
    """The Message-ID of the message under way, or an empty text."""
    return _message_id.get()


@contextmanager
def about(message_id: str) -> Iterator[None]:
    """Everything logged inside is about this message, by whatever library."""
    token = _message_id.set(message_id)
    try:
        yield
    finally:
        _message_id.reset(token)
