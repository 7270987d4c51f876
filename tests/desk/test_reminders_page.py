"""My reminders: read when one opens them, not when one opens the list."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reminders.models import Reminder
from tests.factories import (
    NOW,
    FollowUpFactory,
    MilestoneFactory,
    ProjectFactory,
    ReminderFactory,
    ReminderRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LIST = "desk:reminders"


@pytest.fixture
def officer():
    return UserFactory(roles=["officer"])


@pytest.fixture
def client(officer):
    client = Client()
    client.force_login(officer)
    return client


def unread() -> int:
    return Reminder.objects.filter(read_at=None).count()


def test_opening_the_list_reads_nothing_and_opening_one_reads_that_one(client, officer):
    milestone = MilestoneFactory()
    row, _other = ReminderFactory(recipient=officer, subject=milestone), ReminderFactory(recipient=officer)

    client.get(reverse(LIST))
    before = unread()
    answer = client.get(reverse("desk:open_reminder", args=[row.pk]))

    assert (before, unread()) == (2, 1)
    assert answer.url == f"{reverse('projects:plan', args=[milestone.project_id])}#m{milestone.pk}"


def test_all_are_read_with_one_button_and_only_ones_own(client, officer):
    ReminderFactory.create_batch(2, recipient=officer)
    ReminderFactory()

    page = client.post(reverse("desk:read_all"), follow=True)

    assert unread() == 1
    assert "已把 2 条提醒标为已读" in page.content.decode()


def test_a_reminder_of_another_is_not_opened(client):
    assert client.get(reverse("desk:open_reminder", args=[ReminderFactory().pk])).status_code == 404


def test_whether_the_mail_has_gone_is_said_in_words(client, officer):
    ReminderFactory(recipient=officer)
    ReminderFactory(recipient=officer, status="sent", sent_at=NOW)

    text = client.get(reverse(LIST)).content.decode()

    assert "还没发邮件：下一次工作日汇总时发出" in text
    assert "邮件 11-24 09:00 已发出" in text
    assert "待发" not in text


def test_unread_reminders_of_today_lead_to_what_they_are_about(client, officer):
    follow_up = FollowUpFactory(assignee=officer, owner=officer)
    row = ReminderFactory(recipient=officer, subject=follow_up, rule=ReminderRuleFactory(subject="follow_up"))

    assert f'href="{reverse("desk:open_reminder", args=[row.pk])}"' in client.get("/").content.decode()


def test_a_reminder_says_why_one_is_reminded_and_for_whom_one_stands_in(client, officer):
    away = UserFactory(display_name="测试员甲")
    project = ProjectFactory()
    for subject in ("silent_project", "progress", "review"):
        ReminderFactory(recipient=officer, subject=project, rule=ReminderRuleFactory(subject=subject), on_behalf_of=away)

    text = client.get(reverse(LIST)).content.decode()

    assert f"{project.name} · 久未对接" in text
    assert f"进展未报：{project.name}" in text
    assert f"{project.name} · 暂缓复核" in text
    assert "您代测试员甲（离岗，跟办人）" in text


def test_the_list_of_reminders_asks_the_same_for_two_and_for_twenty_of_every_kind(client, officer):
    queries = []
    for count in (1, 9):
        for _n in range(count):
            ReminderFactory(recipient=officer, subject=MilestoneFactory(), on_behalf_of=UserFactory())
            ReminderFactory(
                recipient=officer,
                subject=ProjectFactory(),
                rule=ReminderRuleFactory(subject="review"),
                on_behalf_of=UserFactory(),
            )
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(LIST))
        queries.append(len(asked))

    assert queries[0] == queries[1]


def test_the_list_shows_all_or_only_the_unread_or_only_the_read(client, officer):
    read, unread_one = (FollowUpFactory(title=f"测试待办{n}", owner=officer) for n in ("甲", "乙"))
    rule = ReminderRuleFactory(subject="follow_up")
    ReminderFactory(recipient=officer, subject=read, rule=rule, read_at=NOW)
    ReminderFactory(recipient=officer, subject=unread_one, rule=rule)

    shown = {}
    for show in ("", "unread", "read", "nonsense"):
        text = client.get(reverse(LIST), {"show": show}).content.decode()
        shown[show] = [title in text for title in ("测试待办甲", "测试待办乙")]

    assert shown == {"": [True, True], "unread": [False, True], "read": [True, False], "nonsense": [True, True]}


def test_one_is_marked_as_read_in_the_list_and_only_ones_own(client, officer):
    mine, others = ReminderFactory(recipient=officer), ReminderFactory()
    back = f"{reverse(LIST)}?show=unread"

    answer = client.post(reverse("desk:read_one", args=[mine.pk]), {"next": back})
    refused = client.post(reverse("desk:read_one", args=[others.pk]))

    assert (answer.url, refused.status_code, unread()) == (back, 404, 1)
    assert client.get(reverse("desk:read_one", args=[mine.pk])).status_code == 405


def test_whoever_has_no_address_reads_that_he_is_told_in_site(client, officer):
    officer.email = ""
    officer.save()
    ReminderFactory(recipient=officer)
    ReminderFactory(recipient=officer, status="sent", sent_at=NOW, channel="in_site")

    text = client.get(reverse(LIST)).content.decode()

    assert "站内提醒，随工作日汇总送达" in text
    assert "11-24 09:00 已在站内送达" in text
    assert "还没发邮件" not in text
