"""Take a snapshot by hand, or prove that one is still what was taken."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.models import Snapshot
from reports.services import snapshots


class Command(BaseCommand):
    help = "生成或核对快照 / take a snapshot, or verify one"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", choices=Snapshot.Kind.values, default=Snapshot.Kind.MANUAL)
        parser.add_argument(
            "--verify", metavar="公开编号", help="核对这一快照，latest 为最近一个 / verify this one, or the latest"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verify"]:
            self._verify(options["verify"])
            return
        snapshot = snapshots.take_snapshot(options["kind"], now=timezone.now())
        self.stdout.write(f"{snapshot} {snapshot.public_id} {snapshot.sha256} {snapshot.counts}")

    def _verify(self, asked: str) -> None:
        known = Snapshot.objects.all()
        try:
            snapshot = known.first() if asked == "latest" else known.filter(public_id=UUID(asked)).first()
        except ValueError:
            snapshot = None
        if snapshot is None:
            raise CommandError(f"没有快照“{asked}”")
        verdict = snapshots.verify(snapshot)
        if verdict.same and not verdict.wrong:
            self.stdout.write(f"{snapshot} {snapshot.sha256} 一致")
            return
        said = [*verdict.wrong[:20], *(f"{name}: {was} → {now}" for name, (was, now) in verdict.counts.items())]
        raise CommandError(f"{snapshot} 与生成时不一致：" + "；".join(said or [f"{snapshot.sha256} ≠ {verdict.found}"]))
