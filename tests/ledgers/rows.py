"""Rows of ledgers as the reader of cells would give them, and what is planned from them."""

import datetime as dt
from decimal import Decimal

from accounts.models import User
from core.dates import FuzzyDate
from ledgers import applying, planning
from ledgers.layouts.base import Context, Row
from ledgers.layouts.known import LAYOUTS
from ledgers.models import ImportJob
from ledgers.planning import Part, Plan
from ledgers.values import Amount
from tests.factories import NOW, TODAY, ImportJobFactory

SIGNED = FuzzyDate(dt.date(2026, 3, 5))


def wan(amount: int, qualifier: str = "exact") -> Amount:
    return Amount(Decimal(amount), qualifier)


def row(number: int = 6, blank: tuple[str, ...] = (), **values: object) -> Row:
    """A data row; the cells stand in the columns in which they are named here."""
    addresses = {key: f"{chr(66 + place)}{number}" for place, key in enumerate((*values, *blank))}
    return Row("签约", number, values, addresses, set(blank))


def signed(number: int = 6, **values: object) -> Row:
    """A row of T1 with what such a row always says."""
    usual = {"name": "测试光电项目", "investor": "测试光电有限公司", "kind": "formal", "signed_on": SIGNED, "amount": wan(30_000)}
    told = {**usual, **values}
    if "stage" in told:
        told.setdefault("land_mode", "sale")  # else it would be asked on which track the stage lies
    return row(number, **told)


def context_of(user: User, reported_on: dt.date = TODAY) -> Context:
    return Context(user, TODAY, reported_on)


def plan_of(*rows: Row, user: User, layout: str = "T1", reported_on: dt.date = TODAY, **options: object) -> Plan:
    return planning.plan([Part(LAYOUTS[layout], rows, context_of(user, reported_on))], **options)


def applied(*rows: Row, user: User, layout: str = "T1", **options: object) -> ImportJob:
    """The rows written, as a job that was applied."""
    plan = plan_of(*rows, user=user, layout=layout, **options)
    assert plan.problems == []
    job = ImportJobFactory(layout=layout, by=user)
    job.changeset = applying.write([plan], job, by=user, now=NOW)
    job.status, job.applied_at, job.applied_by = ImportJob.Status.APPLIED, NOW, user
    job.save(by=user)
    return job
