"""What statistics count as signed: a project once, by its first paper; of later papers only what they add."""

import datetime as dt
from decimal import Decimal

import pytest

from core.amounts import Total
from projects.models import Agreement
from projects.models.agreement import counted_amount
from tests.factories import AgreementFactory, ProjectFactory

pytestmark = pytest.mark.django_db
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
BEFORE, EARLY, LATE = dt.date(2025, 6, 1), dt.date(2026, 2, 1), dt.date(2026, 9, 1)


@pytest.fixture
def project():
    return ProjectFactory()


def paper(project, on, amount=None, **values):
    return AgreementFactory(project=project, signed_on=on, amount=amount, **values)


def total() -> Decimal | None:
    return Agreement.objects.counted(*YEAR).order_by().aggregate(total=Total(counted_amount()))["total"]


def test_a_project_counts_once_by_its_first_paper(project):
    first = paper(project, EARLY, 700)
    paper(project, LATE, 900)  # called new as well, and not the first

    assert list(Agreement.objects.counted_new(*YEAR)) == [first]
    assert list(Agreement.objects.counted(*YEAR)) == [first]
    assert total() == 700


def test_a_project_signed_last_year_is_not_new_this_year(project):
    paper(project, BEFORE, 700)
    paper(project, EARLY, 900)

    assert not Agreement.objects.counted(*YEAR).exists()


def test_an_upgrade_is_counted_as_such_and_adds_no_amount(project):
    paper(project, BEFORE, 700, kind="intent")
    contract = paper(project, EARLY, 900, counts_as="upgrade")

    assert list(Agreement.objects.upgraded(*YEAR)) == [contract]
    assert not Agreement.objects.counted_new(*YEAR).exists()
    assert total() is None
    assert list(Agreement.objects.first_contracts(*YEAR)) == [contract]


def test_an_increase_adds_its_increment_and_no_project(project):
    first = paper(project, EARLY, 700)
    paper(project, LATE, 900, counts_as="increase", increment=200)

    assert list(Agreement.objects.counted_new(*YEAR)) == [first]
    assert total() == 900


def test_a_change_of_owner_adds_its_increment_only(project):
    paper(project, BEFORE, 700)
    changed = paper(project, EARLY, 1000, counts_as="owner_change", increment=300)

    assert list(Agreement.objects.counted(*YEAR)) == [changed]
    assert not Agreement.objects.counted_new(*YEAR).exists()
    assert total() == 300


def test_signing_again_counts_nothing(project):
    paper(project, BEFORE, 700)
    paper(project, EARLY, 800, counts_as="resign")

    assert not Agreement.objects.counted(*YEAR).exists()
    assert not Agreement.objects.first_contracts(*YEAR).exists()


def test_a_paper_that_is_not_to_be_counted_is_nobodys_first(project):
    paper(project, BEFORE, 500, kind="mou", counts_as="none")
    signed = paper(project, EARLY, 700)

    assert list(Agreement.objects.counted_new(*YEAR)) == [signed]


def test_a_deleted_paper_is_nobodys_first(project):
    gone = paper(project, BEFORE, 500)
    signed = paper(project, EARLY, 700)
    Agreement.all_objects.filter(pk=gone.pk).update(deleted_at="2026-01-01T00:00:00Z")

    assert list(Agreement.objects.counted_new(*YEAR)) == [signed]


def test_a_contract_after_a_framework_belongs_to_the_contracts_of_its_own_year(project):
    paper(project, BEFORE, 5000, kind="framework")
    contract = paper(project, EARLY, 900, counts_as="upgrade", kind="tenancy")
    paper(project, LATE, 950, counts_as="resign", kind="tenancy")

    assert list(Agreement.objects.first_contracts(*YEAR)) == [contract]
