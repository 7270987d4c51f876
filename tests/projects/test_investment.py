"""Investment by month: stated by one, verified by another; what was verified changes only after it was given back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts import roles
from audit.models import AuditEvent
from projects.models import InvestmentProgress
from projects.services import investment
from reports.services import months, periods
from tests.factories import NOW, DepartmentFactory, InvestmentProgressFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db
OCTOBER = dt.date(2026, 10, 1)


@pytest.fixture
def people():
    roles.sync_groups()
    department = DepartmentFactory()
    officer = UserFactory(roles=["officer"], department=department)
    head = UserFactory(roles=["head"], department=department)
    return officer, head, UserFactory(roles=["manager"])


@pytest.fixture
def project(people):
    return ProjectFactory(owner=people[0], department=people[0].department)


def enter(project, by, **values):
    return investment.enter_month(project, {"report_month": OCTOBER, "completed": Decimal(100)} | values, by=by, now=NOW)


def code(error):
    found = error.value
    return (found.error_list if hasattr(found, "error_list") else next(iter(found.error_dict.values())))[0].code


def test_a_month_that_is_entered_waits_for_a_second_person(project, people):
    row = enter(project, people[0], report_month=dt.date(2026, 10, 20))

    assert (row.status, row.submitted_by, row.verified_by, row.report_month) == ("submitted", people[0], None, OCTOBER)


def test_a_second_person_verifies_a_month(project, people):
    row = investment.verify_month(enter(project, people[0]), by=people[1], now=NOW)

    row = InvestmentProgress.objects.get(pk=row.pk)
    assert (row.status, row.verified_by, row.verified_at) == ("verified", people[1], NOW)
    assert AuditEvent.objects.filter(action="investment.verified", object_label=str(row)).exists()


@pytest.mark.parametrize("who", [1, 2])
def test_whoever_entered_or_handed_in_a_month_does_not_verify_it(project, people, who):
    entered = enter(project, people[who])
    drafted = InvestmentProgressFactory(project=project, report_month=dt.date(2026, 9, 1))
    handed_in = investment.submit_month(drafted, by=people[who], now=NOW)

    for row in (entered, handed_in):
        with pytest.raises(ValidationError) as refused:
            investment.verify_month(row, by=people[who], now=NOW)
        assert code(refused) == "second_person"
        assert InvestmentProgress.objects.get(pk=row.pk).status == "submitted"


def test_an_officer_verifies_no_month(project, people):
    with pytest.raises(ValidationError) as refused:
        investment.verify_month(enter(project, people[1]), by=people[0], now=NOW)

    assert code(refused) == "role"


def test_a_draft_is_not_verified(project, people):
    row = InvestmentProgressFactory(project=project, report_month=OCTOBER)

    with pytest.raises(ValidationError) as refused:
        investment.verify_month(row, by=people[1], now=NOW)

    assert code(refused) == "status"


def test_what_was_verified_stays_until_it_is_given_back_with_a_reason(project, people):
    row = investment.verify_month(enter(project, people[0]), by=people[1], now=NOW)
    row.completed = Decimal(5)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert code(refused) == "verified"
    with pytest.raises(ValidationError) as refused:
        investment.return_month(row, " ", by=people[1])
    assert code(refused) == "reason"

    row = investment.return_month(row, "统计部门改数", by=people[1])

    assert (row.status, row.verified_by, row.verified_at, row.return_reason) == ("draft", None, None, "统计部门改数")
    row.completed = Decimal(5)
    row.full_clean()
    assert investment.submit_month(row, by=people[0], now=NOW).return_reason == ""


@pytest.mark.parametrize("act", ["enter", "submit", "verify", "return"])
def test_a_locked_month_takes_nothing_in_and_gives_nothing_away(project, people, act):
    drafted = InvestmentProgressFactory(project=ProjectFactory(owner=people[0]), report_month=OCTOBER)
    waiting = enter(ProjectFactory(owner=people[0], department=people[0].department), people[0])
    months.lock_month(periods.month_of(OCTOBER), by=people[2], now=NOW)
    acts = {
        "enter": lambda: enter(project, people[0]),
        "submit": lambda: investment.submit_month(drafted, by=people[0], now=NOW),
        "verify": lambda: investment.verify_month(waiting, by=people[1], now=NOW),
        "return": lambda: investment.return_month(waiting, "有误", by=people[1]),
    }

    with pytest.raises(ValidationError) as refused:
        acts[act]()

    assert code(refused) == "month_locked"


@pytest.mark.parametrize(
    ("values", "said"),
    [({"report_month": dt.date(2026, 12, 1)}, "future"), ({"completed": None}, "empty")],
)
def test_a_month_to_come_or_without_a_figure_is_refused(project, people, values, said):
    with pytest.raises(ValidationError) as refused:
        enter(project, people[0], **values)

    assert code(refused) == said
    assert not InvestmentProgress.objects.exists()


def test_an_unknown_figure_stays_unknown(project, people):
    row = enter(project, people[0], completed=None, cumulative=Decimal(0))

    row = InvestmentProgress.objects.get(pk=row.pk)
    assert (row.completed, row.cumulative, row.stat_value) == (None, Decimal(0), None)
