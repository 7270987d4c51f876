"""A message that was given up is never silent: counted, told to the person's head, and sent again with one click."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from crm import seeding
from outbox import services
from outbox.models import DeliveryAttempt, Message
from reminders import services as reminders
from tests.factories import DeliveryAttemptFactory, DepartmentFactory, MessageFactory, MilestoneFactory, RobotFactory, UserFactory
from tests.reference import load_reference
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 27, 9))  # a Friday
MINUTE = dt.timedelta(minutes=1)
LONG_AGO = timezone.make_aware(dt.datetime(2026, 1, 5, 9))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def dead(person=None, *, code: str = "550", text: str = "no such person", **options) -> Message:
    message = MessageFactory(recipient=person or UserFactory(), status="dead", attempts=2, failures=2, **options)
    DeliveryAttemptFactory(message=message, n=1, outcome="retry", code="451")
    DeliveryAttemptFactory(message=message, n=2, outcome="dead", code=code, text=text, ended_at=NOW)
    return message


def text_of(smtp: SmtpSink, address: str) -> str:
    mails = [mail.email for mail in smtp.messages if address in mail.recipients]
    body = mails[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def house():
    """An officer, the head of his department, and the manager."""
    department = DepartmentFactory()
    officer = UserFactory(roles=["officer"], department=department, display_name="测试员甲")
    head = UserFactory(roles=["head"], department=department, display_name="测试员乙")
    manager = UserFactory(roles=["manager"], display_name="测试员丙")
    return officer, head, manager


def test_an_address_refused_twice_reaches_the_head_the_person_and_the_badge_and_goes_out_once_it_is_mended(house, smtp):
    officer, head, manager = house
    message = services.enqueue("test|chain", officer, "测试主题", "测试正文", now=NOW)[0]
    smtp.fail_next(2, 550, at="RCPT")
    services.deliver(NOW)
    services.deliver(NOW + 2 * MINUTE)
    assert Message.objects.get().status == "dead"

    reminders.run_due(NOW + 3 * MINUTE)

    told = text_of(smtp, head.email)
    assert "以下 1 人的邮件没有送达" in told
    assert "测试员甲：收件地址被邮件服务器拒绝，1 封未送达。请核对此人的邮箱地址，改正后重新发送。" in told
    assert manager.email not in smtp.recipients, "the nearest head hears, not everybody"
    assert "您有 1 封邮件没有送达" in signed_in(officer).get(reverse("desk:reminders")).content.decode()
    badge = '没有送达 <span class="count">1</span>'
    assert badge in signed_in(manager).get("/").content.decode()
    assert "有 1 封邮件没有送达" in signed_in(manager).get("/").content.decode()
    assert badge not in signed_in(UserFactory(roles=["officer"])).get("/").content.decode()
    officer.email = "mended@example.invalid"
    officer.save()
    signed_in(head).post(reverse("desk:message_act", args=[message.pk]), {"act": "retry"})
    services.deliver(timezone.now() + MINUTE)
    assert smtp.recipients[-1] == "mended@example.invalid"
    assert Message.objects.get(pk=message.pk).status == "sent"


def test_the_head_is_told_every_working_day_until_somebody_acts(house, smtp):
    officer, head, _manager = house
    message = dead(officer)

    for day in (27, 28, 29, 30):  # Friday, a weekend, Monday
        reminders.run_due(timezone.make_aware(dt.datetime(2026, 11, day, 9)))
    assert smtp.recipients == [head.email, head.email]
    services.withdraw(message, by=head, now=NOW)
    reminders.run_due(timezone.make_aware(dt.datetime(2026, 12, 1, 9)))

    assert smtp.recipients == [head.email, head.email]


def test_the_line_stands_in_the_digest_of_the_head_and_makes_no_second_mail(house, smtp):
    officer, head, _manager = house
    dead(officer)
    MilestoneFactory(project__owner=head, due_on=NOW.date(), confirmed_at=LONG_AGO, follower=head)
    seeding.sync_roles()
    load_reference()

    reminders.run_due(NOW)

    assert smtp.recipients.count(head.email) == 1
    told = text_of(smtp, head.email)
    assert "今天到期" in told
    assert "测试员甲" in told


def test_what_was_mended_between_composing_and_sending_is_not_told(house, smtp):
    officer, head, _manager = house
    message = dead(officer)
    reminders.compose(NOW)
    services.withdraw(message, by=head, now=NOW)

    services.deliver(NOW)

    assert smtp.recipients == []
    assert Message.objects.get(recipient=head).status == "cancelled"


@pytest.mark.parametrize("case", ["superior", "head above", "manager", "sysadmin"])
def test_somebody_above_is_always_found(case):
    centre = DepartmentFactory()
    department = DepartmentFactory(parent=centre)
    person = UserFactory(roles=["head"], department=department)
    sysadmin, above = UserFactory(roles=["sysadmin"]), UserFactory(roles=["head"], department=centre)
    manager = UserFactory(roles=["manager"])
    person.reports_to = UserFactory() if case == "superior" else UserFactory(is_active=False)
    person.save()
    dead(person)
    for other, lost_in in ((above, ("manager", "sysadmin")), (manager, ("sysadmin",))):
        if case in lost_in:
            dead(other)

    told = services.undelivered_by_head()

    expected = {"superior": person.reports_to, "head above": above, "manager": manager, "sysadmin": sysadmin}[case]
    assert [key for key, items in told.items() if person in [item.receiver for item in items]] == [expected.pk]


def test_a_robot_whose_posts_do_not_arrive_is_told_to_the_head_of_its_department(house, smtp):
    officer, head, _manager = house
    robot = RobotFactory(department=officer.department, name="测试群一", enabled=True)
    message = MessageFactory(recipient=None, robot=robot, channel="robot", status="dead", attempts=2)
    DeliveryAttemptFactory(message=message, n=2, outcome="dead", code="dingtalk:310000")

    reminders.run_due(NOW)

    assert "群机器人“测试群一”：群机器人的签名、关键词或来源 IP 不符，1 封未送达" in text_of(smtp, head.email)
    robot.enabled = False
    robot.save()
    assert services.undelivered() == []


def test_people_who_left_are_not_told_of():
    dead(UserFactory(is_active=False))

    assert services.undelivered() == []


def test_whom_mail_did_not_reach_costs_the_same_for_one_and_for_twenty():
    UserFactory(roles=["manager"])
    asked = []
    for count in (1, 19):
        for _n in range(count):
            dead(UserFactory(roles=["officer"], department=DepartmentFactory()))
        with CaptureQueriesContext(connection) as queries:
            told = services.undelivered_by_head()
        asked.append(len(queries))

    assert len(next(iter(told.values()))) == 20
    assert asked[0] == asked[1] <= 4


def test_everything_of_one_cause_goes_again_and_nothing_else(smtp: SmtpSink):
    manager = UserFactory(roles=["manager"])
    refused, also = dead(code="550"), dead(code="553")
    without = dead(code="ValueError")

    answer = signed_in(manager).post(reverse("desk:messages_retry"), {"cause": "address"}, follow=True)

    assert "已重新排队 2 封" in answer.content.decode()
    status = dict(Message.objects.values_list("pk", "status"))
    assert status == {refused.pk: "pending", also.pk: "pending", without.pk: "dead"}
    assert services.deliver(timezone.now() + MINUTE) == 2
    event = AuditEvent.objects.get(action="message.retried")
    assert (event.actor_id, event.changes["rows"]) == (manager.pk, 2)


def test_a_head_sends_again_only_what_belongs_to_his_people(house):
    officer, head, _manager = house
    mine, others = dead(officer), dead()

    signed_in(head).post(reverse("desk:messages_retry"), {"cause": "address"})

    assert (Message.objects.get(pk=mine.pk).status, Message.objects.get(pk=others.pk).status) == ("pending", "dead")


def test_a_message_that_is_not_dead_is_not_sent_again():
    message = MessageFactory(status="sent", sent_at=NOW)

    with pytest.raises(ValidationError) as refused:
        services.retry(message, by=UserFactory(), now=NOW)

    assert refused.value.code == "not_dead"
    assert not AuditEvent.objects.filter(action="message.retried").exists()


@pytest.mark.parametrize(("status", "allowed"), [("pending", True), ("dead", True), ("sending", False), ("cancelled", False)])
def test_only_what_waits_or_was_given_up_is_taken_out_of_the_queue(status, allowed, smtp: SmtpSink):
    message = MessageFactory(status=status, attempts=1)
    DeliveryAttemptFactory(message=message, n=1)
    by = UserFactory(display_name="测试员甲")

    if not allowed:
        with pytest.raises(ValidationError):
            services.withdraw(message, by=by, now=NOW)
        return
    services.withdraw(message, by=by, now=NOW)

    assert Message.objects.get().status == "cancelled"
    assert DeliveryAttempt.objects.get(n=2).worker == "测试员甲"
    assert services.deliver(NOW + 10 * MINUTE) == 0
    assert AuditEvent.objects.get(action="message.withdrawn").actor_id == by.pk
