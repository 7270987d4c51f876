"""“Was I told?”: who was told when, by which channel and with which outcome, and only what one may see."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from tests.factories import (
    NOW,
    TODAY,
    DeliveryAttemptFactory,
    MessageFactory,
    MilestoneFactory,
    ReminderFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    roles.sync_groups()
    return UserFactory(roles=["officer"], display_name="测试员甲")


@pytest.fixture
def milestone(officer):
    return MilestoneFactory(project__owner=officer)


def page(user, milestone):
    client = Client()
    client.force_login(user)
    return client.get(reverse("desk:told", args=[milestone.pk]))


def text(user, milestone) -> str:
    return page(user, milestone).content.decode()


def sent(milestone, user, **values):
    message = MessageFactory(recipient=user, status="sent", sent_at=NOW)
    DeliveryAttemptFactory(message=message, n=1, outcome="retry", code="TimeoutError", text="no answer from mx.example.invalid")
    DeliveryAttemptFactory(message=message, n=2, outcome="sent", started_at=NOW + dt.timedelta(minutes=1))
    return ReminderFactory(subject=milestone, recipient=user, status="sent", sent_at=NOW, message=message, **values)


def test_a_person_who_was_told_reads_when_and_how(officer, milestone):
    sent(milestone, officer)

    said = text(officer, milestone)

    assert "提醒过您 1 次，最近一次 2026-11-24 09:00（邮件" in said
    assert "2026-11-24 09:00 稍后重试：邮件服务器没有应答" in said
    assert "2026-11-24 09:01 已送出" in said


def test_a_person_who_was_not_told_reads_that(officer, milestone):
    sent(milestone, UserFactory())

    assert "没有给您发过这个节点的提醒" in text(officer, milestone)


def test_a_reminder_that_did_not_arrive_does_not_count_as_told(officer, milestone):
    dead = MessageFactory(recipient=officer, status="dead")
    ReminderFactory(subject=milestone, recipient=officer, status="queued", message=dead)

    said = text(officer, milestone)

    assert "还没有送到您手上：没有送达" in said
    assert "提醒过您" not in said


def test_the_answer_of_the_server_stands_only_on_the_page_of_the_message(officer, milestone):
    sent(milestone, UserFactory())

    said = text(officer, milestone)

    assert "mx.example.invalid" not in said
    assert "查看邮件" not in said


def test_who_sees_the_project_sees_who_was_told_and_who_was_told_sees_only_himself(officer, milestone):
    handler, head = UserFactory(roles=["liaison"], display_name="测试员乙"), UserFactory(display_name="测试员丙")
    sent(milestone, handler)
    sent(milestone, head)

    all_of_it, his_own = text(officer, milestone), text(handler, milestone)

    assert "测试员乙" in all_of_it
    assert "测试员丙" in all_of_it
    assert "测试员丙" not in his_own
    assert "提醒过您 1 次" in his_own


def test_a_stranger_finds_nothing(milestone):
    stranger = UserFactory(roles=["officer"])
    sent(milestone, UserFactory())

    assert page(stranger, milestone).status_code == 404


def test_drafts_for_leaders_are_shown_to_the_manager_only(officer, milestone):
    leader, manager = UserFactory(roles=["leader"], display_name="测试员丁"), UserFactory(roles=["manager"])
    ReminderFactory(subject=milestone, recipient=leader, draft=True, relation="leader")

    assert "测试员丁" not in text(officer, milestone)
    assert "在呈报清单里" in text(manager, milestone)


def test_knowing_and_putting_off_are_part_of_the_answer(officer, milestone):
    sent(milestone, officer, acknowledged_at=NOW, snoozed_until_on=TODAY + dt.timedelta(days=1), read_at=NOW)

    said = text(officer, milestone)

    for words in ("2026-11-24 09:00 已读", "2026-11-24 09:00 表示知道了", "本人推迟到 2026-11-25"):
        assert words in said


@pytest.mark.parametrize("name", ["projects:plan", "desk:project", "desk:milestones"])
def test_each_list_of_milestones_leads_to_the_question(officer, milestone, name):
    client = Client()
    client.force_login(officer)
    address = reverse(name) if name == "desk:milestones" else reverse(name, args=[milestone.project_id])

    assert reverse("desk:told", args=[milestone.pk]) in client.get(address).content.decode()


def test_the_page_costs_the_same_for_one_reminder_and_for_ten(officer, milestone):
    client, asked = Client(), []
    client.force_login(officer)
    for more in (1, 9):
        for _n in range(more):
            sent(milestone, UserFactory())
        with CaptureQueriesContext(connection) as spent:
            client.get(reverse("desk:told", args=[milestone.pk]))
        asked.append(len(spent))

    assert asked[0] == asked[1] <= 12
