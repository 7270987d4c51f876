"""`make bench`: pages and ticks at 20,000 projects, as ratios within one run.

The rows are made once and kept in the system's temporary folder under a hash of the code that makes them;
each run works on a copy of them.
"""

import argparse
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from tests.servers import ROOT, PostgresServer

MADE_BY = [
    "tests/bench/dataset.py",
    "tests/bench/reported.py",
    "core/bulk.py",
    "core/pinyin.py",
    "fixtures/reference.json",
    "*/migrations/*.py",
]
SEEDED = "seeded"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is opened")
    parser.add_argument("--ledgers", type=int, metavar="ROWS", help="import and export a ledger of so many rows instead")
    parser.add_argument("--mails", action="store_true", help="delivery alone, on an empty database (R15)")
    options = parser.parse_args()
    if options.mails:
        _mails(options.db)
        return
    folder = Path(tempfile.gettempdir(), f"crm-bench-{options.db}-{fingerprint()}")
    folder.mkdir(exist_ok=True)
    say(f"数据目录 / rows kept in {folder}")
    with database(options.db, folder) as (url, is_new):
        start_django(folder, url)
        from tests.bench import ledgers, measure

        if is_new:
            began = time.perf_counter()
            measure.prepare(say)
            say(f"数据用时 / rows made in {time.perf_counter() - began:.0f} s")
        elif options.ledgers:
            ledgers.run(options.ledgers, say)
        else:
            measure.run(options.rounds, say)
    if is_new:  # kept from here on; what is measured is a copy
        os.execv(sys.executable, [sys.executable, "-m", "tests.bench", *sys.argv[1:]])


def _mails(kind: str) -> None:
    with tempfile.TemporaryDirectory(prefix="crm-bench-") as folder, database(kind, Path(folder)) as (url, _is_new):
        start_django(Path(folder), url)
        from django.core.management import call_command

        from tests.bench import mails

        call_command("migrate", interactive=False, verbosity=0)
        mails.run(say)


def fingerprint() -> str:
    """A hash of everything that decides which rows there are."""
    digest = hashlib.sha256()
    for pattern in MADE_BY:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, bool]]:
    """The address of the rows to be made, or of a fresh copy of those made before."""
    with _postgres(folder) if kind == "postgres" else _sqlite(folder) as found:
        yield found


@contextmanager
def _sqlite(folder: Path) -> Iterator[tuple[str, bool]]:
    made, making, copy = (folder / name for name in ("seeded.sqlite3", "making.sqlite3", "run.sqlite3"))
    for path in folder.glob("run.sqlite3*"):
        path.unlink()
    if made.exists():
        shutil.copy(made, copy)
        yield f"sqlite:///{copy}", False
        return
    for path in folder.glob("making.sqlite3*"):
        path.unlink()
    yield f"sqlite:///{making}", True
    making.rename(made)


@contextmanager
def _postgres(folder: Path) -> Iterator[tuple[str, bool]]:
    with PostgresServer(folder) as server, closing(psycopg.connect(server.url(), autocommit=True)) as admin:
        names = {name for (name,) in admin.execute("SELECT datname FROM pg_database")}
        name = "run" if SEEDED in names else "making"
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {SEEDED}" if name == "run" else ""))
        yield server.url(name), name == "making"
        if name == "making":
            admin.execute(f"ALTER DATABASE making RENAME TO {SEEDED}")
            admin.execute("CHECKPOINT")  # the server is stopped at once and forgets what it has not written


def start_django(folder: Path, url: str) -> None:
    """Set Django up on that database, away from any installation."""
    os.environ |= {"VAR_DIR": str(folder / "var"), "ENV_FILE": os.devnull, "DATABASE_URL": url}
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
    for name in ("REDIS_URL", "EMAIL_URL", "SITE_URL", "DEBUG"):
        os.environ.pop(name, None)
    import django

    django.setup()


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
