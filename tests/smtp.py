"""A mail server for the tests, in a thread of the test's own process."""

import asyncio
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import LOOPBACK, free_port


@dataclass(frozen=True)
class Received:
    """One mail as the server took it: the envelope's addresses and the parsed mail."""

    sender: str
    recipients: list[str]
    email: EmailMessage


class SmtpSink:
    """Keeps what it takes, and fails as it is told.

    `hang`: takes the mail and does not answer. `drop_after_accept`: takes and keeps the mail, then cuts
    the line before it says so. Both stay until they are set back or the sink is cleared.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.clear()

    def clear(self) -> None:
        """Forget every mail and every fault."""
        self.messages: list[Received] = []
        self.hang = False
        self.drop_after_accept = False
        self._failures: dict[str, list[str]] = {"RCPT": [], "DATA": []}

    def start(self) -> Self:
        """Take connections; after `stop` again on the same port."""
        self._controller = self._new_controller()
        self._controller.start()
        return self

    def stop(self) -> None:
        """Refuse connections from here on."""
        self.hang = False
        self._controller.stop()

    def fail_next(self, times: int, code: int = 451, *, at: Literal["RCPT", "DATA"] = "DATA") -> None:
        """Answer the next mails, or with `at="RCPT"` the next recipients, with an error code."""
        self._failures[at] += [f"{code} as the test asked"] * times

    @property
    def email_url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [address for message in self.messages for address in message.recipients]

    def _new_controller(self) -> Controller:
        return Controller(self, hostname=LOOPBACK, port=self.port, enable_SMTPUTF8=True)

    # What aiosmtpd calls, in its own thread:

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if self._failures["RCPT"]:
            return self._failures["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self._failures["DATA"]:
            return self._failures["DATA"].pop(0)
        while self.hang:
            await asyncio.sleep(0.02)
        self.messages.append(_received(envelope))
        if self.drop_after_accept and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 OK"


def _received(envelope: Envelope) -> Received:
    content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return Received(str(envelope.mail_from), [str(address) for address in envelope.rcpt_tos], parsed)
