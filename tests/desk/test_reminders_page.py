"""My reminders: read when one opens them, not when one opens the list."""

import pytest
from django.test import Client
from django.urls import reverse

from reminders.models import Reminder
from tests.factories import NOW, FollowUpFactory, MilestoneFactory, ReminderFactory, ReminderRuleFactory, UserFactory

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
