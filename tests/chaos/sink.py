"""A mail server that forgets nothing it took, in a process of its own.

Each mail it accepts is one JSON line, on the disk before the server says 250. With faults, of a hundred mails
thirty are refused for now (4xx), one hangs, one is accepted and the line dropped before the answer.
"""

import asyncio
import email
import email.policy
import json
import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import LOOPBACK, is_listening, until

REFUSED, HUNG, DROPPED = 0.30, 0.01, 0.01
HANG = 30  # seconds; whoever sends gives up long before
TOO_LATE = 0.8  # seconds; a disk that takes longer leaves the sender without an answer: that line is cut, and counted


class Sink:
    """Takes mail and keeps it; `faults` off, it takes everything."""

    def __init__(self, log: Path, seed: int, *, faults: bool) -> None:
        self.file = log.open("a")
        self.chance = random.Random(seed)
        self.faults = faults

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        fate = self.chance.random() if self.faults else 1
        if fate < REFUSED:
            return "451 as the experiment wants"
        if fate < REFUSED + HUNG:
            await asyncio.sleep(HANG)
            return "451 too late"
        dropped = fate < REFUSED + HUNG + DROPPED
        began = time.monotonic()
        await self._keep(_described(envelope) | {"dropped": dropped})
        if not dropped and time.monotonic() - began > TOO_LATE:
            dropped = True
            await self._keep({"dropped": True})
        if dropped and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 taken"

    async def _keep(self, line: dict[str, object]) -> None:
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        await asyncio.to_thread(os.fsync, self.file.fileno())


def _described(envelope: Envelope) -> dict[str, object]:
    content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
    mail = email.message_from_bytes(content, policy=email.policy.default)
    return {
        "to": [str(address) for address in envelope.rcpt_tos],
        "message_id": str(mail["Message-ID"]).strip(),
        "keys": str(mail["X-Reminder-Keys"]).replace(",", " ").split(),
    }


@contextmanager
def running(port: int, *, seed: int) -> Iterator[Path]:
    """The server on that port, and the file it keeps its mail in; seed 0 is one without faults."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        log = Path(folder, "accepted.jsonl")
        server = multiprocessing.get_context("fork").Process(target=_run, args=(port, log, seed), daemon=True)
        server.start()
        try:
            until(lambda: is_listening(port), what="for the mail server")
            yield log
        finally:
            server.kill()
            server.join()


def _run(port: int, log: Path, seed: int) -> None:
    asyncio.run(_serve(port, Sink(log, seed, faults=seed != 0)))


async def _serve(port: int, sink: Sink) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.invalid", loop=loop), LOOPBACK, port)
    async with server:
        await server.serve_forever()
