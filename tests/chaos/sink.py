"""A mail server that forgets nothing it took: `python -m tests.chaos.sink PORT LOG SEED`.

Each mail it accepts is one JSON line, on the disk before the server says 250. Of a hundred mails thirty are
refused for now (4xx), one hangs, one is accepted and the line dropped before the answer.
"""

import asyncio
import email
import email.policy
import json
import os
import random
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import LOOPBACK

REFUSED, HUNG, DROPPED = 0.30, 0.01, 0.01
HANG = 30  # seconds; whoever sends gives up long before


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
        self._keep(envelope, dropped)
        if dropped and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 taken"

    def _keep(self, envelope: Envelope, dropped: bool) -> None:
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        mail = email.message_from_bytes(content, policy=email.policy.default)
        line = {
            "to": [str(address) for address in envelope.rcpt_tos],
            "message_id": str(mail["Message-ID"]).strip(),
            "keys": str(mail["X-Reminder-Keys"]).replace(",", " ").split(),
            "dropped": dropped,
        }
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())


async def main(port: int, log: Path, seed: int) -> None:
    sink = Sink(log, seed, faults=seed != 0)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.invalid", loop=loop), LOOPBACK, port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
