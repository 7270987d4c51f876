"""The experiments on one database: `python -m django chaos`, with the addresses in the environment.

Starts the servers on the ports of these addresses, prints a line a run, and ends with 1 when a promise was broken.
"""

import dataclasses
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from tests.chaos import broker, database, kills, moved
from tests.chaos.celery_app import TICK
from tests.chaos.office import Servers, servers
from tests.chaos.runs import Run
from tests.chaos.sizes import EXPERIMENTS, KILLS, REMINDERS, Sizes
from tests.servers import ServerMissingError

RUNS: dict[str, Callable[[Sizes, Servers], Iterator[Run]]] = {
    "R1": kills.at_random,
    "R2": kills.points,
    "R3": kills.control,
    "R4": broker.outages,
    "R5": broker.hears_again,
    "R6": broker.many_beats,
    "R9": moved.machine_off,
    "R10": moved.clock_moved,
    "R13": database.faults,
}


class Command(BaseCommand):
    help = "提醒的破坏试验 / break the delivery of reminders on purpose"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("-n", type=int, default=REMINDERS)
        parser.add_argument("--kills", type=int, default=KILLS)
        parser.add_argument("--only", nargs="+", choices=EXPERIMENTS, default=EXPERIMENTS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with servers() as running:
                failed = list(self._experiments(options["only"], Sizes(options["n"], options["kills"]), running))
        except ServerMissingError as error:
            raise CommandError(str(error)) from error
        for failure in failed:
            print(f"promise broken: {failure}", file=sys.stderr)
        sys.exit(1 if failed else 0)

    def _experiments(self, names: list[str], sizes: Sizes, running: Servers) -> Iterator[str]:
        call_command("migrate", run_syncdb=True, verbosity=0)
        self.stdout.write(_settings())
        for name in names:
            for done in RUNS[name](sizes, running):
                self.stdout.write(done.line)
                self.stdout.flush()
                yield from (f"{done.name} {done.what} on {connection.vendor}: {failure}" for failure in done.failures)
        connections.close_all()


def _settings() -> str:
    times = {name: str(value) for name, value in dataclasses.asdict(settings.DELIVERY).items()}
    return f"{connection.vendor}, SMTP timeout {settings.CONFIG.mailer['OPTIONS']['timeout']} s, tick {TICK} s, {times}"
