"""A closed month stays as it is: nothing that counts in it is added, changed or verified until it is opened with a reason."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts import roles
from audit.models import AuditEvent
from projects.months import refuse_locked
from reports.models import Period, Snapshot, SnapshotRow
from reports.services import months, periods
from tests.factories import NOW, CapitalArrivalFactory, InvestmentProgressFactory, PeriodFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db
OCTOBER = dt.date(2026, 10, 15)


@pytest.fixture
def manager():
    roles.sync_groups()
    return UserFactory(roles=["manager"], display_name="测试主任")


@pytest.fixture
def october():
    return periods.month_of(OCTOBER)


def code(error):
    return error.value.error_list[0].code


def test_a_month_runs_from_its_first_to_its_last_day_and_is_made_once():
    month = periods.month_of(dt.date(2028, 2, 10))

    assert (month.start_on, month.end_on) == (dt.date(2028, 2, 1), dt.date(2028, 2, 29))
    assert periods.month_of(dt.date(2028, 2, 29)) == month


def test_locking_a_month_freezes_it(manager, october):
    ProjectFactory()

    snapshot = months.lock_month(october, by=manager, now=NOW)

    october.refresh_from_db()
    assert (october.locked_at, october.locked_by) == (NOW, manager)
    assert (snapshot.kind, snapshot.period, snapshot.taken_by, snapshot.edition) == ("monthly", october, manager, 1)
    assert SnapshotRow.objects.filter(snapshot=snapshot).count() == 1
    assert AuditEvent.objects.filter(action="period.locked").count() == 1


def test_what_counts_in_a_locked_month_is_refused_and_says_who_can_open_it(manager, october):
    months.lock_month(october, by=manager, now=NOW)

    with pytest.raises(ValidationError) as error:
        refuse_locked(None, dt.date(2026, 9, 30), dt.date(2026, 10, 31))

    assert code(error) == "month_locked"
    assert error.value.messages == [
        "2026-10 已于 2026-11-24 由测试主任锁定，不能再改。如确需更正，请招商中心负责人写明原因后解锁。"
    ]
    refuse_locked(dt.date(2026, 9, 30), dt.date(2026, 11, 1))


@pytest.mark.parametrize("day", [dt.date(2026, 10, 1), dt.date(2026, 10, 31)])
def test_a_payment_and_an_investment_of_a_locked_month_are_refused_by_their_forms(manager, october, day):
    months.lock_month(october, by=manager, now=NOW)
    rows = [
        CapitalArrivalFactory.build(project=ProjectFactory(), arrived_on=day),
        CapitalArrivalFactory.build(project=ProjectFactory(), arrived_on=NOW.date(), report_month=day.replace(day=1)),
        InvestmentProgressFactory.build(project=ProjectFactory(), report_month=day.replace(day=1)),
    ]

    for row in rows:
        with pytest.raises(ValidationError, match="2026-10 已于"):
            row.clean()


def test_a_row_is_not_moved_out_of_a_locked_month_either(manager, october):
    arrival = CapitalArrivalFactory(arrived_on=OCTOBER, amount=Decimal(5))
    months.lock_month(october, by=manager, now=NOW)
    arrival.report_month = dt.date(2026, 11, 1)

    with pytest.raises(ValidationError, match="2026-10 已于"):
        arrival.clean()


def test_a_payment_counts_in_the_month_it_is_reported_for(manager, october):
    months.lock_month(october, by=manager, now=NOW)

    CapitalArrivalFactory.build(project=ProjectFactory(), arrived_on=OCTOBER, report_month=dt.date(2026, 11, 1)).clean()


def test_unlocking_needs_a_reason_and_is_logged(manager, october):
    months.lock_month(october, by=manager, now=NOW)
    with pytest.raises(ValidationError) as error:
        periods.unlock(october, "  ", by=manager)
    assert code(error) == "reason"

    opened = periods.unlock(october, "补录一笔到位资金", by=manager)

    assert (opened.locked_at, opened.locked_by, opened.unlock_reason) == (None, None, "补录一笔到位资金")
    event = AuditEvent.objects.get(action="period.unlocked")
    assert (event.changes["reason"], event.changes["locked_by"]) == ("补录一笔到位资金", "测试主任")
    refuse_locked(OCTOBER)


def test_a_month_locked_again_gets_a_second_edition_and_keeps_the_first(manager, october):
    first = months.lock_month(october, by=manager, now=NOW)
    periods.unlock(october, "测试原因", by=manager)
    ProjectFactory()

    second = months.lock_month(october, by=manager, now=NOW + dt.timedelta(days=1))

    assert (first.edition, second.edition) == (1, 2)
    assert (first.counts, second.counts) == ({}, {"project": 1})
    assert Snapshot.objects.filter(period=october).count() == 2


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kind": "week"}, "kind"),
        ({"start_on": dt.date(2026, 11, 1), "end_on": dt.date(2026, 11, 30)}, "future"),
        ({"start_on": dt.date(2026, 11, 1), "end_on": NOW.date()}, "future"),
    ],
)
def test_what_cannot_be_locked(manager, change, expected):
    period = PeriodFactory(**{"start_on": dt.date(2026, 9, 1), "end_on": dt.date(2026, 9, 30)} | change)

    with pytest.raises(ValidationError) as error:
        months.lock_month(period, by=manager, now=NOW)

    assert code(error) == expected


def test_a_month_is_locked_once_and_an_open_one_is_not_opened(manager, october):
    with pytest.raises(ValidationError) as error:
        periods.unlock(october, "测试原因", by=manager)
    assert code(error) == "open"
    months.lock_month(october, by=manager, now=NOW)

    with pytest.raises(ValidationError) as error:
        months.lock_month(october, by=manager, now=NOW)
    assert code(error) == "locked"


@pytest.mark.parametrize("role", ["officer", "head", "leader", "statistician", "sysadmin"])
def test_only_the_manager_locks_and_unlocks(manager, october, role):
    other = UserFactory(roles=[role])
    with pytest.raises(ValidationError) as error:
        months.lock_month(october, by=other, now=NOW)
    assert code(error) == "role"
    months.lock_month(october, by=manager, now=NOW)

    with pytest.raises(ValidationError) as error:
        periods.unlock(october, "测试原因", by=other)

    assert code(error) == "role"
    assert Period.objects.get(pk=october.pk).is_locked
