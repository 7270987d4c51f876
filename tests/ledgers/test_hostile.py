"""Hostile files are refused, and cost this process nothing (I1); damaged ones are read or refused (I2)."""

import contextlib
import datetime as dt
import io
import json
import random
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter

from ledgers import reading
from ledgers.reading import gate, opening
from ledgers.reading.caps import Caps, Stopped
from ledgers.sheets import Refused
from tests.ledgers import bombs

CAPS = Caps()
MIB = 2**20
HANG = 30  # seconds
TRUNCATIONS, MUTATIONS, WHOLE_WAY = 50, 300, 3
BATCH = """
import json, sys
from ledgers.reading import child
from ledgers.reading.caps import Caps
caps = Caps()
child.limit(60, int(sys.argv[1]), caps.memory_bytes(0))
for path in sys.argv[2:]:
    print(child.answer(open(path, "rb"), path.rpartition(".")[2], caps)[-1], flush=True)
"""
TOKENS = [b"<", b">", b'"', b"&", b"&#0;", b"]]>", b"<!--", b"-1", b"99999999999", b"1e999", b"\0", b"\xff", b"XFD1048576", b"A0"]


def refusal_of(path: Path, name: str) -> Refused:
    with pytest.raises(Refused) as caught:
        reading.read(path, name, caps=CAPS)
    return caught.value


def memory(which: str) -> int:
    """VmRSS (now) or VmHWM (highest since it was reset) of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(which))


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def workbook() -> bytes:
    """An honest one, with a bit of everything."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet, day = book.add_worksheet("台账"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range("A1:D1", "签约项目台账")
    for row in range(1, 40):
        sheet.write_row(row, 0, [f"测试光电有限公司{row % 7}", row / 4, row % 2 == 0])
        sheet.write_datetime(row, 3, dt.datetime(2026, 1, 1) + dt.timedelta(row), day)
        sheet.write_formula(row, 4, f"=B{row + 1}*2", None, row / 2)
    book.add_worksheet("空").hide()
    book.close()
    return buffer.getvalue()


def mutated_bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(changed)), chance.randint(1, 12)
        choice = chance.choice(("flip", "cut", "again", "token"))
        if choice == "flip":
            changed[at] ^= 1 << chance.randrange(8)
        elif choice == "cut":
            del changed[at : at + length]
        else:
            changed[at:at] = changed[at : at + length] if choice == "again" else chance.choice(TOKENS)
    return bytes(changed)


def mutated_part(content: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    victim = chance.choice([name for name in parts if name.startswith(("xl/w", "xl/s", "xl/_", "_rels"))])
    return bombs.packed({**parts, victim: mutated_bytes(parts[victim], chance)})


def through_gate(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        try:
            with path.open("rb") as file:
                gate.admit(file, path.name, CAPS)
            yield path
        except Stopped:
            pass


def answers(paths: list[Path]) -> Iterator[dict[str, object]]:
    """What the child answers for each; one process for many, as starting 300 takes long. One that kills it is refused."""
    while paths:
        command = [sys.executable, "-c", BATCH, str(HANG), *map(str, paths)]
        batch = subprocess.run(command, cwd=opening.ROOT, capture_output=True, text=True, timeout=2 * HANG, check=False)
        lines = batch.stdout.splitlines()
        yield from map(json.loads, lines)
        paths = paths[len(lines) :]
        if paths:
            yield {"refused": refusal_of(paths[0], paths[0].name).code}
            paths = paths[1:]


@pytest.mark.parametrize("kind", bombs.HOSTILE)
def test_a_hostile_file_is_refused_within_its_limits(kind: str, tmp_path: Path):
    name, build, code = bombs.HOSTILE[kind]
    path = bombs.saved(tmp_path, name, build())
    Path("/proc/self/clear_refs").write_text("5")  # resets VmHWM
    before, seconds = memory("VmRSS"), children_seconds()

    refused = refusal_of(path, name)

    assert refused.code == code
    assert "：" in refused.message
    assert memory("VmHWM") - before < 100 * MIB
    assert children_seconds() - seconds < 6


def test_the_corpus_is_as_big_as_promised():
    assert len(bombs.HOSTILE) + TRUNCATIONS >= 80


def test_a_workbook_cut_off_anywhere_is_refused(tmp_path: Path):
    whole = workbook()
    codes = set()

    for number in range(TRUNCATIONS):
        path = bombs.saved(tmp_path, "a.xlsx", whole[: 1 + number * (len(whole) - 1) // TRUNCATIONS])
        codes.add(refusal_of(path, "a.xlsx").code)

    assert codes <= {"damaged", "not_a_workbook"}


@pytest.mark.parametrize(
    ("suffix", "content", "mutate"),
    [
        ("xlsx", workbook(), mutated_bytes),
        ("xlsx", workbook(), mutated_part),
        ("csv", "名称,投资额,日期\n".encode() + "测试光电有限公司,1.5亿,2026-03-05\n".encode() * 20, mutated_bytes),
        ("csv", "名称\t投资额\n测试光电有限公司\t1.5亿\n".encode("gb18030") * 20, mutated_bytes),
    ],
    ids=["bytes of an .xlsx", "parts of an .xlsx", "bytes of a UTF-8 .csv", "bytes of a GB18030 .csv"],
)
def test_a_damaged_file_is_read_or_refused(
    suffix: str, content: bytes, mutate: Callable[[bytes, random.Random], bytes], tmp_path: Path
):
    chance = random.Random(20_261_124)
    paths = [tmp_path / f"{number}.{suffix}" for number in range(MUTATIONS)]
    for path in paths:
        path.write_bytes(mutate(content, chance))

    found = list(answers(list(through_gate(paths))))

    assert all("done" in answer or "refused" in answer for answer in found)
    assert any("refused" in answer for answer in found) or suffix == "csv"
    for path in paths[:WHOLE_WAY]:
        with contextlib.suppress(Refused):
            reading.read(path, path.name, caps=CAPS)


@pytest.mark.parametrize(("caps", "code"), [(Caps(memory=20 * MIB), "memory"), (Caps(rows=10**7, seconds=1), "time")])
def test_a_process_that_meets_its_limits_is_a_refusal(caps: Caps, code: str, tmp_path: Path):
    path = bombs.saved(tmp_path, "a.csv", b"1,2,3\n" * 3_000_000)

    with pytest.raises(Refused) as caught:
        reading.read(path, "a.csv", caps=caps)

    assert caught.value.code == code
