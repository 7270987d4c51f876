"""Reminders: planned from state, one digest a person and day, delivered once, never lost."""

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.working_days import Calendar
from crm import seeding
from outbox.models import Message
from projects import services as projects
from projects.models import Milestone, Project
from reminders import moments, services
from reminders.models import Reminder, ReminderRule, ReportUp
from tests.factories import (
    DepartmentFactory,
    FollowUpFactory,
    MilestoneFactory,
    ProjectFactory,
    ProjectMemberFactory,
    UserFactory,
)
from tests.reference import load_press, load_reference
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db


def at(text: str) -> dt.datetime:
    """A moment in Shanghai."""
    return timezone.make_aware(dt.datetime.fromisoformat(text))


FRIDAY = at("2026-11-27T09:00")
LONG_AGO = at("2026-01-05T09:00")


@pytest.fixture
def rules(db: None) -> None:
    """The default rules for milestones and follow-ups; the other kinds have tests of their own."""
    seeding.sync_roles()
    load_reference()
    ReminderRule.objects.exclude(subject__in=["milestone", "follow_up"]).update(enabled=False)


@pytest.fixture
def officer(rules: None):
    return UserFactory(roles=["officer"])


def test_a_key_milestone_is_remembered_before_its_day_and_goes_out_by_mail(officer, smtp: SmtpSink):
    MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 30), confirmed_at=LONG_AGO, is_key=True)

    done = services.run_due(FRIDAY)

    assert (done.planned, done.composed, done.sent) == (1, 1, 1)
    mail = smtp.messages[0]
    assert mail.recipients == [officer.email]
    assert "X-Reminder-Keys" in mail.email
    assert Reminder.objects.get().status == "sent"


def test_planning_twice_adds_nothing_and_delivering_twice_sends_once(officer, smtp: SmtpSink):
    MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)
    services.run_due(FRIDAY)

    again = services.run_due(FRIDAY + dt.timedelta(minutes=1))

    assert (again.planned, again.composed, again.sent) == (0, 0, 0)
    assert len(smtp.messages) == 1


@pytest.mark.parametrize(
    ("due_on", "offset", "expected"),
    [("2026-11-30", -1, "2026-11-27"), ("2026-10-08", -1, "2026-09-30")],
)
def test_a_before_due_moment_on_a_day_off_moves_to_the_working_day_before(rules, due_on, offset, expected):
    rule = ReminderRule(offset=offset, day_kind="calendar")
    due = dt.date.fromisoformat(due_on)

    assert moments.remind_on(rule, due, due, Calendar.load()) == dt.date.fromisoformat(expected)


def test_nothing_goes_out_on_a_day_off_before_the_digest_hour_or_in_the_evening(officer, smtp: SmtpSink):
    MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)

    for moment in ("2026-11-28T09:00", "2026-11-27T08:00", "2026-11-27T18:30"):
        services.run_due(at(moment))

    assert smtp.messages == []


def test_an_ended_project_cancels_what_waits(officer):
    project = ProjectFactory(owner=officer)
    MilestoneFactory(project=project, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)
    services.plan(FRIDAY)

    projects.set_status(project, "terminated", on=FRIDAY.date(), by=officer, reason="测试终止")
    services.plan(FRIDAY)

    assert set(Reminder.objects.values_list("status", flat=True)) == {"cancelled"}


def test_a_moved_date_replaces_the_reminder_and_moving_it_back_revives_it(officer):
    milestone = MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)
    services.plan(FRIDAY)
    moved = projects.re_date_milestone(milestone, dt.date(2026, 11, 28), "测试改期", by=officer, now=FRIDAY)
    services.plan(FRIDAY)
    by_day = dict(Reminder.objects.values_list("due_on", "status"))
    assert by_day == {dt.date(2026, 11, 27): "cancelled", dt.date(2026, 11, 28): "pending"}

    projects.re_date_milestone(moved, dt.date(2026, 11, 27), "测试改回", by=officer, now=FRIDAY)
    services.plan(FRIDAY)

    assert Reminder.objects.get(due_on=dt.date(2026, 11, 27)).status == "pending"


