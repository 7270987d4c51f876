"""呈报清单: the manager decides, several at once; what was put off comes back; a wrong choice is taken back in time."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from audit.models import AuditEvent
from core.working_days import Calendar
from desk import pulse
from reminders import services
from reminders.models import Reminder, ReportUp
from tests.factories import (
    NOW,
    TODAY,
    HolidayFactory,
    MessageFactory,
    MilestoneFactory,
    ReminderFactory,
    ReminderRuleFactory,
    ReportUpFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


@pytest.fixture
def client(manager):
    client = Client()
    client.force_login(manager)
    return client


def draft(**values) -> ReportUp:
    milestone = MilestoneFactory(due_on=TODAY - dt.timedelta(days=30), confirmed_at=NOW - dt.timedelta(days=300))
    rule = ReminderRuleFactory(recipient="leader", offset=15)
    reminder = ReminderFactory(draft=True, relation="leader", rule=rule, subject=milestone, due_on=milestone.due_on, **values)
    return ReportUpFactory(reminder=reminder)


def decide(client, rows, choice, **more):
    values = {"row": [row.pk for row in rows], "choice": choice, **more}
    return client.post(reverse("desk:decide_report_ups"), values, follow=True)


def choice(row) -> str:
    row.refresh_from_db()
    return row.choice


def test_several_are_decided_at_once_with_one_note(client, manager):
    rows = [draft(), draft()]

    page = decide(client, rows, "told_orally", note="周一例会已汇报")

    assert {choice(row) for row in rows} == {"told_orally"}
    assert (rows[0].by, rows[0].note) == (manager, "周一例会已汇报")
    assert "2 项：已口头汇报" in page.content.decode()
    assert AuditEvent.objects.filter(action="report_up.decided").count() == 2


def test_a_note_too_long_is_refused_and_decides_nothing(client):
    row = draft()

    decide(client, [row], "told_orally", note="长" * 201)

    assert choice(row) == "pending"


def test_what_is_reported_goes_to_the_leader_with_his_next_digest_and_nothing_else(manager, smtp):
    leader = UserFactory(roles=["leader"])
    milestone = MilestoneFactory(due_on=dt.date(2026, 10, 9), confirmed_at=NOW - dt.timedelta(days=300))
    ReminderRuleFactory(code="test_up", recipient="leader", offset=15, day_kind="working")
    services.plan(NOW)
    row = ReportUp.objects.get()

    services.run_due(NOW)
    before = len(smtp.messages)
    services.decide_report_up(row, "reported", by=manager, now=NOW)
    services.run_due(NOW + dt.timedelta(minutes=1))

    assert (before, smtp.recipients) == (0, [leader.email])
    assert milestone.name in smtp.messages[0].email.get_body(("plain",)).get_content()


def test_what_was_put_off_comes_back_on_its_day(manager):
    row = services.decide_report_up(draft(), "deferred", by=manager, now=NOW)

    listed = [ReportUp.objects.waiting(TODAY + dt.timedelta(days=n)).exists() for n in range(9)]

    back_on = Calendar().add_working_days(TODAY, 5)
    assert row.back_on == back_on
    assert listed == [TODAY + dt.timedelta(days=n) >= back_on for n in range(9)]


def test_the_day_of_coming_back_can_be_chosen_and_lies_ahead(manager):
    row = draft()

    with pytest.raises(ValidationError) as error:
        services.decide_report_up(row, "deferred", by=manager, now=NOW, back_on=TODAY)
    row = services.decide_report_up(row, "deferred", by=manager, now=NOW, back_on=TODAY + dt.timedelta(days=1))

    assert error.value.code == "back_on"
    assert row.back_on == TODAY + dt.timedelta(days=1)


@pytest.mark.parametrize("chosen", ["reported", "deferred", "told_orally"])
def test_a_wrong_choice_is_taken_back_while_nothing_was_sent(client, manager, chosen):
    row = draft()
    decide(client, [row], chosen)

    client.post(reverse("desk:take_back_report_up", args=[row.pk]))

    assert choice(row) == "pending"
    assert ReportUp.objects.waiting(TODAY).get() == row
    assert Reminder.objects.get().draft


def test_what_stands_in_a_mail_to_the_leader_is_not_taken_back(client, manager):
    row = draft()
    decide(client, [row], "reported")
    Reminder.objects.update(message=MessageFactory(), status="queued")

    page = client.post(reverse("desk:take_back_report_up", args=[row.pk]), follow=True)

    assert "不能撤回" in page.content.decode()
    assert choice(row) == "reported"


def test_a_second_decision_is_refused_and_all_or_none_are_decided(client, manager):
    first, second = draft(), draft()
    decide(client, [first], "told_orally")

    page = decide(client, [first, second], "reported")

    assert "已处理过：已口头汇报" in page.content.decode()
    assert (choice(first), choice(second)) == ("told_orally", "pending")


def test_what_is_not_due_any_more_leaves_the_list(client, manager):
    row = draft()
    Reminder.objects.update(status="cancelled")

    page = decide(client, [row], "reported")

    assert "不用呈报" in page.content.decode()
    assert not ReportUp.objects.waiting(TODAY).exists()


def test_the_list_is_narrowed_to_a_leader(client, manager):
    one, other = draft(), draft()

    page = client.get(reverse("desk:report_ups"), {"leader": one.reminder.recipient_id})

    assert [item["row"] for item in page.context["rows"]] == [one]
    assert other.reminder.recipient in page.context["leaders"]


def test_nothing_ticked_is_said(client, manager):
    assert "请先勾选事项" in decide(client, [], "reported").content.decode()


def test_a_head_does_not_decide(manager):
    client = Client()
    client.force_login(UserFactory(roles=["head"]))

    answers = [client.get(reverse("desk:report_ups")), client.post(reverse("desk:decide_report_ups"))]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_nothing_goes_to_leaders_by_itself_unless_the_installation_says_so(settings, manager, smtp):
    leader = UserFactory(roles=["leader"])
    ReminderRuleFactory(code="test_up", recipient="leader", offset=15, day_kind="working")
    MilestoneFactory(due_on=dt.date(2026, 10, 9), confirmed_at=NOW - dt.timedelta(days=300))
    assert settings.AUTO_REPORT_UP is False

    settings.AUTO_REPORT_UP = True
    services.run_due(NOW)

    assert smtp.recipients == [leader.email]
    assert not ReportUp.objects.exists()


def test_the_head_of_the_page_counts_what_waits_for_the_manager_only(client, manager):
    draft()
    officer = Client()
    officer.force_login(UserFactory(roles=["officer"]))

    heads = [who.get(reverse("desk:reminders")).context["page_head"]().report_ups for who in (client, officer)]

    assert heads == [1, 0]


def test_the_list_costs_the_same_for_one_row_and_for_ten(client, manager):
    asked = []
    for more in (1, 9):
        for _n in range(more):
            draft()
        with CaptureQueriesContext(connection) as spent:
            client.get(reverse("desk:report_ups"))
        asked.append(len(spent))

    assert asked[0] == asked[1] <= 14


# The calendar of the coming year


@pytest.mark.parametrize(
    ("role", "day", "holidays", "expected"),
    [
        ("manager", "2026-10-31", False, None),
        ("manager", "2026-11-01", False, 2027),
        ("sysadmin", "2026-12-31", False, 2027),
        ("officer", "2026-12-31", False, None),
        ("manager", "2026-11-01", True, None),
        ("manager", "2027-03-01", False, 2027),
    ],
)
def test_the_banner_names_the_year_without_holidays_to_those_who_can_mend_it(role, day, holidays, expected):
    if holidays:
        HolidayFactory(date=dt.date(2027, 1, 1))
    now = timezone.make_aware(dt.datetime.fromisoformat(f"{day}T09:00"))

    assert pulse.read(UserFactory(roles=[role]), now=now).missing_year == expected
