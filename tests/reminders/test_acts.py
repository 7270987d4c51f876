"""What a person does about his own reminders, and that one put off comes back on its day, once."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from audit.models import AuditEvent
from core.working_days import Calendar
from projects import services as projects
from reminders import acts, services
from reminders.models import Reminder
from tests.factories import (
    NOW,
    TODAY,
    FollowUpFactory,
    MilestoneFactory,
    ReminderFactory,
    ReminderRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + dt.timedelta(days=1)  # a Wednesday
LONG_AGO = NOW - dt.timedelta(days=300)


def at(day: dt.date) -> dt.datetime:
    return NOW + (day - TODAY)


@pytest.fixture
def person():
    return UserFactory(roles=["officer"])


@pytest.fixture
def milestone(person):
    """Due on Friday, told on Tuesday by the rule of three days before."""
    ReminderRuleFactory(code="test_three", offset=-3)
    return MilestoneFactory(project__owner=person, responsible=person, due_on=dt.date(2026, 11, 27), confirmed_at=LONG_AGO)


@pytest.fixture
def told(milestone, person, smtp):
    """The reminder that was mailed to him today."""
    services.run_due(NOW)
    return Reminder.objects.get(recipient=person, status="sent")


def code(error) -> str:
    wrong = error.value
    return next(iter(wrong.error_dict.values()))[0].code if hasattr(wrong, "error_dict") else wrong.code


def test_a_reminder_put_off_comes_back_on_its_day_once(told, person, smtp):
    acts.snooze(told, TOMORROW, by=person, now=NOW)

    for day in (TODAY, TOMORROW, TOMORROW, dt.date(2026, 11, 26)):
        services.run_due(at(day) + dt.timedelta(minutes=1))

    assert len(smtp.messages) == 2
    again = Reminder.objects.exclude(pk=told.pk).get(recipient=person)
    key = told.key.replace("|test_three|", f"|test_three@{TOMORROW}|")
    assert (again.key, again.status, again.remind_on) == (key, "sent", TOMORROW)


def test_a_reminder_put_off_before_its_mail_is_not_mailed_before_its_day(milestone, person, smtp):
    services.plan(NOW)
    row = Reminder.objects.get(recipient=person)

    acts.snooze(row, TOMORROW, by=person, now=NOW)
    services.run_due(NOW)
    before = len(smtp.messages)
    services.run_due(at(TOMORROW))

    assert (before, len(smtp.messages)) == (0, 1)


def test_while_it_is_put_off_no_later_step_reaches_the_person_and_others_are_told(told, milestone, person, smtp):
    manager = UserFactory(roles=["manager"])
    ReminderRuleFactory(code="test_two", offset=-2)
    ReminderRuleFactory(code="test_manager", offset=-2, recipient="manager")
    acts.snooze(told, dt.date(2026, 11, 26), by=person, now=NOW)

    services.run_due(at(TOMORROW))

    assert [list(mail.recipients) for mail in smtp.messages[1:]] == [[manager.email]]


def test_a_rule_whose_moment_comes_on_the_day_speaks_for_itself(told, person, smtp):
    ReminderRuleFactory(code="test_due", offset=0)
    acts.snooze(told, dt.date(2026, 11, 27), by=person, now=NOW)

    services.run_due(at(dt.date(2026, 11, 27)))

    assert len(smtp.messages) == 2
    assert not Reminder.objects.filter(key__contains="again").exists()


def test_an_urgent_rule_is_not_put_off(told, person, smtp):
    ReminderRuleFactory(code="test_urgent", offset=-2, urgent=True)
    acts.snooze(told, dt.date(2026, 11, 27), by=person, now=NOW)

    services.run_due(at(TOMORROW))

    assert len(smtp.messages) == 2


def test_what_was_done_meanwhile_does_not_come_back(told, milestone, person, smtp):
    acts.snooze(told, TOMORROW, by=person, now=NOW)
    projects.report_milestone(milestone, by=person, now=NOW)

    services.run_due(at(TOMORROW))

    assert len(smtp.messages) == 1


def test_a_new_date_ends_the_putting_off(told, milestone, person, smtp):
    acts.snooze(told, dt.date(2026, 11, 27), by=person, now=NOW)
    projects.re_date_milestone(milestone, dt.date(2026, 11, 28), "测试改期", by=person, now=NOW)

    services.run_due(at(TOMORROW))

    assert len(smtp.messages) == 2


def test_before_its_date_a_reminder_is_put_off_to_that_date_at_most_and_later_by_three_working_days():
    days = Calendar()

    last = [
        acts.latest_snooze(due, today=TODAY, days=days)
        for due in (dt.date(2026, 11, 27), dt.date(2026, 11, 28), TODAY, dt.date(2026, 10, 30))
    ]

    friday = dt.date(2026, 11, 27)
    assert last == [friday, friday, friday, friday]  # 28th is a Saturday; from Tuesday three working days end on Friday


def test_only_working_days_are_offered_and_the_last_possible_one_always():
    offered = acts.snooze_days(dt.date(2027, 1, 29), today=TODAY, days=Calendar())

    assert len(offered) == acts.CHOICES + 1
    assert all(Calendar().is_working_day(day) for day in offered)
    assert (offered[0], offered[-1]) == (TOMORROW, dt.date(2027, 1, 29))


@pytest.mark.parametrize(
    ("until_on", "expected"),
    [(TODAY, "past"), (dt.date(2026, 11, 28), "far"), (dt.date(2027, 1, 4), "far")],
)
def test_a_day_that_cannot_be_is_refused_and_the_last_one_named(told, person, until_on, expected):
    with pytest.raises(ValidationError) as error:
        acts.snooze(told, until_on, by=person, now=NOW)

    assert code(error) == expected


def test_a_day_off_is_refused(person):
    milestone = MilestoneFactory(due_on=dt.date(2026, 12, 4), responsible=person)
    row = ReminderFactory(recipient=person, subject=milestone, due_on=milestone.due_on)

    with pytest.raises(ValidationError) as error:
        acts.snooze(row, dt.date(2026, 11, 28), by=person, now=NOW)

    assert code(error) == "working_day"


def test_only_the_recipient_acts(person):
    row = ReminderFactory()

    for act in (lambda: acts.acknowledge(row, by=person, now=NOW), lambda: acts.snooze(row, TOMORROW, by=person, now=NOW)):
        with pytest.raises(ValidationError) as error:
            act()
        assert code(error) == "not_yours"


def test_acknowledging_is_noted_once_and_reads_the_reminder(person):
    row = ReminderFactory(recipient=person)

    acts.acknowledge(row, by=person, now=NOW)
    acts.acknowledge(row, by=person, now=NOW + dt.timedelta(hours=1))

    row.refresh_from_db()
    assert (row.acknowledged_at, row.read_at) == (NOW, NOW)
    assert AuditEvent.objects.filter(action="reminder.acknowledged").count() == 1


@pytest.mark.parametrize(
    ("relation", "recipient", "subject", "expected"),
    [
        ("handler", "responsible", MilestoneFactory, ["acknowledge", "snooze", "new_date", "done"]),
        ("follower", "responsible", MilestoneFactory, ["acknowledge", "snooze", "new_date", "done"]),
        ("handler", "responsible", FollowUpFactory, ["acknowledge", "snooze", "done"]),
        ("head", "head", MilestoneFactory, ["acknowledge", "snooze"]),
        ("manager", "manager", MilestoneFactory, ["acknowledge", "snooze"]),
        ("leader", "leader", MilestoneFactory, ["acknowledge"]),
    ],
)
def test_what_is_offered_follows_from_the_part_of_the_reader(relation, recipient, subject, expected):
    row = ReminderFactory(relation=relation, rule=ReminderRuleFactory(recipient=recipient), subject=subject())

    assert acts.offered(row) == expected


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "done", "completed_on": TODAY}, "已完成"),
        ({"due_on": TODAY + dt.timedelta(days=40)}, "计划日期已由"),
        ({"deleted_at": NOW}, "已删除"),
    ],
)
def test_a_reminder_about_something_that_ended_says_so(person, change, words):
    milestone = MilestoneFactory(due_on=TODAY)
    row = ReminderFactory(recipient=person, subject=milestone)
    for name, value in change.items():
        setattr(milestone, name, value)
    milestone.save()

    row = Reminder.objects.with_subjects().get(pk=row.pk)

    assert words in acts.ended(row, today=TODAY)


def test_a_cancelled_reminder_says_so(person):
    row = ReminderFactory(recipient=person, subject=MilestoneFactory(due_on=TODAY, responsible=person), status="cancelled")

    assert "已取消" in acts.ended(row, today=TODAY)


def test_a_reminder_about_something_that_went_to_somebody_else_says_to_whom(person):
    milestone = MilestoneFactory(due_on=TODAY, responsible=UserFactory(display_name="测试员接手"))
    row = ReminderFactory(recipient=person, subject=milestone, relation="handler")

    assert "已转给测试员接手" in acts.ended(Reminder.objects.with_subjects().get(pk=row.pk), today=TODAY)


def test_who_was_told_because_nobody_answers_for_it_still_acts(person):
    left = UserFactory(is_active=False)
    milestone = MilestoneFactory(due_on=TODAY, responsible=left, project__owner=left)
    row = ReminderFactory(recipient=person, subject=milestone, relation="follower")

    assert acts.ended(Reminder.objects.with_subjects().get(pk=row.pk), today=TODAY) == ""


def test_a_stand_in_acts_for_the_one_who_is_away(person):
    away = UserFactory()
    milestone = MilestoneFactory(due_on=TODAY, responsible=away)
    row = ReminderFactory(recipient=person, subject=milestone, relation="handler", on_behalf_of=away)

    assert acts.ended(Reminder.objects.with_subjects().get(pk=row.pk), today=TODAY) == ""
