"""Sums are the same to the yuan on every database: a plain sum of SQLite is 2002.00000000106 here."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Q

from core.amounts import LIMIT, Total
from projects.models import Agreement, InvestmentProgress, Project
from tests.factories import AgreementFactory, ProjectFactory

pytestmark = pytest.mark.django_db
MANY = 20_000
AMOUNT = Decimal("0.1001")


def test_twenty_thousand_amounts_add_up_exactly():
    project = ProjectFactory()
    # Without core.bulk: its history rows would take a minute and say nothing about sums.
    days = [dt.date(2000, 1, 1) + dt.timedelta(days=n) for n in range(MANY)]
    InvestmentProgress.objects.bulk_create(
        InvestmentProgress(project=project, report_month=day, completed=AMOUNT) for day in days
    )
    projects = Project.objects.annotate(total=Total("investment_progress__completed"))

    assert InvestmentProgress.objects.aggregate(total=Total("completed")) == {"total": Decimal("2002.0000")}
    assert projects.get().total == Decimal("2002.0000")
    assert projects.filter(total=Decimal(2002)).count() == 1
    assert projects.filter(total__gt=Decimal(2002)).count() == 0


def test_nothing_stated_adds_up_to_nothing():
    AgreementFactory(amount=None)

    assert Agreement.objects.aggregate(total=Total("amount")) == {"total": None}


def test_a_total_leaves_out_what_its_filter_leaves_out():
    AgreementFactory(amount=Decimal("1.5"))
    AgreementFactory(amount=Decimal("2.25"), kind=Agreement.Kind.MOU)

    found = Agreement.objects.aggregate(total=Total("amount", filter=Q(kind="mou")))

    assert found == {"total": Decimal("2.25")}


@pytest.mark.parametrize("amount", ["0.0001", "0.1001", "1420000", str(LIMIT), "123456.7891", "-5"])
def test_an_amount_is_read_as_it_was_saved(amount):
    row = AgreementFactory(amount=None, increment=Decimal(amount))

    row.refresh_from_db()

    assert row.increment == Decimal(amount)
