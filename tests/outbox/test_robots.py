"""What the robots of group chats post, how often, and what becomes of a post that is refused."""

import dataclasses
import datetime as dt
import logging
import socket
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from outbox import services
from outbox.addresses import refuse_foreign
from outbox.channels import vendors
from outbox.models import Circuit, DeliveryAttempt, Message
from outbox.services import turns
from tests.factories import RobotFactory, UserFactory
from tests.outbox.robot_server import TOKEN, RobotServer
from tests.outbox.stubborn import RCPT, StubbornServer
from tests.smtp import SmtpSink

NOW = timezone.make_aware(dt.datetime(2026, 11, 27, 9, 10))
MINUTE = dt.timedelta(minutes=1)
SECRET = "SECtest-artificial-secret"
VENDORS = ["dingtalk", "wecom", "feishu", "http"]
TEXT = "测-2026-001 规划许可 逾期 3 天"

every_vendor = pytest.mark.parametrize("vendor", VENDORS)
database = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with RobotServer() as server:
        settings.ROBOT_HOSTS = (server.origin,)
        settings.ROBOT_TIMEOUT = 0.3
        yield server


def robot_of(server: RobotServer, vendor: str, **values):
    return RobotFactory(vendor=vendor, url=server.url(vendor), **values)


def post(robot, n: int = 1, *, now: dt.datetime = NOW) -> list[Message]:
    return [services.enqueue(f"test|{robot.pk}|{i}", robot, "测试通报", TEXT, now=now)[0] for i in range(n)]


def last_attempt(message: Message) -> DeliveryAttempt:
    message.refresh_from_db()
    return DeliveryAttempt.objects.filter(message=message).latest("n")


# Signatures and wording


def test_dingtalk_signs_with_the_secret_as_key_and_the_result_is_quoted_for_an_address():
    assert vendors.dingtalk_sign("SECtest", 1700000000000) == "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g%3D"


def test_feishu_signs_an_empty_text_with_moment_and_secret_as_key():
    assert vendors.feishu_sign("testsecret", 1700000000) == "AOc8oJ7//5OlQlfWC3nRL0R+IkuzcD1FKcAyibRK9Q8="


@every_vendor
@database
def test_a_signed_post_with_the_keyword_is_taken_and_recorded_exactly_once(vendor, server):
    server.secret, server.keyword = SECRET, "招商通报"
    robot = robot_of(server, vendor, secret=SECRET, keyword="招商通报")
    message = post(robot)[0]

    sent = [services.deliver(NOW), services.deliver(NOW + MINUTE)]

    assert sent == [1, 0]
    assert server.taken == [f"招商通报 {TEXT}"]
    assert last_attempt(message).outcome == "sent"
    assert (message.status, message.attempts, message.sent_at) == ("sent", 1, message.sent_at)
    assert DeliveryAttempt.objects.count() == 1


@database
def test_a_keyword_that_is_there_already_is_not_said_twice():
    robot = RobotFactory.build(keyword="逾期")

    assert vendors.wording(robot, TEXT) == TEXT


@database
def test_a_post_calls_nobody():
    robot = RobotFactory.build(vendor="feishu")

    assert vendors.wording(robot, '<at user_id="all">所有人</at> @13800000001') == '＜at user_id="all">所有人＜/at> ＠13800000001'


@database
def test_a_post_to_wecom_keeps_to_2048_bytes_and_ends_with_a_whole_line():
    robot = RobotFactory.build(vendor="wecom", keyword="通报")
    lines = [f"{n:03d} 测试节点名称测试节点名称" for n in range(200)]

    text = vendors.wording(robot, "\n".join(lines))

    assert len(text.encode()) <= 2048
    assert text.startswith("通报 000")
    assert text.rpartition("\n")[2] in lines


# Answers


REFUSALS = [  # vendor, what is wrong with the robot, the code in the record
    ("dingtalk", {"secret": "SECanother-artificial"}, "dingtalk:310000"),
    ("feishu", {"secret": "SECanother-artificial"}, "feishu:19021"),
    ("http", {"secret": "SECanother-artificial"}, "http:http401"),
    ("dingtalk", {"secret": SECRET, "keyword": ""}, "dingtalk:310000"),
    ("feishu", {"secret": SECRET, "keyword": ""}, "feishu:19024"),
]


