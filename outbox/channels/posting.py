"""One HTTP request: no redirect followed, no proxy, an end to every wait, and an answer of bounded size."""

import contextlib
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from threading import Timer
from urllib.parse import SplitResult

from django.conf import settings

from outbox.channels.errors import LineDownError

MOST = 65_536  # bytes of an answer
WHOLE = 3  # times the timeout of one read, after which a server that drips is cut off


@dataclass(frozen=True)
class Answer:
    """What the server said: the status, the body (its beginning, when it is endless)."""

    status: int
    body: bytes


def post(parts: SplitResult, body: bytes, headers: dict[str, str]) -> Answer:
    """Post to an address that was checked; raises LineDownError before the request began, OSError or HTTPException after."""
    line = _connect(parts)
    watchdog = Timer(WHOLE * settings.ROBOT_TIMEOUT, _cut, [line.sock])  # the line forgets it before the body is read
    watchdog.start()
    try:
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        line.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8", **headers})
        answer = line.getresponse()
        return Answer(answer.status, answer.read(MOST))
    finally:
        watchdog.cancel()
        line.close()


def _connect(parts: SplitResult) -> HTTPConnection:
    host, port, timeout = str(parts.hostname), parts.port, float(settings.ROBOT_TIMEOUT)
    line = (
        HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(host, port, timeout=timeout)
    )
    try:
        line.connect()
    except OSError as error:
        line.close()
        raise LineDownError(str(error)) from error
    return line


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
