"""Capital: stated by one, verified by another, then immutable; a mistake is a negative row that names it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import roles
from audit import changesets
from audit.models import AuditEvent
from projects.models import CapitalArrival
from projects.services import capital
from reports.services import months, periods
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    AnnualPlanFactory,
    CapitalArrivalFactory,
    DepartmentFactory,
    InvestmentProgressFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LAST_MONTH = dt.date(2026, 10, 15)


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
    values = {"arrived_on": TODAY, "amount": Decimal(100), "origin": "our_city"} | values
    return capital.enter_arrival(project, values, by=by, now=NOW)


def verified(project, people, **values):
    return capital.verify_arrival(enter(project, people[0], **values), by=people[1], now=NOW)


def code(error):
    found = error.value
    return (found.error_list if hasattr(found, "error_list") else next(iter(found.error_dict.values())))[0].code


def test_what_is_entered_waits_for_a_second_person(project, people):
    officer, head, _manager = people

    arrival = enter(project, officer)

    assert (arrival.status, arrival.submitted_by, arrival.submitted_at) == ("submitted", officer, NOW)
    done = capital.verify_arrival(arrival, by=head, now=NOW)
    assert (done.status, done.verified_by, done.verified_at) == ("verified", head, NOW)
    assert AuditEvent.objects.filter(action="capital.verified").count() == 1


@pytest.mark.parametrize("role", ["head", "manager"])
def test_nobody_verifies_what_he_stated(project, people, role):
    by = people[1] if role == "head" else people[2]
    arrival = enter(project, by)

    with pytest.raises(ValidationError) as error:
        capital.verify_arrival(arrival, by=by, now=NOW)

    assert code(error) == "second_person"


def test_who_entered_a_draft_does_not_verify_it_when_another_handed_it_in(project, people):
    officer, head, _manager = people
    arrival = CapitalArrivalFactory(project=project, by=head)
    capital.submit_arrival(arrival, by=officer, now=NOW)

    with pytest.raises(ValidationError) as error:
        capital.verify_arrival(arrival, by=head, now=NOW)

    assert code(error) == "second_person"


@pytest.mark.parametrize(("role", "may"), [("statistician", True), ("officer", False), ("leader", False), ("liaison", False)])
def test_who_verifies(project, people, role, may):
    arrival, other = enter(project, people[0]), UserFactory(roles=[role])

    if may:
        assert capital.verify_arrival(arrival, by=other, now=NOW).status == "verified"
        return
    with pytest.raises(ValidationError) as error:
        capital.verify_arrival(arrival, by=other, now=NOW)
    assert code(error) == "role"


def test_who_has_nothing_to_do_with_a_project_does_not_state_its_capital(project):
    with pytest.raises(ValidationError) as error:
        enter(project, UserFactory(roles=["officer"]))

    assert code(error) == "role"


def test_what_is_returned_has_a_reason_and_can_be_handed_in_again(project, people):
    officer, head, _manager = people
    arrival = enter(project, officer)
    with pytest.raises(ValidationError) as error:
        capital.return_arrival(arrival, " ", by=head, now=NOW)
    assert code(error) == "reason"
    with pytest.raises(ValidationError, match="201 字") as error:  # rather refused than cut
        capital.return_arrival(arrival, "长" * 201, by=head, now=NOW)
    assert code(error) == "too_long"

    returned = capital.return_arrival(arrival, "缺进账单", by=head, now=NOW)

    assert (returned.status, returned.return_reason) == ("returned", "缺进账单")
    again = capital.submit_arrival(returned, by=officer, now=NOW)
    assert (again.status, again.return_reason) == ("submitted", "")


@pytest.mark.parametrize("act", ["verify", "return", "submit"])
def test_an_act_needs_the_state_it_follows(project, people, act):
    officer, head, _manager = people
    arrival = verified(project, people)
    acts = {
        "verify": lambda: capital.verify_arrival(arrival, by=head, now=NOW),
        "return": lambda: capital.return_arrival(arrival, "测试原因", by=head, now=NOW),
        "submit": lambda: capital.submit_arrival(arrival, by=officer, now=NOW),
    }

    with pytest.raises(ValidationError) as error:
        acts[act]()

    assert code(error) == "status"


def test_a_verified_row_is_immutable(project, people):
    arrival = verified(project, people)
    arrival.amount = Decimal(1)

    with pytest.raises(ValidationError) as error:
        arrival.full_clean()

    assert code(error) == "verified"


def test_the_entry_page_shows_a_verified_row_and_takes_nothing(project, people, client):
    arrival = verified(project, people)
    client.force_login(people[2])
    url = reverse("admin:projects_capitalarrival_change", args=[arrival.pk])

    page = client.get(url)

    assert page.status_code == 200
    assert 'name="amount"' not in page.text
    assert client.post(url, {"amount": "1"}).status_code == 403
    assert client.post(reverse("admin:projects_capitalarrival_delete", args=[arrival.pk]), {"post": "yes"}).status_code == 403
    assert CapitalArrival.objects.get(pk=arrival.pk).amount == Decimal(100)


def test_a_mistake_is_a_negative_row_that_names_it(project, people):
    officer, head, _manager = people
    wrong = verified(project, people, amount=Decimal(100))

    row = capital.correct_arrival(wrong, amount=Decimal(30), note="多记一笔", on=TODAY, by=officer, now=NOW)

    assert (row.amount, row.corrects, row.status, row.origin) == (Decimal(-30), wrong, "submitted", wrong.origin)
    capital.verify_arrival(row, by=head, now=NOW)
    found = CapitalArrival.objects.filter(project=project)
    assert sum(item.amount for item in found.verified()) == Decimal(70)
    assert list(found.unverified()) == []


@pytest.mark.parametrize(("taken", "more", "refused"), [(60, 41, True), (60, 40, False), (0, 101, True), (0, 100, False)])
def test_corrections_together_take_back_no_more_than_there_was(project, people, taken, more, refused):
    officer = people[0]
    wrong = verified(project, people, amount=Decimal(100))
    if taken:
        capital.correct_arrival(wrong, amount=Decimal(taken), note="测试原因", on=TODAY, by=officer, now=NOW)

    if refused:
        with pytest.raises(ValidationError) as error:
            capital.correct_arrival(wrong, amount=Decimal(more), note="测试原因", on=TODAY, by=officer, now=NOW)
        assert code(error) == "corrects"
        assert f"{100 - taken}万元" in error.value.messages[0]
    else:
        assert capital.correct_arrival(wrong, amount=Decimal(more), note="测试", on=TODAY, by=officer, now=NOW).pk


def test_a_returned_correction_takes_nothing(project, people):
    officer, head, _manager = people
    wrong = verified(project, people, amount=Decimal(100))
    first = capital.correct_arrival(wrong, amount=Decimal(100), note="测试原因", on=TODAY, by=officer, now=NOW)
    capital.return_arrival(first, "没有凭据", by=head, now=NOW)

    assert capital.correct_arrival(wrong, amount=Decimal(100), note="测试", on=TODAY, by=officer, now=NOW).pk
    with pytest.raises(ValidationError) as error:
        capital.submit_arrival(first, by=officer, now=NOW)
    assert code(error) == "corrects"


def test_only_a_verified_row_of_the_same_project_is_corrected_and_no_correction(project, people):
    officer, head, _manager = people
    other = verified(ProjectFactory(owner=officer, department=officer.department), people)
    waiting, wrong = enter(project, officer), verified(project, people)
    correction = capital.correct_arrival(wrong, amount=Decimal(50), note="测试原因", on=TODAY, by=officer, now=NOW)
    capital.verify_arrival(correction, by=head, now=NOW)

    for row in (other, waiting, correction):
        with pytest.raises(ValidationError) as error:
            enter(project, officer, amount=Decimal(-1), corrects=row)
        assert code(error) == "corrects"


def test_dollars_are_corrected_in_dollars(project, people):
    wrong = verified(project, people, amount=None, amount_usd=Decimal(10))

    with pytest.raises(ValidationError) as error:
        capital.correct_arrival(wrong, amount=Decimal(1), note="测试原因", on=TODAY, by=people[0], now=NOW)
    assert code(error) == "corrects"
    row = capital.correct_arrival(wrong, amount=None, amount_usd=Decimal(10), note="测试原因", on=TODAY, by=people[0], now=NOW)
    assert row.amount_usd == Decimal(-10)


def test_a_day_to_come_and_a_negative_amount_are_refused(project, people):
    with pytest.raises(ValidationError) as error:
        enter(project, people[0], arrived_on=TODAY + dt.timedelta(days=1))
    assert code(error) == "future"

    with pytest.raises(ValidationError, match="负数只能用于更正"):
        enter(project, people[0], amount=Decimal(-1))


def test_what_is_not_said_is_named_and_no_error(project, people):
    with pytest.raises(ValidationError) as error:
        capital.enter_arrival(project, {"amount": Decimal(1)}, by=people[0], now=NOW)

    assert {"arrived_on", "origin"} <= set(error.value.error_dict)


def test_nothing_of_a_locked_month_is_entered_submitted_verified_or_returned(project, people):
    officer, head, manager = people
    waiting = enter(project, officer, arrived_on=LAST_MONTH)
    draft = CapitalArrivalFactory(project=project, arrived_on=LAST_MONTH)
    months.lock_month(periods.month_of(LAST_MONTH), by=manager, now=NOW)
    acts = [
        lambda: enter(project, officer, arrived_on=LAST_MONTH),
        lambda: enter(project, officer, report_month=LAST_MONTH),
        lambda: capital.submit_arrival(draft, by=officer, now=NOW),
        lambda: capital.verify_arrival(waiting, by=head, now=NOW),
        lambda: capital.return_arrival(waiting, "测试原因", by=head, now=NOW),
    ]

    for act in acts:
        with pytest.raises(ValidationError, match="2026-10 已于") as error:
            act()
        assert code(error) == "month_locked"
    periods.unlock(periods.month_of(LAST_MONTH), "补录", by=manager)
    assert capital.verify_arrival(waiting, by=head, now=NOW).status == "verified"


def test_a_mistake_of_a_locked_month_is_corrected_in_an_open_one(project, people):
    officer, _head, manager = people
    wrong = verified(project, people, arrived_on=LAST_MONTH)
    months.lock_month(periods.month_of(LAST_MONTH), by=manager, now=NOW)

    row = capital.correct_arrival(wrong, amount=Decimal(100), note="测试原因", on=TODAY, by=officer, now=NOW)

    assert row.counting_on == TODAY


def test_an_entry_can_be_taken_back_until_somebody_verified_it(project, people):
    officer, head, _manager = people
    sets = [changesets.open("capital", by=officer, now=NOW) for _n in range(2)]
    values = {"arrived_on": TODAY, "amount": Decimal(100), "origin": "our_city"}
    rows = [capital.enter_arrival(project, values, by=officer, now=NOW, into=into) for into in sets]
    capital.verify_arrival(rows[1], by=head, now=NOW)

    taken_back, refused = (changesets.undo(into, by=officer, now=NOW) for into in sets)

    assert (taken_back.restored, refused.restored, len(refused.refused)) == (1, 0, 1)
    assert list(CapitalArrival.objects.filter(project=project)) == [rows[1]]


def test_it_counts_in_the_month_it_is_reported_for(project, people):
    late = enter(project, people[0], arrived_on=LAST_MONTH, report_month=dt.date(2026, 11, 20))
    dated = enter(project, people[0], arrived_on=LAST_MONTH)

    def counted(start, end):
        return list(CapitalArrival.objects.counted_in(start, end))

    assert late.report_month == dt.date(2026, 11, 1)
    assert counted(dt.date(2026, 11, 1), dt.date(2026, 11, 30)) == [late]
    assert counted(dt.date(2026, 10, 1), dt.date(2026, 10, 31)) == [dated]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"completed": Decimal(50), "cumulative": Decimal(49)}, ["小于本月完成 50万元", "小于 2026-09 的 100万元"]),
        ({"completed": Decimal(50), "cumulative": Decimal(90)}, ["小于 2026-09 的 100万元"]),
        ({"completed": Decimal(50), "cumulative": Decimal(150)}, []),
        ({"completed": Decimal(50), "cumulative": None}, []),
    ],
)
def test_an_unlikely_cumulative_investment_is_a_warning_and_no_refusal(project, values, said):
    InvestmentProgressFactory(project=project, report_month=dt.date(2026, 9, 1), cumulative=Decimal(100))
    row = InvestmentProgressFactory(project=project, report_month=dt.date(2026, 10, 1), **values)

    row.full_clean()

    warnings = [str(sentence) for sentence in row.warnings()]
    assert len(warnings) == len(said)
    assert all(part in sentence for part, sentence in zip(said, warnings, strict=True))


def test_a_plan_beyond_the_agreement_is_a_warning(project):
    project.agreement = AgreementFactory(project=project, kind="formal", amount=Decimal(99))
    project.save()

    (said,) = AnnualPlanFactory(project=project, planned_investment=Decimal(100)).warnings()

    assert "100万元 大于协议总投资 99万元" in said