@pytest.mark.parametrize(("vendor", "wrong", "code"), REFUSALS, ids=[f"{c[0]} {c[2]} {n}" for n, c in enumerate(REFUSALS)])
@database
def test_a_wrong_signature_or_a_missing_keyword_is_given_up_after_two_tries_and_says_so(vendor, wrong, code, server):
    server.secret, server.keyword = SECRET, "招商通报"
    message = post(robot_of(server, vendor, **{"keyword": "招商通报", **wrong}))[0]

    services.deliver(NOW)
    services.deliver(NOW + 2 * MINUTE)

    attempt = last_attempt(message)
    assert (message.status, attempt.outcome, attempt.code) == ("dead", "dead", code)
    assert server.taken == []
    assert SECRET not in attempt.text


@pytest.mark.parametrize(("vendor", "code"), [("dingtalk", "dingtalk:300005"), ("wecom", "wecom:93000")])
@database
def test_a_wrong_key_in_the_address_is_given_up(vendor, code, server):
    robot = robot_of(server, vendor)
    robot.url = robot.url.replace(TOKEN, "another-token-0002")
    robot.save()
    message = post(robot)[0]

    services.deliver(NOW)
    services.deliver(NOW + 2 * MINUTE)

    assert (last_attempt(message).code, message.status) == (code, "dead")


RATES = [("dingtalk", "dingtalk:130101", 20), ("wecom", "wecom:45009", 20), ("feishu", "feishu:11232", 5)]


@pytest.mark.parametrize(("vendor", "code", "most"), RATES)
@database
def test_a_robot_that_is_refused_for_its_rate_rests_ten_minutes_and_no_post_loses_a_try(vendor, code, most, server):
    """Somebody else posts through the same robot, so that our own count does not hold us back in time."""
    server.moment = NOW
    for _n in range(most):
        server._is_too_often(vendor)
    message = post(robot_of(server, vendor))[0]

    services.deliver(NOW)
    services.deliver(NOW + 9 * MINUTE)

    assert last_attempt(message).code == code
    assert (message.status, message.failures, message.attempts) == ("pending", 0, 1)
    assert Circuit.objects.get().open_until == pytest.approx(NOW + 10 * MINUTE, abs=dt.timedelta(seconds=2))
    server.moment = NOW + 11 * MINUTE
    assert services.deliver(NOW + 11 * MINUTE) == 1


ODD = [  # what the server does, the code in the record ({} is the vendor), counted against the post
    ("500", "{}:http500", 1),
    ("429", "{}:http429", 0),
    ("404", "{}:http404", 1),
    ("redirect", "{}:http302", 1),
    ("hang", "TimeoutError", 1),
    ("drop", "RemoteDisconnected", 1),
]


@every_vendor
@pytest.mark.parametrize(("how", "code", "counted"), ODD, ids=[case[0] for case in ODD])
@database
def test_each_failure_is_told_apart_and_tried_again(how, code, counted, vendor, server):
    server.how = how
    message = post(robot_of(server, vendor))[0]

    services.deliver(NOW)

    assert last_attempt(message).code == code.format(vendor)
    assert (message.status, message.failures) == ("pending", counted)
    assert server.asked == 1  # a redirect is not followed
    server.how = ""
    assert services.deliver(NOW + 11 * MINUTE) == 1
    assert server.taken == [TEXT]


@pytest.mark.parametrize("vendor", ["dingtalk", "wecom", "feishu"])
@database
def test_an_answer_that_is_no_vendors_is_not_taken_for_a_yes(vendor, server):
    server.how = "garbage"
    message = post(robot_of(server, vendor))[0]

    services.deliver(NOW)

    assert (last_attempt(message).code, message.status) == (f"{vendor}:garbage", "pending")


@pytest.mark.parametrize("how", ["drip", "drip the body"])
@database
def test_a_server_that_drips_is_cut_off(how, server):
    server.how = how
    message = post(robot_of(server, "wecom"))[0]
    began = timezone.now()

    services.deliver(NOW)

    assert timezone.now() - began < dt.timedelta(seconds=10)  # a hang guard: three reads of 0.3 s
    assert (last_attempt(message).outcome, message.failures) == ("retry", 1)


@database
def test_a_robots_server_that_is_down_opens_its_circuit_and_no_other(server, settings, smtp: SmtpSink):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead_port = closed.getsockname()[1]
    settings.ROBOT_HOSTS = (server.origin, f"http://127.0.0.1:{dead_port}")
    down = RobotFactory(vendor="wecom", url=f"http://127.0.0.1:{dead_port}/cgi-bin/webhook/send?key={TOKEN}")
    post(down, 7)
    post(robot_of(server, "wecom"))
    services.enqueue("test|mail", UserFactory(), "测试主题", "测试正文", now=NOW)

    sent = services.deliver(NOW)

    assert sent == 2
    assert (len(server.taken), len(smtp.messages)) == (1, 1)
    assert Circuit.objects.get(open_until__isnull=False).channel == down.channel
    assert set(Message.objects.filter(robot=down).values_list("status", "failures")) == {("pending", 0)}
    assert DeliveryAttempt.objects.filter(message__robot=down).count() == 5


