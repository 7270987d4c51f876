"""The record of messages: who sees which, what each tells, what can be done, and what it costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from outbox.models import Message
from tests.factories import (
    CircuitFactory,
    DeliveryAttemptFactory,
    DepartmentFactory,
    MessageFactory,
    MilestoneFactory,
    ReminderFactory,
    UserFactory,
)
from tests.outbox.test_dead import dead

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 27, 9))
MINUTE = dt.timedelta(minutes=1)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, message: Message) -> str:
    return signed_in(user).get(reverse("desk:message", args=[message.pk])).content.decode()


def listed(user, query: str = "") -> set[int]:
    return {row.pk for row in signed_in(user).get(f"{reverse('desk:messages')}{query}").context["page"].object_list}


@pytest.fixture
def house():
    """An officer with a head above him in a department of their own, and a stranger."""
    department = DepartmentFactory()
    officer = UserFactory(roles=["officer"], department=department, display_name="测试员甲")
    return officer, UserFactory(roles=["head"], department=department), UserFactory(roles=["officer"])


def test_everyone_sees_his_own_the_head_his_peoples_and_whoever_keeps_the_system_all(house):
    officer, head, stranger = house
    mine, others = MessageFactory(recipient=officer), MessageFactory(recipient=stranger)

    assert listed(officer) == {mine.pk}
    assert listed(head) == {mine.pk}
    assert listed(stranger) == {others.pk}
    for role in ("manager", "sysadmin", "security", "auditor"):
        assert listed(UserFactory(roles=[role])) == {mine.pk, others.pk}
    for role in ("leader", "inspector", "statistician", "liaison", "operator"):
        assert listed(UserFactory(roles=[role])) == set()


def test_a_message_of_another_is_not_opened(house):
    officer, _head, stranger = house
    message = MessageFactory(recipient=officer)

    assert signed_in(stranger).get(reverse("desk:message", args=[message.pk])).status_code == 404
    assert signed_in(stranger).post(reverse("desk:message_act", args=[message.pk]), {"act": "retry"}).status_code == 404


@pytest.mark.parametrize("role", ["security", "auditor"])
def test_whoever_only_checks_sees_no_button_and_his_post_is_refused(house, role):
    message = dead(house[0])
    client = signed_in(UserFactory(roles=[role]))

    assert "重新发送</button>" not in page(UserFactory(roles=[role]), message)
    assert client.post(reverse("desk:message_act", args=[message.pk]), {"act": "retry"}).status_code == 403
    assert Message.objects.get().status == "dead"


def test_a_page_that_is_only_looked_at_changes_nothing(house):
    message = dead(house[0])

    assert signed_in(house[0]).get(reverse("desk:message_act", args=[message.pk])).status_code == 405
    assert Message.objects.get().status == "dead"


def test_the_page_tells_every_attempt_with_its_worker_time_cause_and_what_to_do(house):
    officer, head, _stranger = house
    message = MessageFactory(recipient=officer, status="dead", attempts=2, failures=2)
    times = {"started_at": NOW, "ended_at": NOW + dt.timedelta(seconds=3), "worker": "test-host:17"}
    DeliveryAttemptFactory(message=message, n=1, outcome="retry", code="TimeoutError", text="timed out", **times)
    DeliveryAttemptFactory(message=message, n=2, outcome="dead", code="550", text="no such person", **times)

    text = page(head, message)

    assert "第 1 次：稍后重试" in text
    assert "邮件服务器没有应答" in text
    assert "第 2 次：放弃" in text
    assert "收件地址被邮件服务器拒绝" in text
    assert "请核对此人的邮箱地址，改正后重新发送。" in text
    assert "执行者 test-host:17" in text
    assert "用时 3 秒" in text
    assert "2026-11-27 09:00:00" in text
    assert "550 no such person" in text
    assert message.message_id.strip("<>") in text
    assert "系统不再自动发送" in text


def test_what_waits_says_when_it_goes_and_a_resting_channel_says_until_when(house):
    officer = house[0]
    message = MessageFactory(recipient=officer, next_at=timezone.make_aware(dt.datetime(2026, 11, 27, 9, 5)))
    assert "下一次发送：11-27 09:05" in page(officer, message)

    until = timezone.now() + dt.timedelta(hours=1)
    CircuitFactory(channel="email", failures=6, open_until=until)

    assert f"渠道“邮件”连续失败 6 次，暂停至 {timezone.localtime(until):%m-%d %H:%M}" in page(officer, message)


def test_what_is_under_way_says_when_another_takes_over(house):
    message = MessageFactory(recipient=house[0], status="sending", lease_until=NOW + 5 * MINUTE)
    DeliveryAttemptFactory(message=message, n=1)

    text = page(house[0], message)

    assert "11-27 09:05 之后由下一轮接手" in text
    assert "执行者中断" in text


def test_a_message_that_arrived_after_failures_tells_no_cause(house):
    message = MessageFactory(recipient=house[0], status="sent", sent_at=NOW, attempts=2)
    DeliveryAttemptFactory(message=message, n=1, outcome="retry", code="451")
    DeliveryAttemptFactory(message=message, n=2, outcome="sent")

    text = page(house[0], message)

    assert "邮件服务器已收下" in text
    assert "怎么办" not in text


def test_the_reminders_in_it_are_named_only_to_whom_may_read_of_them(house):
    officer, _head, _stranger = house
    message = MessageFactory(recipient=officer, text="正文只给收件人")
    milestone = MilestoneFactory(project__owner=officer, project__name="测试项目甲项", name="测试节点一")
    ReminderFactory(recipient=officer, subject=milestone, message=message, status="queued")

    mine, manager, sysadmin = (page(user, message) for user in (officer, UserFactory(roles=["manager"]), _sysadmin()))

    assert "测试节点一" in mine
    assert "正文只给收件人" in mine
    assert "测试节点一" in manager
    assert "正文只给收件人" not in manager
    assert "测试节点一" not in sysadmin
    assert "1 项提醒的内容不在您的可见范围" in sysadmin


def _sysadmin():
    roles.sync_groups()
    return UserFactory(roles=["sysadmin"])


def test_the_administrator_is_led_to_where_the_address_is_mended(house):
    message = dead(house[0])

    assert reverse("admin:accounts_user_change", args=[house[0].pk]) in page(_sysadmin(), message)
    assert house[0].email in page(house[1], message)
    assert house[0].email not in page(UserFactory(roles=["auditor"]), message)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=dead", {"refused", "without"}),
        ("?status=sent", {"sent"}),
        ("?cause=address", {"refused"}),
        ("?cause=no-address", {"without"}),
        ("?channel=in_site", set()),
        ("?channel=email", {"refused", "without", "sent", "waits"}),
        ("?q=测试员乙", {"sent"}),
        ("?q=tester-c", {"waits"}),
        ("?q=邮件甲", {"refused"}),
        ("?status=nonsense", {"refused", "without", "sent", "waits"}),
    ],
)
def test_the_list_is_filtered_by_state_channel_cause_and_person(query, found):
    rows = {
        "refused": dead(code="550", subject="邮件甲"),
        "without": dead(code="ValueError"),
        "sent": MessageFactory(status="sent", sent_at=NOW, recipient__display_name="测试员乙"),
        "waits": MessageFactory(recipient__username="tester-c"),
    }

    assert listed(UserFactory(roles=["manager"]), query) == {rows[name].pk for name in found}


def test_the_list_and_the_page_cost_the_same_for_one_and_for_thirty():
    manager = UserFactory(roles=["manager"])
    message = dead(manager)
    asked = []
    for count in (1, 29):
        for n in range(count):
            dead()
            DeliveryAttemptFactory(message=message, n=10 * count + n)
            ReminderFactory(recipient=manager, message=message, status="queued")
        costs = []
        for address in (reverse("desk:messages"), reverse("desk:message", args=[message.pk])):
            client = signed_in(manager)
            client.get(address)  # what is kept from then on is not asked again: the kinds of tables
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            costs.append(len(queries))
        asked.append(costs)

    assert asked[0] == asked[1]
    assert asked[1][0] <= 12
    assert asked[1][1] <= 14


def test_the_list_goes_on_on_a_second_page_and_keeps_its_filter():
    manager = UserFactory(roles=["manager"])
    MessageFactory.create_batch(51)
    dead()

    answer = signed_in(manager).get(f"{reverse('desk:messages')}?status=pending")

    assert len(answer.context["page"].object_list) == 50
    assert "status=pending&amp;page=2" in answer.content.decode()


def test_after_sending_again_one_is_back_where_one_was(house):
    officer = house[0]
    message = dead(officer)
    back = f"{reverse('desk:messages')}?status=dead"

    answer = signed_in(officer).post(reverse("desk:message_act", args=[message.pk]), {"act": "retry", "next": back})

    assert answer.url == back
    assert Message.objects.get().status == "pending"
