"""One bad message leaves every other untouched, and shows where a person can mend it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from outbox import services
from outbox.models import DeliveryAttempt, Message
from outbox.words import CAUSES, SLUGS, cause_of
from tests.factories import UserFactory
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 27, 9))
MINUTE = dt.timedelta(minutes=1)


def page(message: Message) -> str:
    roles.sync_groups()
    client = Client()
    client.force_login(UserFactory(roles=["sysadmin"]))
    return client.get(reverse("desk:message", args=[message.pk])).content.decode()


def queued(name: str, **options) -> Message:
    subject = options.pop("subject", "测试主题")
    return services.enqueue(f"test|{name}", UserFactory(), subject, "测试正文", now=NOW, **options)[0]


def test_an_address_that_the_server_refuses_leaves_all_others_and_shows_where_to_mend_it(smtp: SmtpSink):
    bad, *good = [queued(f"{n}") for n in range(5)]
    smtp.fail_next(1, 550, at="RCPT")

    assert services.deliver(NOW) == 4
    smtp.fail_next(1, 550, at="RCPT")
    services.deliver(NOW + 2 * MINUTE)

    assert smtp.recipients == [message.recipient.email for message in good]
    assert Message.objects.get(status="dead") == bad
    text = page(bad)
    assert "收件地址被邮件服务器拒绝" in text
    assert reverse("admin:accounts_user_change", args=[bad.recipient_id]) in text


def test_an_address_no_mail_can_be_written_to_leaves_all_others(smtp: SmtpSink):
    bad, good = queued("bad"), queued("good")
    bad.recipient.email = "not an\r\naddress"
    bad.recipient.save()

    services.deliver(NOW)
    services.deliver(NOW + 2 * MINUTE)

    assert smtp.recipients == [good.recipient.email]
    bad.refresh_from_db()
    assert bad.status == "dead"
    assert "改邮箱" in page(bad)


@pytest.mark.parametrize(
    "broken", ["甲\nBcc: other@example.invalid", "甲\r\n\r\n正文", "甲\rX-Evil: 1", "甲\x0bX: 1", "甲\u2028X: 1"]
)
def test_a_subject_with_line_breaks_stays_one_header_and_leaves_all_others(broken, smtp: SmtpSink):
    queued("broken", subject=broken)
    good = queued("good")

    assert services.deliver(NOW) == 2

    first, second = (mail.email for mail in smtp.messages)
    assert first["Subject"] == " ".join(broken.split())
    assert (first["Bcc"], first["X-Evil"], first["X"]) == (None, None, None)
    assert first.get_content().strip() == "测试正文"
    assert (second["To"], smtp.recipients.count("other@example.invalid")) == (good.recipient.email, 0)


def fails(message: Message, now: dt.datetime) -> str:
    raise ValueError("no address in sight")


def test_a_message_that_cannot_be_checked_leaves_all_others_and_says_so(smtp: SmtpSink):
    bad, good = queued("bad", recheck="tests.outbox.test_bad_input.fails"), queued("good")

    assert services.deliver(NOW) == 1

    assert smtp.recipients == [good.recipient.email]
    bad.refresh_from_db()
    assert (bad.status, bad.failures) == ("pending", 1)
    assert bad.next_at - NOW >= MINUTE
    assert DeliveryAttempt.objects.get(message=bad).code == "UncheckedError"
    assert "发送前复核时出错" in page(bad)


def test_every_code_that_stands_for_something_has_its_words():
    assert set(SLUGS.values()) <= set(CAUSES)
    for code, slug in [
        ("550", "address"),
        ("452", "mailbox"),
        ("554", "refused"),
        ("421", "later"),
        ("535", "sign-in"),
        ("TimeoutError", "silent"),
        ("SMTPServerDisconnected", "cut"),
        ("KeyError", "other"),
        ("", "other"),
    ]:
        assert cause_of(code).slug == slug