@database
def test_a_post_that_was_given_up_is_sent_again_by_hand_once_the_robot_is_mended(server):
    server.secret = SECRET
    robot = robot_of(server, "dingtalk", secret="SECanother-artificial")
    message = post(robot)[0]
    services.deliver(NOW)
    services.deliver(NOW + 2 * MINUTE)
    robot.secret = SECRET
    robot.save()

    services.retry(Message.objects.get(pk=message.pk), by=UserFactory(), now=NOW)

    assert services.deliver(NOW + 5 * MINUTE) == 1


# Limits


@pytest.mark.parametrize(
    ("vendor", "at_once", "gap"), [("dingtalk", 20, 65), ("wecom", 20, 65), ("feishu", 5, 6), ("http", 20, 65)]
)
@database
def test_a_robot_posts_no_more_than_its_vendor_allows(vendor, at_once, gap, server):
    server.moment = NOW
    post(robot_of(server, vendor), at_once + 3)

    first = services.deliver(NOW)
    too_soon = services.deliver(NOW + dt.timedelta(seconds=gap - 2))
    server.moment = NOW + dt.timedelta(seconds=gap + 2)
    rest = services.deliver(server.moment)

    assert (first, too_soon, rest) == (at_once, 0, 3)
    assert server.refused == []
    assert set(Message.objects.values_list("attempts", "failures")) == {(1, 0)}  # waiting its turn is no try


@database
def test_a_feishu_robot_posts_a_hundred_times_a_minute_at_most(server):
    robot = robot_of(server, "feishu")
    for n in range(100):
        message = services.enqueue(f"test|old|{n}", robot, "测试通报", TEXT, now=NOW)[0]
        DeliveryAttempt(message=message, n=1, worker="test", started_at=NOW + n * dt.timedelta(milliseconds=500)).save()

    assert turns.next_moment(robot, now=NOW + dt.timedelta(seconds=56)) == NOW + dt.timedelta(seconds=65)


