"""What a robot posts into its group each working day: due and overdue milestones of its department, and nothing that names anybody."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.working_days import Calendar
from crm import seeding
from outbox.models import Channel, Message, Robot
from projects.models import Milestone
from reminders import groups, pilots, services
from tests.factories import (
    CompanyFactory,
    DepartmentFactory,
    MilestoneFactory,
    MilestoneTemplateItemFactory,
    ProjectFactory,
    ProjectPartyFactory,
    RobotFactory,
    UserFactory,
)
from tests.outbox.robot_server import RobotServer
from tests.reference import load_reference
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
FRIDAY = timezone.make_aware(dt.datetime(2026, 11, 27, 9, 10))
TODAY = FRIDAY.date()
LONG_AGO = timezone.make_aware(dt.datetime(2026, 1, 5, 9))


@pytest.fixture
def server(settings):
    with RobotServer() as server:
        settings.ROBOT_HOSTS = (server.origin,)
        settings.ROBOT_TIMEOUT = 0.5
        settings.SITE_URL = "https://crm.example.invalid"
        yield server


@pytest.fixture
def robot(server) -> Robot:
    return RobotFactory(vendor="wecom", url=server.url("wecom"))


def due(robot: Robot, day: dt.date = TODAY, **values) -> Milestone:
    project = {"project__department": robot.department} if "project" not in values else {}
    return MilestoneFactory(**{"due_on": day, "confirmed_at": LONG_AGO, **project, **values})


def at(day: int, hour: int = 9) -> dt.datetime:
    return timezone.make_aware(dt.datetime(2026, 11, day, hour, 10))


def test_a_group_gets_one_post_a_working_day_with_number_milestone_days_and_link(robot, server, smtp: SmtpSink):
    project = ProjectFactory(department=robot.department, code="测-2026-001")
    due(robot, project=project, name="规划许可")
    due(robot, dt.date(2026, 11, 24), project=project, name="施工许可")
    due(robot, dt.date(2026, 11, 28), project=project, name="主体封顶")

    for minute in range(3):
        services.run_due(FRIDAY + minute * dt.timedelta(minutes=1))
    services.run_due(at(28))

    link = f"https://crm.example.invalid/projects/{project.pk}/"
    assert server.taken == [
        "\n".join(
            [
                "2026-11-27 到期与逾期节点 2 项",
                f"1. 测-2026-001 规划许可 今天到期 {link}",
                f"2. 测-2026-001 施工许可 逾期 3 个工作日 {link}",
            ]
        )
    ]
    message = Message.objects.get(channel=Channel.ROBOT)
    assert message.key == f"group|{robot.public_id}|2026-11-27|robot"
    assert (message.status, message.recipient) == ("sent", None)


def test_a_post_names_no_company_no_amount_and_no_telephone(robot):
    project = ProjectFactory(department=robot.department, name="测试云厂房项目")
    ProjectPartyFactory(project=project, company=CompanyFactory(name="测试甲乙丙有限公司", short_name="甲乙丙"))
    names = [
        "与甲乙丙签补充协议",
        "测试云厂房项目开工",
        "某某集团董事长来访",
        "到资3.5亿元",
        "付款 500 万",
        "联系13800000001",
        "完成三千万元投资",
    ]
    for name in names:
        due(robot, project=project, name=name)

    text = groups.words(robot, today=TODAY, days=Calendar.load())

    assert text.count(" 节点 今天到期 ") == len(names)
    assert [word for word in ("甲乙丙", "云厂房", "集团", "亿", "万", "1380") if word in text] == []


def test_a_milestone_of_our_own_templates_keeps_its_name(robot):
    MilestoneTemplateItemFactory(name="项目公司注册")
    due(robot, name="项目公司注册")

    assert "项目公司注册" in groups.words(robot, today=TODAY, days=Calendar.load())


def test_a_post_speaks_of_its_department_and_those_below_and_never_of_sensitive_projects(robot):
    below = DepartmentFactory(parent=DepartmentFactory(parent=robot.department))
    due(robot, project__department=below, name="下级节点")
    due(robot, project__department=DepartmentFactory(), name="别处节点")
    due(robot, project__confidentiality="sensitive", name="敏感节点")

    text = groups.words(robot, today=TODAY, days=Calendar.load())

    assert [name in text for name in ("下级节点", "别处节点", "敏感节点")] == [True, False, False]


def test_what_a_bulk_confirmation_woke_is_not_posted_in_the_first_five_working_days(robot):
    due(robot, bulk_confirmed=True, confirmed_at=at(20), name="批量确认节点")

    days = Calendar.load()

    assert groups.words(robot, today=TODAY, days=days) == ""
    assert "批量确认节点" in groups.words(robot, today=dt.date(2026, 11, 30), days=days)


def test_a_post_has_ten_lines_and_says_how_many_more_there_are(robot):
    for _n in range(13):
        due(robot)

    lines = groups.words(robot, today=TODAY, days=Calendar.load()).splitlines()

    assert len(lines) == 12
    assert "另有 3 项" in lines[-1]


@pytest.mark.parametrize("moment", [at(28), at(27, 8), at(27, 18)])
def test_nothing_is_posted_on_a_day_off_before_the_digest_hour_or_in_the_evening(robot, server, moment):
    due(robot)

    assert services.compose_posts(moment) == 0


def test_a_group_with_nothing_due_and_a_robot_switched_off_post_nothing(robot, server):
    due(RobotFactory(vendor="wecom", url=server.url("wecom"), enabled=False))

    services.run_due(FRIDAY)

    assert (server.asked, Message.objects.filter(channel="robot").count()) == (0, 0)


def test_what_is_done_between_writing_and_posting_is_not_posted(robot, server):
    first, second = due(robot, name="甲节点"), due(robot, name="乙节点")
    services.compose_posts(FRIDAY)
    Milestone.objects.filter(pk=first.pk).update(status="done", completed_on=TODAY)

    services.outbox.deliver(FRIDAY)

    assert "乙节点" in server.taken[0]
    assert "甲节点" not in server.taken[0]
    assert second.pk


@pytest.mark.parametrize("what", ["done", "disabled", "next day"])
def test_a_post_without_ground_is_cancelled_with_the_reason(what, robot, server):
    row = due(robot)
    services.compose_posts(FRIDAY)
    if what == "done":
        Milestone.objects.filter(pk=row.pk).update(status="done", completed_on=TODAY)
    if what == "disabled":
        Robot.objects.filter(pk=robot.pk).update(enabled=False)

    services.outbox.deliver(at(30) if what == "next day" else FRIDAY)

    message = Message.objects.get(channel="robot")
    assert (message.status, server.asked) == ("cancelled", 0)
    assert message.attempts_made.get().text


def test_a_robot_that_fails_leaves_every_reminder_to_people_untouched(robot, server, smtp: SmtpSink):
    seeding.sync_roles()
    load_reference()
    officer = UserFactory(roles=["officer"])
    due(robot, project=ProjectFactory(owner=officer, department=robot.department))
    server.how = "hang"

    services.run_due(FRIDAY)

    assert smtp.recipients == [officer.email]
    assert Message.objects.get(channel="robot").status == "pending"


def test_nothing_is_posted_during_a_trial(robot, server):
    due(robot)
    pilots.start(by=UserFactory(roles=["manager"]), now=FRIDAY)

    services.run_due(FRIDAY)

    assert server.asked == 0


def test_posts_ask_the_same_for_two_and_for_ten_milestones(robot):
    counts = []
    for more in (2, 8):
        for row in [due(robot) for _n in range(more)]:
            ProjectPartyFactory(project=row.project)
        with CaptureQueriesContext(connection) as asked:
            groups.words(robot, today=TODAY, days=Calendar.load())
        counts.append(len(asked))

    assert counts[0] == counts[1]
