"""Real servers for the tests: on free ports of this machine, in folders of their own, ended by process id."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import pytest

from crm.processes import end_with_parent

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
START = 30.0  # seconds a server may take until it answers
END = 10.0


class ServerMissingError(Exception):
    """A server's program is not installed here; the text says which."""


def require[T](start: Callable[[], T]) -> T:
    """What `start` returns; where a program is missing the test is skipped, and fails in CI."""
    try:
        return start()
    except ServerMissingError as error:
        sentence = str(error)
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def find_program(*names: str, folders: str = "") -> Path:
    """The first of the names on PATH or in the folders matching the pattern, newest version first."""
    for name in names:
        versions = sorted(Path("/").glob(f"{folders.strip('/')}/{name}"), key=_version) if folders else []
        if found := (versions[-1] if versions else shutil.which(name)):
            return Path(found)
    raise ServerMissingError(f"跳过：这台机器没有 {names[0]} / {names[0]} is not installed here")


def find_chromium() -> Path:
    return find_program("chromium", "chromium-browser", "google-chrome")


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        return port


def until(reached: Callable[[], bool], *, seconds: float = START, what: str = "") -> None:
    """Wait for something that another process does; AssertionError when it does not come."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain {what}"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that ended and was not reaped does not."""
    if Path("/proc/self/stat").exists():
        with suppress(FileNotFoundError, ProcessLookupError):
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        return False
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return bool(answer.stdout.strip()) and not answer.stdout.startswith("Z")


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((LOOPBACK, port)) == 0


def _version(path: Path) -> list[int]:
    return [int(part) for part in path.parts if part.isdigit()]


class Server:
    """A server process with a folder and a port; may be stopped and started again on the same port."""

    name = ""
    end_signal = signal.SIGTERM
    starts_within = START

    def __init__(self, folder: Path | None = None) -> None:
        """In a folder of its own that goes with it, or in one that stays."""
        self.program = self.find()
        self.port = free_port()
        self.stays = folder is not None
        self.folder = folder or Path(tempfile.mkdtemp(prefix=f"test-{self.name}-"))
        self._process: subprocess.Popen[bytes] | None = None

    def find(self) -> Path:
        raise NotImplementedError

    def command(self) -> Sequence[str | Path]:
        raise NotImplementedError

    def is_ready(self) -> bool:
        return is_listening(self.port)

    def surroundings(self) -> dict[str, Any]:
        """Popen's arguments for the account and the environment it runs in."""
        return {}

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> Self:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(part) for part in self.command()],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl-C is for pytest, which stops its servers itself
                preexec_fn=end_with_parent,
                **self.surroundings(),
            )
        until(self._has_started, seconds=self.starts_within, what=f"for {self.name}")
        return self

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(self.end_signal)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def remove(self) -> None:
        self.stop()
        if not self.stays:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.remove()

    def _has_started(self) -> bool:
        assert self._process
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.name} ended at once:\n{self.log}")
        return self.is_ready()


class PostgresServer(Server):
    """PostgreSQL without durability. It refuses to run as root, and takes an ordinary account then."""

    name = "postgres"
    end_signal = signal.SIGQUIT  # at once: nothing in it is kept
    speed = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")

    def find(self) -> Path:
        return find_program("initdb", folders="/usr/lib/postgresql/*/bin").resolve()  # its companions lie beside it

    def surroundings(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        owner = names.get("postgres") or names["nobody"]
        return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    def command(self) -> list[str | Path]:
        settings = [f"listen_addresses={LOOPBACK}", f"unix_socket_directories={self.folder}", *self.speed]
        options = [word for setting in settings for word in ("-c", setting)]
        return [self.program.with_name("postgres"), "-D", self._cluster, "-p", str(self.port), *options]

    def start(self) -> Self:
        if not self._cluster.exists():
            self._make_cluster()
        return super().start()

    def _make_cluster(self) -> None:
        account = self.surroundings()
        if account:
            os.chown(self.folder, account["user"], account["group"])
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = [str(self.program), "-D", str(self._cluster), *options]
        made = subprocess.run(command, cwd=self.folder, check=False, capture_output=True, text=True, **account)
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def is_ready(self) -> bool:
        command = [str(self.program.with_name("pg_isready")), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@{LOOPBACK}:{self.port}/{database}"


class RedisServer(Server):
    """Redis that keeps nothing."""

    name = "redis"

    def find(self) -> Path:
        return find_program("redis-server")

    def command(self) -> list[str | Path]:
        return [self.program, "--port", str(self.port), "--bind", LOOPBACK, "--save", "", "--appendonly", "no"]

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0"


class CeleryWorker(Server):
    """A worker of this project; its broker, database and mail come from the environment it is given."""

    name = "celery"
    end_signal = signal.SIGKILL  # in order it takes five seconds

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__()
        self._env = {**os.environ, "PYTHONPATH": str(ROOT), **env}

    def find(self) -> Path:
        return Path(sys.executable)

    def command(self) -> list[str | Path]:
        options = ["--concurrency=1", "--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        return [self.program, "-m", "celery", "-A", "crm", "worker", *options]

    def surroundings(self) -> dict[str, Any]:
        return {"env": self._env}

    def is_ready(self) -> bool:
        return " ready." in self.log
