"""Keeps programs running as children, each a process group of its own, and ends every one of them.

Knows nothing of Django: the tests drive it with scripts of a few lines.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1  # linux/prctl.h
POLL = 0.1  # seconds between two looks at the children
ASKED_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _find_prctl() -> Callable[[int, int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[[int, int], int] = ctypes.CDLL(None).prctl
    return found


_prctl = _find_prctl()  # looked up once here: nothing may be imported or loaded between fork and exec


def end_with_parent() -> None:
    """For `preexec_fn`: on Linux the kernel sends SIGTERM to this child however its parent ends."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class GivenUpError(Exception):
    """A program died again and again; everything else was ended too."""


class AlreadyRunningError(Exception):
    """Somebody else holds the lock file; its text is the process id that was written there."""


@dataclass(frozen=True)
class Patience:
    """How long to wait and how often to try again. All times in seconds."""

    to_end: float = 15.0
    before_restart: float = 1.0
    restarts: int = 5
    window: float = 60.0


class Child:
    """One program, restarted when it dies, ended together with everything it started."""

    def __init__(self, name: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.restart_at: float | None = None
        self._command = command
        self._env = env
        self._deaths: deque[float] = deque()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.restart_at = None
        self._process = subprocess.Popen(  # noqa: S603 - the commands are ours
            self._command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            process_group=0,  # so that Ctrl-C reaches only the parent, which ends its children in order
            preexec_fn=end_with_parent,  # noqa: PLW1509 - the parent has one thread
        )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def count_death(self, now: float, window: float) -> int:
        """Note that it died now; returns how often it died within the window."""
        self._deaths.append(now)
        while self._deaths[0] <= now - window:
            self._deaths.popleft()
        return len(self._deaths)

    def ask_to_end(self) -> None:
        """SIGTERM to the program alone: a Celery pool process that got it as well would drop the task in its hands."""
        if self._process and self.is_running:
            self._process.terminate()

    def kill_group(self) -> None:
        """SIGKILL to whatever is left of the program and of all it started."""
        if self._process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Supervisor:
    """Starts the children, restarts one that dies, and ends all of them on SIGINT, SIGTERM or SIGHUP."""

    def __init__(self, children: Sequence[Child], *, say: Callable[[str], None], patience: Patience | None = None) -> None:
        self._children = children
        self._say = say
        self._patience = patience or Patience()
        self._asked_to_end = False

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Run until a signal asks to end; `when_ready` is called once, when `is_ready` first says so.

        Raises GivenUpError when a child died too often. Either way no child is left.
        """
        with self._signals_noted():
            try:
                for child in self._children:
                    child.start()
                self._tend_until(is_ready)
                if not self._asked_to_end:
                    when_ready()
                self._tend_until(lambda: False)
            finally:
                self._end_all()

    def _tend_until(self, reached: Callable[[], bool]) -> None:
        while not self._asked_to_end and not reached():
            for child in self._children:
                self._tend(child, time.monotonic())
            time.sleep(POLL)

    def _tend(self, child: Child, now: float) -> None:
        if child.is_running:
            return
        if child.restart_at is None:
            self._bury(child, now)
        elif now >= child.restart_at:
            child.start()

    def _bury(self, child: Child, now: float) -> None:
        code = child.exit_code
        child.kill_group()
        if child.count_death(now, self._patience.window) > self._patience.restarts:
            raise GivenUpError(child.name)
        self._say(f"{child.name} 意外退出（代码 {code}），正在重新启动 / ended unexpectedly, restarting")
        child.restart_at = now + self._patience.before_restart

    def _end_all(self) -> None:
        for child in self._children:
            child.ask_to_end()
        deadline = time.monotonic() + self._patience.to_end
        while any(child.is_running for child in self._children) and time.monotonic() < deadline:
            time.sleep(POLL)
        for child in self._children:
            child.kill_group()

    @contextmanager
    def _signals_noted(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._note_signal) for number in ASKED_TO_END}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_end = True


@contextmanager
def only_one(lock_file: Path) -> Iterator[None]:
    """Hold the lock file, or raise AlreadyRunningError; the kernel lets go of it however this process ends."""
    with lock_file.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise AlreadyRunningError(file.read().strip()) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def try_address(host: str, port: int) -> None:
    """Raise OSError when nothing could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    socket.create_server((host, port), family=family).close()
