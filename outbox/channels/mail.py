"""How a mail leaves the house. The only place that calls Django's mail API."""

import contextlib
import smtplib
from threading import Timer
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers

from outbox.channels.errors import LineDownError
from outbox.models import Message
from outbox.policy import policy


class Line:
    """One connection to the mail server, opened for the first mail and used for all that follow."""

    def __init__(self) -> None:
        self._backend: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def send(self, message: Message) -> None:
        """Hand one message to the server; raises what the server or the line says, LineDownError before the mail began."""
        mail = _mail(message)
        watchdog = Timer(policy().watchdog.total_seconds(), self._cut)
        watchdog.start()
        try:
            self._open().send_messages([mail])
        except Exception:
            self.close()  # whatever state it is in
            raise
        finally:
            watchdog.cancel()

    def close(self) -> None:
        """Say goodbye; an error while doing so is none, the server has taken what it took."""
        backend, self._backend = self._backend, None
        if backend is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                backend.close()

    def _open(self) -> Any:
        self._backend = self._backend or mailers["default"]
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            raise LineDownError(str(error)) from error
        return self._backend

    def _cut(self) -> None:
        """The timeout of the line is per read: a server that drips would hold a worker for ever."""
        cut = getattr(self._backend, "cut", None)
        if cut:
            cut()


def _mail(message: Message) -> EmailMultiAlternatives:
    address = message.recipient.email if message.recipient else ""
    if not address:
        raise ValueError("收件人没有邮箱地址")
    mail = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={"Message-ID": f"<{message.message_id}>", "Auto-Submitted": "auto-generated", **message.headers},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail
