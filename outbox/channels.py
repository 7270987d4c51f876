"""How a message leaves the house. The only place that calls Django's mail API."""

import contextlib
import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers

from outbox.models import Message


def send_email(message: Message, address: str) -> None:
    """Hand one message to the mail server; raises what the server or the line says.

    An error while saying goodbye after the server took the mail is no error.
    """
    mail = EmailMultiAlternatives(
        subject=message.subject.replace("\n", " "),
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={"Message-ID": f"<{message.message_id}>", "Auto-Submitted": "auto-generated", **message.headers},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    connection = mailers["default"]
    connection.open()
    try:
        connection.send_messages([mail])
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            connection.close()


def is_permanent(error: Exception) -> bool:
    """Whether the server said that this address will never do (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def code_of(error: Exception) -> str:
    """The server's code, or the name of what went wrong on the line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return str(next(iter(error.recipients.values()))[0])
    return str(getattr(error, "smtp_code", type(error).__name__))[:20]
