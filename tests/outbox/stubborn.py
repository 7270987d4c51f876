"""A mail server that misbehaves in one named way, on a port of its own, in a thread of the test's process."""

import socket
import threading
import time
from contextlib import suppress
from typing import Self

from tests.servers import LOOPBACK

GREETING, EHLO, MAIL, RCPT, DATA, BODY = "greeting", "EHLO", "MAIL", "RCPT", "DATA", "body"
DRIP = 0.2  # seconds between two bytes


class StubbornServer:
    """Speaks just enough SMTP, and at `phase` does what `how` says.

    `hang` answers nothing, `drip` one byte at a time for ever, `drop` cuts the line; anything else is sent as the answer.
    """

    def __init__(self, phase: str, how: str) -> None:
        self.phase, self.how = phase, how
        self.connections = 0
        self._ended = threading.Event()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve, daemon=True)]

    @property
    def email_url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}?timeout=0.5"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while not self._ended.is_set():
                line, _address = self._listener.accept()
                self.connections += 1
                self._threads.append(threading.Thread(target=self._talk, args=(line,), daemon=True))
                self._threads[-1].start()

    def _talk(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            self._answer(line, GREETING, "220 test")
            with line.makefile("rb") as read:
                while command := read.readline().split(maxsplit=1):
                    word = command[0].decode().upper()
                    if word == "QUIT":
                        return
                    self._answer(line, word, "354 go on" if word == DATA else "250 OK")
                    if word == DATA:
                        while read.readline() not in (b".\r\n", b""):
                            pass
                        self._answer(line, BODY, "250 taken")

    def _answer(self, line: socket.socket, phase: str, text: str) -> None:
        if phase != self.phase:
            line.sendall(f"{text}\r\n".encode())
        elif self.how == "hang":
            self._ended.wait(10)
        elif self.how == "drip":
            for letter in "250-" + "x" * 500:
                if self._ended.is_set():
                    return
                line.sendall(letter.encode())
                time.sleep(DRIP)
        elif self.how == "drop":
            line.shutdown(socket.SHUT_RDWR)
        else:
            line.sendall(f"{self.how}\r\n".encode())
