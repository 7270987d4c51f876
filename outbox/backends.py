"""Mail on a machine without a mail server: one `.eml` file each, readable by any mail program."""

import uuid
from pathlib import Path
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
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
