"""The ways a message leaves the house, and what their failures mean for it."""

import smtplib

from outbox.channels import robots
from outbox.channels.errors import AnswerLostError, Kind, LineDownError, RefusalError
from outbox.channels.mail import Line
from outbox.models import Channel, Message

__all__ = [
    "Line",
    "LineDownError",
    "code_of",
    "hand_over",
    "is_fault_of_channel",
    "is_permanent",
    "is_sign_in_refused",
    "is_too_often",
]


def hand_over(message: Message, line: Line) -> None:
    """Send a message by its channel; what stands under the bell is there already, and has no way to go."""
    if message.channel == Channel.EMAIL:
        line.send(message)
    elif message.channel == Channel.ROBOT:
        robots.send(message)


def is_fault_of_channel(error: Exception) -> bool:
    """Whether no message could have gone: the line is down, or the server takes nothing from us for now."""
    return isinstance(error, LineDownError | smtplib.SMTPSenderRefused) or is_too_often(error)


def is_too_often(error: Exception) -> bool:
    """Whether a robot has posted more than its vendor allows: trying again prolongs the ban."""
    return isinstance(error, RefusalError) and error.kind is Kind.RATE


def is_sign_in_refused(error: Exception) -> bool:
    """Whether the server does not know our name or password: trying again only gets us locked out."""
    refused = isinstance(error.__cause__, smtplib.SMTPAuthenticationError)
    return refused or (isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code in (530, 535))


def is_permanent(error: Exception) -> bool:
    """Whether the server said that this will never do (5xx, a wrong robot), or there is no address."""
    if isinstance(error, RefusalError):
        return error.kind in (Kind.SETUP, Kind.CONTENT)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def code_of(error: Exception) -> str:
    """The server's code, or the name of what went wrong on the line."""
    if isinstance(error, RefusalError):
        return error.code
    inner = error.__cause__ if isinstance(error, LineDownError | AnswerLostError) else None
    cause = inner or error
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        return str(next(iter(cause.recipients.values()))[0])
    return str(getattr(cause, "smtp_code", type(cause).__name__))[:20]
