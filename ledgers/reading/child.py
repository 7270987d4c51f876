"""Opens one untrusted file in a process of its own, which may be killed: `python -m ledgers.reading.child`.

The file is standard input; the one argument is JSON with kind, caps, CPU seconds, wall seconds and bytes of memory.
Writes lines of JSON: {"encoding"}, then for each sheet {"sheet", "hidden"}, blocks of rows (`wire`) and
{"merges", "uncomputed"}, at last {"done"}; or {"refused", "details"} at any time.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from typing import BinaryIO

import python_calamine

from ledgers.reading import counting, csv_text, declared, wire
from ledgers.reading.caps import Caps, Stopped
from ledgers.reading.counting import PartCount
from ledgers.reading.grid import Grid

FILES = 32  # open at once
SHEET_NAME = 100  # characters; Excel allows 31


def main() -> None:
    """Limit this process, read, then answer."""
    order = json.loads(sys.argv[1])
    limit(order["cpu"], order["wall"], order["memory"])
    sys.stdin.buffer.seek(0)  # the parent has read from the same file, and buffers
    for line in answer(sys.stdin.buffer, order["kind"], Caps(**order["caps"])):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def answer(file: BinaryIO, kind: str, caps: Caps) -> list[str]:
    """All lines for a file of a kind ("xlsx", "xls", "csv"), or the one that says why not: it raises nothing.

    Nothing is sent before all is read, so that a file that is refused costs the parent nothing.
    """
    try:
        return [*_bounded(read(file, kind, caps), caps)]
    except Stopped as stopped:
        return [_refused(stopped.reason, **stopped.details)]
    except MemoryError:
        return [_refused("memory")]
    except python_calamine.PasswordError:
        return [_refused("encrypted")]
    except BaseException as error:  # a panic of the Rust library is no Exception
        return [_refused("damaged", error=type(error).__name__)]


def _bounded(lines: Iterator[str], caps: Caps) -> Iterator[str]:
    """Stop at too much text: a long one may be shared by all cells, and each cell is handed over with its own."""
    characters = 0
    for line in lines:
        characters += len(line)
        if characters > caps.characters:
            raise Stopped("characters", limit=caps.characters)
        yield line


def _refused(reason: str, **details: str | int) -> str:
    return json.dumps({"refused": reason, "details": details})


def limit(cpu: int, wall: int, memory: int) -> None:
    """Bound CPU and wall seconds, bytes of memory and open files; no file can be written, and no core dump."""
    _lower(resource.RLIMIT_CPU, cpu, above=1)  # at the upper one the kernel kills without saying why
    _lower(resource.RLIMIT_AS, memory)
    _lower(resource.RLIMIT_NOFILE, FILES)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    signal.alarm(wall + 1)  # should the parent be gone by then


def _lower(which: int, value: int, above: int = 0) -> None:
    _soft, hard = resource.getrlimit(which)
    hard = value + above if hard == resource.RLIM_INFINITY else min(value + above, hard)
    resource.setrlimit(which, (min(value, hard), hard))


def read(file: BinaryIO, kind: str, caps: Caps) -> Iterator[str]:
    """The lines for a file, one by one; raises Stopped above the caps, and what the libraries raise."""
    if kind == "csv":
        yield from _csv(file, caps)
    else:
        yield from _workbook(file, kind, caps)
    yield json.dumps({"done": True})


def _csv(file: BinaryIO, caps: Caps) -> Iterator[str]:
    text, encoding = csv_text.decode(file.read(caps.file_bytes + 1))
    yield json.dumps({"encoding": encoding})
    yield json.dumps({"sheet": "CSV", "hidden": False})
    yield from wire.blocks(csv_text.rows(text, caps))


def _workbook(file: BinaryIO, kind: str, caps: Caps) -> Iterator[str]:
    counts = counting.count(file, caps) if kind == "xlsx" else None
    parts = declared.sheet_parts(file) if kind == "xlsx" else []
    file.seek(0)
    workbook = python_calamine.CalamineWorkbook.from_filelike(file)
    if len(workbook.sheets_metadata) > caps.sheets:
        raise Stopped("sheets", limit=caps.sheets)
    if counts is not None and len(parts) != len(workbook.sheets_metadata):
        raise Stopped("damaged")
    left = caps.cells
    for index, said in enumerate(workbook.sheets_metadata):
        if said.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        count = PartCount() if counts is None else counts[parts[index]]
        grid = Grid(workbook.get_sheet_by_index(index), count, left, caps)
        left -= grid.area
        yield _head(said)
        yield from wire.blocks(grid.rows())
        yield json.dumps({"merges": grid.merges(), "uncomputed": sorted(count.uncomputed)})


def _head(said: python_calamine.SheetMetadata) -> str:
    hidden = said.visible != python_calamine.SheetVisibleEnum.Visible
    return json.dumps({"sheet": said.name[:SHEET_NAME], "hidden": hidden})


if __name__ == "__main__":
    main()
