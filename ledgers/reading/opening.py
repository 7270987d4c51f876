"""The side of reading that stays in our process: the gate, then a child process and what it sends."""

import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event, Timer
from typing import Any, BinaryIO

from ledgers.reading import gate, wire
from ledgers.reading.caps import MIB, Caps, Stopped
from ledgers.reading.refusals import refusal
from ledgers.sheets import Merge, Sheet, Workbook

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]  # from where the child finds its modules
COMMAND = [sys.executable, "-E", "-s", "-B", "-m", "ledgers.reading.child"]
ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}  # no secret of ours is in the reach of a hostile file
LINE = 64 * MIB
OUT_OF_MEMORY = {-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS}  # how processes die of it
OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGALRM}


def read(path: Path, name: str, *, caps: Caps | None = None) -> Workbook:
    """The workbook in a file that somebody uploaded as `name`; the extension of `name` says how it is read.

    Raises Refused, whatever the file holds: see `refusals.SENTENCES` for the codes. Takes seconds for a big file.
    """
    caps = caps or Caps.from_settings()
    try:
        with path.open("rb") as file:
            kind, size = gate.admit(file, name, caps)
            with _child(file, kind, size, caps) as lines:
                return _workbook(lines)
    except Stopped as stopped:
        raise refusal(stopped.reason, **stopped.details) from stopped


@contextmanager
def _child(file: BinaryIO, kind: str, size: int, caps: Caps) -> Iterator[Iterator[Any]]:
    """The lines that a child sends; it is gone when this ends, at the latest after its wall seconds."""
    wall = caps.wall_seconds(size)
    order = {"kind": kind, "cpu": caps.cpu_seconds(size), "wall": wall, "memory": caps.memory_bytes(size)}
    child = subprocess.Popen(  # noqa: S603 - nothing of the command comes from outside
        [*COMMAND, json.dumps({**order, "caps": asdict(caps)})],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    overdue = Event()
    late = Timer(wall, _end, (child, overdue))
    late.start()
    try:
        yield _lines(child, overdue)
    finally:
        late.cancel()
        child.kill()
        child.communicate()


def _end(child: subprocess.Popen[bytes], overdue: Event) -> None:
    overdue.set()
    child.kill()


def _lines(child: subprocess.Popen[bytes], overdue: Event) -> Iterator[Any]:
    """What the child says, until it says that it is done; raises Stopped for what it refuses, and when it dies."""
    assert child.stdout is not None  # noqa: S101 - for the types: it is a pipe
    while (text := child.stdout.readline(LINE)).endswith(b"\n"):
        line = json.loads(text)
        if "refused" in line:
            logger.info("A ledger was refused: %s", line)
            raise Stopped(line["refused"], **line["details"])
        if "done" in line:
            return
        yield line
    if text:  # longer than any line of ours, and not yet at its end
        child.kill()
    code = child.wait()
    logger.warning("The process reading a ledger ended with %s", code)
    raise Stopped(_reason(code, timed_out=overdue.is_set()))


def _reason(code: int, *, timed_out: bool) -> str:
    if timed_out or code in OUT_OF_TIME:
        return "time"
    return "memory" if code in OUT_OF_MEMORY else "damaged"


def _workbook(lines: Iterator[Any]) -> Workbook:
    workbook = Workbook([])
    for line in lines:
        if isinstance(line, list):
            workbook.sheets[-1].rows += wire.rows(line)
        elif "encoding" in line:
            workbook.encoding = line["encoding"]
        elif "sheet" in line:
            workbook.sheets.append(Sheet(line["sheet"], [], hidden=line["hidden"]))
        else:
            workbook.sheets[-1].merges = [Merge(*merge) for merge in line["merges"]]
            workbook.sheets[-1].uncomputed = set(map(tuple, line["uncomputed"]))
    return workbook
