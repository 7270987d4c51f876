"""`make chaos`: the experiments on SQLite and on PostgreSQL, and with `--write` their table in docs/reliability.md."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers import LOOPBACK, ROOT, PostgresServer, ServerMissingError, free_port

TABLE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- table R begins: written by `make chaos ARGS=--write` -->", "<!-- table R ends -->"
COLUMNS = ["id", "point", "database", "due", "messages", "accepted", "lost", "recorded", "extra", "two_ids", "kills", "drops"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("-n", type=int, default=300, help="reminders due")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--db", choices=["sqlite", "postgres"], action="append", help="only this database")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reliability.md")
    options = parser.parse_args()
    failed, lines = 0, []
    for name in options.db or ["sqlite", "postgres"]:
        began = time.monotonic()
        with installation(name) as env:
            code, found = experiments(env, options.n, options.kills)
        failed |= code
        lines += found
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    if options.write:
        write(lines)
    return failed


def experiments(env: dict[str, str], due: int, kills: int) -> tuple[int, list[dict[str, Any]]]:
    """Run all on one database, passing their lines on as they come."""
    command = [sys.executable, "-m", "tests.chaos.run", "-n", str(due), "--kills", str(kills)]
    found = []
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            found.append(json.loads(line))
    return process.returncode, found


@contextmanager
def installation(database: str) -> Iterator[dict[str, str]]:
    """An environment with a folder, a database and a port for mail of its own."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        env = {**os.environ, "VAR_DIR": folder, "ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "tests.chaos.settings"}
        env |= {"EMAIL_URL": f"smtp://{LOOPBACK}:{free_port()}?timeout=1", "REDIS_URL": "", "DATABASE_URL": ""}
        if database == "sqlite":
            yield env
            return
        try:
            server = PostgresServer()
        except ServerMissingError as error:
            sys.exit(str(error))
        with server:
            yield env | {"DATABASE_URL": server.url()}


def write(lines: list[dict[str, Any]]) -> None:
    """Put the lines between the two marks; the prose around them stays."""
    before, _begin, rest = TABLE.read_text().partition(BEGIN)
    _old, _end, after = rest.partition(END)
    rows = [" | ".join(str(line.get(name, "")) for name in COLUMNS) for line in lines]
    table = "\n".join(f"| {row} |" for row in [" | ".join(COLUMNS), " | ".join(["---"] * len(COLUMNS)), *rows])
    TABLE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")


if __name__ == "__main__":
    sys.exit(main())
