"""Sums of money are the same to the yuan on every database."""

from decimal import Decimal

import pytest
from django.db.models import F, Q

from core.amounts import Total
from events.models import PromotedProject
from tests.factories import DepartmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def promote():
    department = DepartmentFactory()

    def insert(*amounts):
        rows = [PromotedProject(name=f"项目{n}", department=department, investment=amount) for n, amount in enumerate(amounts)]
        PromotedProject.all_objects.bulk_create(rows)

    return insert


def test_twenty_thousand_amounts_add_up_to_the_yuan(promote):
    promote(*[Decimal("0.1001")] * 20_000)

    total = PromotedProject.objects.aggregate(total=Total("investment"))["total"]

    assert str(total) == "2002.0000"


def test_a_total_takes_a_filter_and_leaves_out_what_is_not_stated(promote):
    promote(Decimal("1.5"), Decimal("2.25"), None)

    totals = PromotedProject.objects.aggregate(
        all=Total("investment"),
        some=Total("investment", filter=Q(name="项目1")),
        none=Total("investment", filter=Q(name="没有")),
    )

    assert totals == {"all": Decimal("3.75"), "some": Decimal("2.25"), "none": None}


def test_a_total_can_be_annotated_and_compared_exactly(promote):
    promote(*[Decimal("0.1001")] * 20_000)

    totals = PromotedProject.objects.order_by().values("department").annotate(total=Total("investment"))

    assert [str(row["total"]) for row in totals] == ["2002.0000"]
    assert totals.filter(total=Decimal(2002)).count() == 1
    assert totals.filter(total__lte=Decimal(2002)).count() == 1
    assert not totals.filter(total__gt=Decimal(2002)).exists()


def test_a_total_takes_an_expression(promote):
    promote(Decimal("1.5"), Decimal("2.25"))

    assert PromotedProject.objects.aggregate(total=Total(F("investment") + F("investment")))["total"] == Decimal("7.5")


def test_an_amount_is_read_back_to_the_yuan(promote):
    promote(Decimal("12345678901.2345"))

    assert str(PromotedProject.objects.get().investment) == "12345678901.2345"
