"""Mail on a machine without a mail server: one `.eml` file each. And SMTP whose line can be cut."""

import contextlib
import socket
import uuid
from pathlib import Path
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import EmailMessage
from django.utils import timezone


class EmlBackend(BaseEmailBackend):
    """Write every message to `folder` under a name that sorts by time; a file is whole or absent."""

    def __init__(self, folder: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Any) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message)
        return len(email_messages)

    def _write(self, message: EmailMessage) -> None:
        name = f"{timezone.localtime():%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}.eml"
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(message.message().as_bytes())
        unfinished.rename(self.folder / name)


class SmtpBackend(EmailBackend):
    """Django's, but another thread can cut its line in any phase, the server's greeting too."""

    first_socket: socket.socket | None = None

    @property
    def connection_class(self) -> Any:
        backend = self

        class Watched(super().connection_class):  # type: ignore[misc]
            def _get_socket(self, *where: Any) -> socket.socket:
                found: socket.socket = super()._get_socket(*where)
                backend.first_socket = found
                return found

        return Watched

    def open(self) -> bool | None:
        """Open the line and greet: a server that does not even greet back has not been given any mail."""
        opened = super().open()
        if opened and self.connection:
            self.connection.ehlo_or_helo_if_needed()
        return opened

    def cut(self) -> None:
        """End the line at once; whoever reads from it gets an error."""
        line = self.connection or self._partial_connection  # type: ignore[attr-defined]
        current = getattr(line, "sock", None) or self.first_socket
        if current is not None:
            with contextlib.suppress(OSError):
                current.shutdown(socket.SHUT_RDWR)
