"""`make chaos`: the experiments on SQLite and on PostgreSQL, and with `--write` their table in docs/reliability.md.

Prints the settings, then for each run a line of words and one JSON line; ends with 1 when a promise was broken,
or when the negative control was not caught.
"""

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

from tests.chaos import table
from tests.chaos.sizes import EXPERIMENTS, KILLS, REMINDERS, Sizes
from tests.servers import LOOPBACK, ROOT, free_port


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("-n", type=int, default=REMINDERS, help="reminders due in R1; the other sizes follow (make chaos N=…)")
    parser.add_argument("--kills", type=int, default=KILLS, help="kills in R1 (make chaos KILLS=…)")
    parser.add_argument("--db", choices=["sqlite", "postgres"], action="append", help="only this database")
    parser.add_argument("--only", nargs="+", choices=EXPERIMENTS, default=EXPERIMENTS, metavar="R", help="only these")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reliability.md")
    options = parser.parse_args()
    sizes = Sizes(options.n, options.kills)
    failed, rows = 0, []
    for name in options.db or ["sqlite", "postgres"]:
        began, used = time.monotonic(), os.times()
        with installation(name) as env:
            code, found = experiments(env, sizes, options.only)
        failed |= code
        rows += found
        spent = sum(os.times()[2:4]) - sum(used[2:4])
        print(f"{name}: {time.monotonic() - began:.0f} s, {spent:.0f} s of the processor", flush=True)
    if options.write:
        table.write(rows, sizes)
    return 1 if failed else 0


def experiments(env: dict[str, str], sizes: Sizes, only: list[str]) -> tuple[int, list[table.Row]]:
    """Run them on one database, passing their lines on as they come."""
    command = [sys.executable, "-m", "django", "chaos", "-n", str(sizes.reminders), "--kills", str(sizes.kills), "--only", *only]
    rows = []
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if not line.startswith("R"):
                print(line, end="", flush=True)
                continue
            name, what, seconds, found = line.split("\t")
            print(f"{name} {what} ({seconds} s)\n{found}", end="", flush=True)
            rows.append((name, what, json.loads(found)))
    return process.returncode, rows


@contextmanager
def installation(database: str) -> Iterator[dict[str, Any]]:
    """An environment with a folder, a database and ports for mail and Redis of its own; the servers start inside."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        env = {**os.environ, "VAR_DIR": folder, "ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "tests.chaos.settings"}
        env |= {"EMAIL_URL": f"smtp://{LOOPBACK}:{free_port()}?timeout=1", "REDIS_URL": f"redis://{LOOPBACK}:{free_port()}/0"}
        env["DATABASE_URL"] = "" if database == "sqlite" else f"postgres://postgres@{LOOPBACK}:{free_port()}/postgres"
        yield env


if __name__ == "__main__":
    sys.exit(main())
