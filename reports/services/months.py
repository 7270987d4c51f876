"""Closing a month: it is locked first, so that nothing changes while it is frozen."""

import datetime as dt

from accounts.models import User
from reports.models import Period, Snapshot
from reports.services import periods, snapshots


def lock_month(period: Period, *, by: User, now: dt.datetime) -> Snapshot:
    """Lock a month and freeze its figures; locked again after an unlocking, it gets a further edition.

    Raises ValidationError as `periods.lock` does.
    """
    period = periods.lock(period, by=by, now=now)
    edition = Snapshot.objects.filter(kind=Snapshot.Kind.MONTHLY, period=period).count() + 1
    return snapshots.freeze(Snapshot.Kind.MONTHLY, period, edition, now=now, by=by)