@pytest.mark.django_db(transaction=True)
def test_four_workers_together_keep_to_the_limit_of_a_robot(server):
    server.moment = NOW
    post(robot_of(server, "wecom"), 30)

    def work() -> None:
        for _round in range(3):
            services.deliver(NOW)
        connection.close()

    workers = [threading.Thread(target=work) for _n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert (len(server.taken), server.refused) == (20, [])
    assert Message.objects.filter(status="sent").count() == 20
    assert DeliveryAttempt.objects.count() == 20


@pytest.mark.parametrize(
    ("moment", "free"),
    [
        ("09:10:30", "09:10:30"),
        ("08:59:10", "09:02:07"),
        ("09:00:00", "09:02:07"),
        ("09:31:59", "09:32:07"),
        ("09:32:00", "09:32:00"),
    ],
)
def test_a_feishu_robot_keeps_away_from_the_full_and_the_half_hour(moment, free):
    at = [timezone.make_aware(dt.datetime.fromisoformat(f"2026-11-27T{text}")) for text in (moment, free)]

    assert turns.off_the_mark(at[0], 7) == at[1]


@database
def test_a_post_of_feishu_that_comes_due_on_the_hour_goes_out_after_it(server):
    on_the_hour = timezone.make_aware(dt.datetime(2026, 11, 27, 10))
    message = post(robot_of(server, "feishu"), now=on_the_hour)[0]

    sent = [services.deliver(on_the_hour), services.deliver(on_the_hour + 3 * MINUTE)]

    message.refresh_from_db()
    assert sent == [0, 1]
    assert message.attempts == 1


# Addresses


FOREIGN = [
    ("dingtalk", "https://robot.example.invalid/robot/send"),
    ("dingtalk", "http://oapi.dingtalk.com/robot/send"),
    ("dingtalk", "https://oapi.dingtalk.com.example.invalid/robot/send"),
    ("dingtalk", "https://oapi.dingtalk.com@127.0.0.1/robot/send"),
    ("dingtalk", "https://oapi.dingtalk.com:8443/robot/send"),
    ("dingtalk", "https://oapi.dingtalk.com\\@127.0.0.1/robot/send"),
    ("dingtalk", "https://oapi.dingtalk.com/robot/send\r\nHost: 127.0.0.1"),
    ("dingtalk", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"),
    ("dingtalk", "oapi.dingtalk.com"),
    ("dingtalk", "https://[oapi.dingtalk.com/"),
    ("dingtalk", ""),
    ("wecom", "https://open.feishu.cn/open-apis/bot/v2/hook/x"),
    ("feishu", "https://169.254.169.254/open-apis/bot/v2/hook/x"),
    ("http", "http://127.0.0.1/"),
    ("http", "https://oapi.dingtalk.com/robot/send"),
    ("http", "file:///etc/hostname"),
]


@pytest.mark.parametrize(("vendor", "url"), FOREIGN)
def test_a_robot_address_outside_the_hosts_and_the_allow_list_is_refused(vendor, url, settings):
    settings.ROBOT_HOSTS = ("not an address", "https://allowed.example.invalid:444")

    with pytest.raises(ValidationError) as error:
        refuse_foreign(vendor, url)

    assert error.value.code == "address"


@pytest.mark.parametrize(
    ("vendor", "url"),
    [
        ("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=x"),
        ("wecom", "https://QYAPI.weixin.qq.com/cgi-bin/webhook/send?key=x"),
        ("feishu", "https://open.feishu.cn:443/open-apis/bot/v2/hook/x"),
        ("http", "https://allowed.example.invalid:444/posts"),
        ("dingtalk", "https://allowed.example.invalid:444/robot/send"),
    ],
)
def test_the_vendors_own_hosts_and_allowed_ones_may_be_posted_to(vendor, url, settings):
    settings.ROBOT_HOSTS = ("https://allowed.example.invalid:444",)

    assert refuse_foreign(vendor, url).hostname


@every_vendor
@database
def test_a_foreign_address_in_the_database_is_refused_before_any_connection_is_made(vendor, server, settings, smtp: SmtpSink):
    """However it came there; the mail that waits beside it goes out all the same."""
    settings.ROBOT_HOSTS = ()
    message = post(robot_of(server, vendor))[0]
    services.enqueue("test|mail", UserFactory(), "测试主题", "测试正文", now=NOW)

    services.deliver(NOW)
    services.deliver(NOW + 2 * MINUTE)

    assert server.asked == 0
    assert (last_attempt(message).code, message.status) == (f"{vendor}:address", "dead")
    assert "ROBOT_HOSTS" in last_attempt(message).text
    assert len(smtp.messages) == 1


# Secrets


@every_vendor
@database
def test_no_log_and_no_record_tells_the_secret_or_the_key_in_the_address(vendor, server, caplog):
    caplog.set_level(logging.DEBUG)
    robot = robot_of(server, vendor, secret=SECRET)
    for n, how in enumerate(["500", "404", "garbage", "redirect", "drop"]):
        server.how = how
        message = services.enqueue(f"test|{n}", robot, "测试通报", TEXT, now=NOW)[0]
        for minute in (0, 2):
            services.deliver_one(Message.objects.get(pk=message.pk), now=NOW + minute * MINUTE)

    told = caplog.text + " ".join(DeliveryAttempt.objects.values_list("text", flat=True))
    told += " ".join(Circuit.objects.values_list("reason", flat=True))

    assert DeliveryAttempt.objects.count() > 4
    assert SECRET not in told
    assert TOKEN not in told
    assert {"url", "secret"}.isdisjoint(field.name for field in robot.history.model._meta.fields)


# Mail beside them


@database
def test_mails_of_a_round_share_one_line_whatever_goes_between_them(server, settings):
    robot = robot_of(server, "wecom")
    for n in range(3):
        services.enqueue(f"test|mail|{n}", UserFactory(), "测试主题", "测试正文", now=NOW)
        services.enqueue(f"test|in-site|{n}", UserFactory(email=""), "测试主题", "测试正文", now=NOW, channel="in_site")
        services.enqueue(f"test|post|{n}", robot, "测试通报", TEXT, now=NOW)

    with StubbornServer("nowhere", "") as mails:
        settings.MAILERS = {"default": dataclasses.replace(settings.CONFIG, email_url=mails.email_url).mailer}
        sent = services.deliver(NOW)

    assert (sent, mails.connections, len(server.taken)) == (9, 1, 3)


@database
def test_a_line_that_broke_is_opened_anew_for_the_next_mail(settings):
    for n in range(3):
        services.enqueue(f"test|mail|{n}", UserFactory(), "测试主题", "测试正文", now=NOW)

    with StubbornServer(RCPT, "drop") as mails:
        settings.MAILERS = {"default": dataclasses.replace(settings.CONFIG, email_url=mails.email_url).mailer}
        services.deliver(NOW)

    assert mails.connections == 3
    assert set(Message.objects.values_list("status", "failures")) == {("pending", 1)}
