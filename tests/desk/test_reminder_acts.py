"""From a line of a mail to the act: signing in leads straight to it, opening changes nothing, only one's own reminder."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from audit.models import AuditEvent, ChangeSet
from projects.models import DateRequest
from reminders.models import Reminder
from tests.factories import (
    NOW,
    DateRequestFactory,
    FollowUpFactory,
    MessageFactory,
    MilestoneFactory,
    ReminderFactory,
    ReminderRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    roles.sync_groups()
    return UserFactory(roles=["liaison"])


@pytest.fixture
def client(person):
    return signed_in(person)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def milestone(person, today):
    return MilestoneFactory(responsible=person, due_on=today + dt.timedelta(days=30))


@pytest.fixture
def row(person, milestone):
    return ReminderFactory(recipient=person, subject=milestone, due_on=milestone.due_on, relation="handler")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def acts(row) -> str:
    return reverse("desk:reminder_acts", args=[row.pk])


def state(row):
    return Reminder.objects.filter(pk=row.pk).values().get()


def test_a_link_in_a_mail_asks_to_sign_in_and_leads_straight_to_the_act(row, person):
    person.set_password("测试口令-0001")
    person.save()
    address = f"{acts(row)}?act=new_date"
    client = Client()

    to_sign_in = client.get(address)
    then = client.post(to_sign_in.url, {"username": person.username, "password": "测试口令-0001"})

    assert to_sign_in.status_code == 302
    assert then.url == address


def test_opening_the_page_changes_nothing(client, row):
    before = state(row), AuditEvent.objects.count()

    for act in ("", "acknowledge", "snooze", "new_date", "done"):
        assert client.get(acts(row), {"act": act}).status_code == 200

    assert (state(row), AuditEvent.objects.count()) == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_person_acts_on_his_own_reminders_only(row, method):
    other = signed_in(UserFactory(roles=["manager"]))

    answer = getattr(other, method)(acts(row), {"act": "acknowledge"})

    assert answer.status_code == 404
    assert state(row)["acknowledged_at"] is None


def test_a_draft_for_a_leader_is_nothing_he_can_open(client, person, row):
    Reminder.objects.filter(pk=row.pk).update(draft=True)

    assert client.get(acts(row)).status_code == 404


def test_knowing_is_one_click(client, row):
    page = client.post(acts(row), {"act": "acknowledge"}, follow=True)

    assert "已记下您知道了" in page.content.decode()
    assert state(row)["acknowledged_at"] is not None


def test_putting_off_says_when_it_comes_back(client, row):
    offered = client.get(acts(row)).context["snooze_days"]

    page = client.post(acts(row), {"act": "snooze", "until_on": offered[0]}, follow=True)

    assert state(row)["snoozed_until_on"] == offered[0]
    assert f"已推迟：{offered[0]}" in page.content.decode()


def test_a_day_that_cannot_be_is_said_on_the_page(client, row, milestone):
    page = client.post(acts(row), {"act": "snooze", "until_on": milestone.due_on + dt.timedelta(days=10)})

    assert page.status_code == 400
    assert "最晚只能推到" in page.content.decode()
    assert state(row)["snoozed_until_on"] is None


def test_asking_for_a_new_date_moves_nothing_and_keeps_what_was_typed_when_refused(client, row, milestone, today):
    refused = client.post(acts(row), {"act": "new_date", "wanted_on": today - dt.timedelta(days=1), "reason": "等待批文"})
    page = client.post(
        acts(row), {"act": "new_date", "wanted_on": today + dt.timedelta(days=60), "reason": "等待批文"}, follow=True
    )

    milestone.refresh_from_db()
    assert "新日期不能早于今天" in refused.content.decode()
    assert "等待批文" in refused.content.decode()
    assert "待答复" in page.content.decode()
    assert milestone.due_on == row.due_on
    assert DateRequest.objects.get().asked_by == milestone.responsible


def test_who_may_move_the_milestone_is_led_to_moving_it(today):
    roles.sync_groups()
    owner = UserFactory(roles=["officer"])
    milestone = MilestoneFactory(project__owner=owner, due_on=today)
    row = ReminderFactory(recipient=owner, subject=milestone, due_on=today, relation="follower")

    text = signed_in(owner).get(acts(row)).content.decode()

    assert reverse("projects:milestone", args=[milestone.pk]) in text
    assert 'value="new_date"' not in text


def test_a_milestone_is_reported_done_and_that_can_be_taken_back(client, row, milestone):
    page = client.post(acts(row), {"act": "done"}, follow=True)

    milestone.refresh_from_db()
    assert milestone.status == "reported"
    assert "已报完成，等待核实" in page.content.decode()
    client.post(reverse("audit:undo", args=[ChangeSet.objects.get().pk]))
    milestone.refresh_from_db()
    assert milestone.status == "planned"


def test_a_follow_up_is_done_with_its_result(client, person, today):
    follow_up = FollowUpFactory(assignee=person, owner=person, due_on=today)
    rule = ReminderRuleFactory(subject="follow_up")
    row = ReminderFactory(recipient=person, subject=follow_up, rule=rule, due_on=today, relation="handler")

    client.post(acts(row), {"act": "done", "result": "已电话回访"})

    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.result) == ("done", "已电话回访")


@pytest.mark.parametrize("act", ["snooze", "new_date", "done"])
def test_a_link_to_something_done_says_so_and_does_nothing(client, row, milestone, act, today):
    milestone.status, milestone.completed_on = "done", today
    milestone.save()

    page = client.get(acts(row)).content.decode()
    answer = client.post(acts(row), {"act": act, "until_on": today + dt.timedelta(days=1), "wanted_on": today, "reason": "测试"})

    assert "已完成，无需再处理" in page
    assert '<button class="button second"' not in page
    assert answer.status_code == 400
    assert not DateRequest.objects.exists()


def test_a_link_to_a_cancelled_reminder_says_so(client, row):
    Reminder.objects.filter(pk=row.pk).update(status="cancelled")

    assert "这条提醒已取消" in client.get(acts(row)).content.decode()


def test_who_oversees_cannot_report_it_done(today):
    roles.sync_groups()
    manager = UserFactory(roles=["manager"])
    rule = ReminderRuleFactory(recipient="manager")
    row = ReminderFactory(recipient=manager, rule=rule, subject=MilestoneFactory(due_on=today), due_on=today, relation="manager")

    assert signed_in(manager).post(acts(row), {"act": "done"}).status_code == 404


def test_the_page_of_acts_costs_the_same_for_one_line_and_for_many(client, row, person, today):
    message = MessageFactory(recipient=person)
    Reminder.objects.filter(pk=row.pk).update(message=message)
    asked = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as spent:
            client.get(acts(row))
        asked.append(len(spent))
        for _m in range(10):
            ReminderFactory(
                recipient=person, subject=MilestoneFactory(due_on=today, responsible=person), message=message, status="queued"
            )

    assert asked[1] - asked[0] <= 3  # the kinds of the other lines, not their number


# The answers


@pytest.fixture
def manager():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


def test_who_may_move_it_sees_the_request_and_accepts_it(manager, person, today):
    row = DateRequestFactory(asked_by=person, milestone__due_on=today, wanted_on=today + dt.timedelta(days=20))
    client = signed_in(manager)

    listed = client.get(reverse("desk:date_requests")).content.decode()
    client.get(reverse("desk:date_request", args=[row.pk]))
    unanswered = DateRequest.objects.waiting().count()
    client.post(reverse("desk:date_request", args=[row.pk]), {"choice": "accept"})

    row.milestone.refresh_from_db()
    assert row.milestone.project.name in listed
    assert unanswered == 1
    assert row.milestone.due_on == row.wanted_on
    assert "已同意" in signed_in(person).get(reverse("desk:date_requests")).content.decode()


def test_followers_move_only_when_that_is_ticked(manager, person, today):
    first = MilestoneFactory(due_on=today)
    follower = MilestoneFactory(project=first.project, anchor=first, offset=10, due_on=today + dt.timedelta(days=10))
    wanted = today + dt.timedelta(days=20)
    row = DateRequestFactory(asked_by=person, milestone=first, wanted_on=wanted)
    client, address = signed_in(manager), reverse("desk:date_request", args=[row.pk])

    assert follower.name in client.get(address).content.decode()
    client.post(address, {"choice": "accept"})

    before = follower.due_on
    follower.refresh_from_db()
    assert follower.due_on == before


def test_declining_wants_a_word_and_can_be_taken_back(manager, person, today):
    row = DateRequestFactory(asked_by=person, milestone__due_on=today)
    client, address = signed_in(manager), reverse("desk:date_request", args=[row.pk])

    refused = client.post(address, {"choice": "decline"})
    client.post(address, {"choice": "decline", "answer": "请先报方案"})
    client.post(reverse("audit:undo", args=[ChangeSet.objects.get().pk]))

    assert "不同意请写明理由" in refused.content.decode()
    assert DateRequest.objects.get().status == "asked"


def test_nobody_answers_who_may_not_move_it(person, today):
    roles.sync_groups()
    leader = UserFactory(roles=["leader"])
    row = DateRequestFactory(asked_by=person, milestone__due_on=today)
    address = reverse("desk:date_request", args=[row.pk])

    answers = [signed_in(user).post(address, {"choice": "accept"}).status_code for user in (leader, person)]

    assert answers == [403, 403]
    assert DateRequest.objects.get().status == "asked"


def test_a_request_of_another_project_is_not_found(today):
    roles.sync_groups()
    stranger = UserFactory(roles=["officer"])

    assert signed_in(stranger).get(reverse("desk:date_request", args=[DateRequestFactory().pk])).status_code == 404


def test_the_list_of_requests_costs_the_same_for_one_and_for_ten(manager, person):
    client, asked = signed_in(manager), []
    for count in (1, 9):
        for _n in range(count):
            DateRequestFactory(asked_by=person, asked_at=NOW)
        with CaptureQueriesContext(connection) as spent:
            client.get(reverse("desk:date_requests"))
        asked.append(len(spent))

    assert asked[0] == asked[1] <= 12