def test_a_mail_server_that_is_down_loses_nothing_and_keeps_its_message_id(officer, settings, smtp: SmtpSink):
    MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)
    working = settings.MAILERS
    down = {**working["default"], "OPTIONS": {**working["default"]["OPTIONS"], "port": 1}}
    settings.MAILERS = {"default": down}
    services.run_due(FRIDAY)
    message = Message.objects.get()
    assert (message.status, message.attempts) == ("pending", 1)

    settings.MAILERS = working
    services.run_due(FRIDAY + dt.timedelta(minutes=2))

    assert len(smtp.messages) == 1
    assert smtp.messages[0].email["Message-ID"] == f"<{message.message_id}>"


def test_what_was_done_before_sending_is_not_sent(officer, smtp: SmtpSink):
    milestone = MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)
    services.plan(FRIDAY)
    services.compose(FRIDAY)
    Milestone.objects.filter(pk=milestone.pk).update(status="done", completed_on=dt.date(2026, 11, 27))

    services.run_due(FRIDAY)

    assert smtp.messages == []
    assert Message.objects.get().status == "cancelled"


def test_a_person_gets_one_message_a_day_with_all_his_lines(officer, smtp: SmtpSink):
    for _n in range(12):
        MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)

    services.run_due(FRIDAY)

    mail = smtp.messages[0].email
    keys = mail["X-Reminder-Keys"].replace("\n", "").split(",")
    assert len(smtp.messages) == 1
    assert len(keys) == 12
    assert "另有 2 项" in mail.get_body(("plain",)).get_content()


def test_long_overdue_stands_in_the_list_and_is_mailed_to_no_leader(officer, smtp: SmtpSink):
    leader, manager = UserFactory(roles=["leader"]), UserFactory(roles=["manager"])
    MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 10, 30), confirmed_at=LONG_AGO, is_key=True)

    services.run_due(FRIDAY)

    told = {address for mail in smtp.messages for address in mail.recipients}
    assert leader.email not in told
    assert manager.email in told
    assert ReportUp.objects.pending().count() == 2  # 包联领导 and 分管领导


def test_history_is_silent_after_a_bulk_confirmation(rules, smtp: SmtpSink):
    officer, leader = UserFactory(roles=["officer"]), UserFactory(roles=["leader"])
    project = ProjectFactory(owner=officer)
    template = seeding.Loader(seeding.REFERENCE)
    template.find(template.rows())
    now = at("2026-11-02T09:00")
    projects.apply_template(project, template.found["M-B"], dt.date(2020, 10, 12), by=officer, today=now.date())
    done, left = projects.confirm_milestones(project.milestones.all(), by=officer, now=now)
    due = MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 12), confirmed_at=LONG_AGO)
    late = MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 10, 9), confirmed_at=LONG_AGO)

    for day in range(30):
        services.run_due(now + dt.timedelta(days=day))

    assert (done, left) == (0, 9)
    told = [address for mail in smtp.messages for address in mail.recipients]
    assert leader.email not in told
    assert Reminder.objects.filter(object_id=due.pk, recipient=officer, status="sent").exists()
    assert ReportUp.objects.filter(reminder__object_id=late.pk).exists()


@pytest.mark.parametrize("moment", ["2020-10-20T09:00", "2026-11-27T09:00"])
def test_a_tick_over_the_press_data_sends_nothing(moment, db, smtp: SmtpSink):
    seeding.sync_roles()
    load_press()
    UserFactory(roles=["manager"])

    call_command("tick", "--now", moment)

    assert smtp.messages == []
    assert Reminder.objects.count() == 0


def test_a_follow_up_reminds_its_assignee_on_the_day(officer, smtp: SmtpSink):
    FollowUpFactory(owner=officer, due_on=dt.date(2026, 11, 27))

    services.run_due(FRIDAY)

    assert "测试待办" in smtp.messages[0].email.get_body(("plain",)).get_content()


def test_a_tick_that_finds_nothing_asks_the_same_with_any_history(officer):
    services.run_due(FRIDAY)
    with CaptureQueriesContext(connection) as empty:
        services.run_due(FRIDAY)
    milestone = MilestoneFactory(
        project__owner=officer, due_on=dt.date(2026, 1, 5), confirmed_at=LONG_AGO, status="done", completed_on=dt.date(2026, 1, 5)
    )
    rule = ReminderRule.objects.first()
    kind = ContentType.objects.get_for_model(milestone)
    Reminder.objects.bulk_create(
        Reminder(
            key=f"history-{n}",
            rule=rule,
            content_type=kind,
            object_id=milestone.pk,
            recipient=officer,
            relation="follower",
            due_on=milestone.due_on,
            remind_on=milestone.due_on,
            status="sent",
            sent_at=FRIDAY,
            created_at=FRIDAY,
        )
        for n in range(2000)
    )

    with CaptureQueriesContext(connection) as full:
        services.run_due(FRIDAY)

    assert len(full) == len(empty)


