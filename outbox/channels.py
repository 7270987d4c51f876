"""How a message leaves the house. The only place that calls Django's mail API."""

import contextlib
import smtplib
from threading import Timer
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers

from outbox.models import Message
from outbox.policy import policy


class LineDownError(Exception):
    """The mail server cannot be reached, or does not let us in: no fault of any message."""


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


def is_fault_of_channel(error: Exception) -> bool:
    """Whether no message could have gone: the line is down, or the server takes nothing from us."""
    return isinstance(error, LineDownError | smtplib.SMTPSenderRefused)


def is_sign_in_refused(error: Exception) -> bool:
    """Whether the server does not know our name or password: trying again only gets us locked out."""
    refused = isinstance(error.__cause__, smtplib.SMTPAuthenticationError)
    return refused or (isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code in (530, 535))


def is_permanent(error: Exception) -> bool:
    """Whether the server said that this address will never do (5xx), or there is none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def code_of(error: Exception) -> str:
    """The server's code, or the name of what went wrong on the line."""
    cause = error.__cause__ if isinstance(error, LineDownError) and error.__cause__ else error
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        return str(next(iter(cause.recipients.values()))[0])
    return str(getattr(cause, "smtp_code", type(cause).__name__))[:20]


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
