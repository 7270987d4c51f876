"""The page of group robots: what is typed in is kept and never shown, foreign addresses are refused, a trial says what came."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from audit.models import AuditEvent
from outbox import services
from outbox.models import Message, Robot
from tests.factories import DepartmentFactory, RobotFactory, UserFactory
from tests.outbox.robot_server import TOKEN, RobotServer

pytestmark = pytest.mark.django_db
SECRET = "SECtest-artificial-secret"


@pytest.fixture
def keeper():
    roles.sync_groups()
    return UserFactory(roles=["sysadmin"])


@pytest.fixture
def page(keeper):
    client = Client()
    client.force_login(keeper)
    return client


@pytest.fixture
def server(settings):
    with RobotServer() as server:
        settings.ROBOT_HOSTS = (server.origin,)
        settings.ROBOT_TIMEOUT = 0.5
        yield server


def change_url(robot: Robot) -> str:
    return reverse("admin:outbox_robot_change", args=[robot.pk])


def typed(robot: Robot, answer=None, **values) -> dict:
    kept = {"name": robot.name, "vendor": robot.vendor, "department": robot.department_id, "keyword": robot.keyword}
    if answer is not None:
        kept["version_token"] = answer.context["adminform"].form.initial["version_token"]
    return {**kept, "enabled": "on", "url": "", "secret": "", **values}


def test_a_new_robot_needs_an_address_and_keeps_what_was_typed(page):
    department = DepartmentFactory()
    values = {"name": "测试群", "vendor": "dingtalk", "department": department.pk, "url": "", "secret": SECRET, "keyword": "通报"}

    without = page.post(reverse("admin:outbox_robot_add"), values)
    page.post(reverse("admin:outbox_robot_add"), {**values, "url": f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"})

    assert without.context["adminform"].form.errors["url"]
    robot = Robot.objects.get()
    assert (robot.secret, robot.enabled) == (SECRET, False)
    assert TOKEN in robot.url


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/robot/send", "https://robot.example.invalid/robot/send"])
def test_the_form_refuses_an_address_outside_the_hosts_and_the_allow_list(page, url):
    robot = RobotFactory()
    before = robot.url

    answer = page.post(change_url(robot), typed(robot, page.get(change_url(robot)), url=url))

    assert "oapi.dingtalk.com" in answer.context["adminform"].form.errors["url"][0]
    assert Robot.objects.get().url == before


def test_address_and_secret_are_never_shown_and_stay_when_left_empty(page):
    robot = RobotFactory(secret=SECRET)
    shown = page.get(change_url(robot))

    page.post(change_url(robot), typed(robot, shown, keyword="通报"))

    text = shown.content.decode() + page.get(reverse("admin:outbox_robot_changelist")).content.decode()
    text += page.get(reverse("admin:outbox_robot_history", args=[robot.pk])).content.decode()
    after = Robot.objects.get()
    assert (after.keyword, after.secret, after.url) == ("通报", SECRET, robot.url)
    assert "oapi.dingtalk.com" in text
    assert TOKEN not in text
    assert SECRET not in text


def test_a_new_secret_replaces_the_old_one_and_a_box_takes_it_away(page):
    robot = RobotFactory(secret=SECRET)

    page.post(change_url(robot), typed(robot, page.get(change_url(robot)), secret="SECanother-artificial"))
    replaced = Robot.objects.get().secret
    page.post(change_url(robot), typed(robot, page.get(change_url(robot)), without_secret="on"))

    assert (replaced, Robot.objects.get().secret) == ("SECanother-artificial", "")


def test_neither_audit_nor_a_stale_form_tells_address_or_secret(page):
    robot = RobotFactory(secret=SECRET)
    stale = page.get(change_url(robot))
    other = f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}-2"
    page.post(change_url(robot), typed(robot, stale, secret="SECanother-artificial"))

    refused = page.post(change_url(robot), typed(robot, stale, url=other, secret="SECthird-artificial", name="另一个名称"))

    text = refused.content.decode().replace(other, "")  # what was typed stands in its own input
    assert "本次没有保存" in text
    told = text + str(list(AuditEvent.objects.values_list("changes", "object_label")))
    assert [word for word in (SECRET, "SECanother-artificial", "SECthird-artificial", TOKEN) if word in told] == []


@pytest.mark.parametrize(("held", "seen", "changed"), [("sysadmin", 200, True), ("manager", 200, False), ("officer", 403, False)])
def test_robots_are_kept_by_the_administrator_and_seen_by_the_manager(keeper, held, seen, changed):
    robot, client = RobotFactory(), Client()
    client.force_login(UserFactory(roles=[held]))

    page = client.get(change_url(robot))
    client.post(change_url(robot), typed(robot, page if changed else None, name="改过的名称"))

    assert page.status_code == seen
    assert (Robot.objects.get().name == "改过的名称") is changed


def test_a_trial_message_reaches_the_group_at_once_even_before_the_robot_is_enabled(page, server, keeper):
    server.secret, server.keyword = SECRET, "通报"
    robot = RobotFactory(url=server.url("dingtalk"), secret=SECRET, keyword="通报", enabled=False)

    answer = page.post(reverse("admin:outbox_robot_trial", args=[robot.pk]), follow=True)

    assert "试验消息已发出" in answer.content.decode()
    assert server.taken[0].startswith("通报 试验消息")
    assert AuditEvent.objects.get(action="robot.tried").actor_id == keeper.pk


def test_a_trial_that_is_refused_says_why_on_the_robots_page_and_is_tried_once(page, server):
    server.secret = SECRET
    robot = RobotFactory(url=server.url("dingtalk"), secret="SECanother-artificial")

    answer = page.post(reverse("admin:outbox_robot_trial", args=[robot.pk]), follow=True)

    shown = answer.content.decode()
    assert shown.count("签名、关键词或来源 IP 不符") == 2  # the answer, and 最近一次发送
    assert "sign not match" in shown
    message = Message.objects.get()
    services.deliver_one(message, now=message.next_at)
    assert Message.objects.get().status == "cancelled"
    assert server.asked == 1


def test_a_trial_needs_the_button_and_the_permission(page, server):
    robot = RobotFactory(url=server.url("dingtalk"))
    url, client = reverse("admin:outbox_robot_trial", args=[robot.pk]), Client()
    client.force_login(UserFactory(roles=["manager"]))

    answers = [page.get(url).status_code, client.post(url).status_code]

    assert answers == [403, 403]
    assert server.asked == 0


def test_the_list_of_robots_asks_the_same_for_one_and_for_ten(page):
    counts = []
    for more in (1, 9):
        RobotFactory.create_batch(more)
        with CaptureQueriesContext(connection) as asked:
            page.get(reverse("admin:outbox_robot_changelist"))
        counts.append(len(asked))

    assert counts[0] == counts[1]