def test_a_tick_asks_the_same_for_two_and_for_twenty_overdue_projects(rules, smtp: SmtpSink):
    officer, patron = UserFactory(roles=["officer"]), UserFactory(roles=["leader"])
    overdue = {"project__owner": officer, "due_on": dt.date(2026, 10, 9), "confirmed_at": LONG_AGO, "is_key": True}
    queries = []
    for count in (2, 18):
        for row in MilestoneFactory.create_batch(count, **overdue):
            ProjectMemberFactory(project=row.project, user=patron, role="leader")
        services.plan(FRIDAY)
        with CaptureQueriesContext(connection) as asked:
            services.plan(FRIDAY)
        queries.append(len(asked))

    assert queries[0] == queries[1]


def test_a_digest_asks_the_same_for_two_and_for_twenty_lines(officer, smtp: SmtpSink):
    queries = []
    for day, count in ((27, 2), (30, 20)):
        MilestoneFactory.create_batch(count, project__owner=officer, due_on=dt.date(2026, 11, day), confirmed_at=LONG_AGO)
        now = at(f"2026-11-{day}T09:00")
        services.plan(now)
        with CaptureQueriesContext(connection) as asked:
            services.compose(now)
            services.outbox.deliver(now)
        queries.append(len(asked))

    assert queries[1] <= queries[0]


def test_a_person_who_may_no_longer_read_the_project_is_told_nothing(rules, smtp: SmtpSink):
    department = DepartmentFactory()
    head = UserFactory(roles=["head"], department=department)
    row = MilestoneFactory(project__department=department, due_on=dt.date(2026, 11, 20), confirmed_at=LONG_AGO)
    services.plan(FRIDAY)
    services.compose(FRIDAY)
    assert Message.objects.filter(recipient=head).exists()
    Project.objects.filter(pk=row.project.pk).update(department=DepartmentFactory())

    services.outbox.deliver(FRIDAY)

    assert head.email not in smtp.recipients
    assert Message.objects.get(recipient=head).status == "cancelled"


def test_in_the_first_days_after_a_bulk_confirmation_only_owner_and_manager_hear(officer, smtp: SmtpSink):
    handler, manager, head = UserFactory(roles=["officer"]), UserFactory(roles=["manager"]), UserFactory(roles=["head"])
    row = MilestoneFactory(
        project__owner=officer, due_on=dt.date(2026, 11, 27), status="to_confirm", confirmed_at=None, responsible=handler
    )
    row.project.department = head.department
    row.project.save()
    projects.confirm_milestones([row], by=manager, now=at("2026-11-26T10:00"))

    told = []
    for day in ("2026-11-27", "2026-12-02", "2026-12-04"):
        services.run_due(at(f"{day}T09:00"))
        told.append(set(smtp.recipients))
        smtp.clear()

    assert told == [{officer.email}, {officer.email}, {officer.email, handler.email, head.email, manager.email}]


def test_a_failing_light_does_not_hold_up_the_mail(officer, smtp: SmtpSink, monkeypatch: pytest.MonkeyPatch):
    MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)
    monkeypatch.setattr(services.activities, "refresh_lights", lambda today: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        services.run_due(FRIDAY)

    assert len(smtp.messages) == 1


@pytest.mark.parametrize(
    "rows",
    [Milestone.objects.due_by(FRIDAY.date()).of_running_projects(), Message.objects.claimable(FRIDAY)],
    ids=["due", "queue"],
)
def test_a_tick_looks_only_at_what_is_open(rows):
    """SQLite takes no partial index whose condition lists several states: the state leads the index instead."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever its indexes")

    plan = rows.explain()

    assert f"SEARCH {rows.model._meta.db_table} USING INDEX {rows.model._meta.db_table}_status" in plan
    assert f"SCAN {rows.model._meta.db_table}" not in plan
