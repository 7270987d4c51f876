"""Who is away is not bothered and not forgotten: somebody who is there hears instead, and knows for whom."""

import pytest

from projects import services as projects
from reminders import services
from reminders.models import Reminder
from tests.factories import MilestoneFactory, ProjectFactory, ReminderRuleFactory, UserFactory
from tests.reminders.days import at, day, planned
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
LONG_AGO = at("2026-01-05T09:00")
FRIDAY = at("2026-11-27T09:00")


@pytest.fixture(autouse=True)
def on_the_day():
    return ReminderRuleFactory(code="on_day", subject="milestone", offset=0)


@pytest.fixture
def head():
    return UserFactory(roles=["head"])


def away(user, *, deputy=None, since="2026-11-26", until="2026-11-30"):
    user.away_from_on, user.away_until_on, user.deputy = since and day(since), until and day(until), deputy
    user.save()
    return user


def due(**columns):
    return MilestoneFactory(due_on=day("2026-11-27"), confirmed_at=LONG_AGO, **columns)


def heard(text: str) -> set:
    return {person for _rule, person, _due in planned(text)}


def test_the_deputy_hears_while_a_person_is_away_and_is_told_for_whom(head, smtp: SmtpSink):
    deputy = UserFactory(roles=["officer"])
    officer = away(UserFactory(roles=["officer"], display_name="测试员甲"), deputy=deputy)
    due(project__owner=officer)

    services.run_due(FRIDAY)

    assert smtp.recipients == [deputy.email]
    assert "代 测试员甲（离岗）：请跟办" in smtp.messages[0].email.get_body(("plain",)).get_content()
    assert Reminder.objects.get().on_behalf_of == officer


def test_whoever_comes_back_hears_of_what_is_still_open(smtp: SmtpSink):
    deputy = UserFactory(roles=["officer"])
    officer = away(UserFactory(roles=["officer"]), deputy=deputy)
    due(project__owner=officer)
    services.run_due(FRIDAY)
    smtp.clear()

    services.run_due(at("2026-11-30T09:00"))
    still_away = smtp.recipients
    services.run_due(at("2026-12-01T09:00"))

    assert still_away == []
    assert smtp.recipients == [officer.email]


def test_whoever_comes_back_hears_nothing_of_what_was_done_meanwhile(smtp: SmtpSink):
    deputy = UserFactory(roles=["officer"])
    officer = away(UserFactory(roles=["officer"]), deputy=deputy)
    row = due(project__owner=officer)
    services.run_due(FRIDAY)
    projects.waive_milestone(row, "测试不适用", by=officer, now=FRIDAY)
    smtp.clear()

    services.run_due(at("2026-12-01T09:00"))

    assert smtp.recipients == []


@pytest.mark.parametrize("why", ["none", "away", "inactive", "himself"])
def test_without_a_deputy_who_is_there_the_head_of_the_department_hears(head, why):
    officer = UserFactory(roles=["officer"], department=head.department)
    deputies = {
        "none": lambda: None,
        "away": lambda: away(UserFactory(roles=["officer"]), deputy=UserFactory(roles=["officer"])),
        "inactive": lambda: UserFactory(roles=["officer"], is_active=False),
        "himself": lambda: officer,
    }
    away(officer, deputy=deputies[why]())
    due(project__owner=officer)

    assert heard("2026-11-27") == {head.pk}


def test_two_who_stand_in_for_each_other_do_not_make_a_loop(head):
    one, other = UserFactory(department=head.department), UserFactory(department=head.department)
    away(one, deputy=other)
    away(other, deputy=one)
    due(project__owner=one)

    assert heard("2026-11-27") == {head.pk}


def test_the_head_of_a_department_who_is_away_is_replaced_by_the_manager():
    manager = UserFactory(roles=["manager"])
    head = away(UserFactory(roles=["head"]))
    due(project__owner=head)

    assert heard("2026-11-27") == {manager.pk}


def test_when_nobody_is_there_the_person_hears_himself():
    officer = away(UserFactory(roles=["officer"]))
    due(project__owner=officer)

    assert heard("2026-11-27") == {officer.pk}


def test_a_deputy_who_has_a_part_of_his_own_hears_once_and_in_his_own_name():
    deputy = UserFactory(roles=["officer"])
    officer = away(UserFactory(roles=["officer"]), deputy=deputy)
    due(project__owner=deputy, responsible=officer)

    services.plan(FRIDAY)

    row = Reminder.objects.get()
    assert (row.recipient, row.on_behalf_of, row.relation) == (deputy, None, "follower")


def test_a_deputy_who_takes_the_project_over_reads_it_as_his_own():
    deputy = UserFactory(roles=["officer"])
    officer = away(UserFactory(roles=["officer"]), deputy=deputy)
    row = due(project=ProjectFactory(owner=officer))
    services.plan(FRIDAY)
    row.project.owner = deputy
    row.project.save()

    services.plan(FRIDAY)

    assert Reminder.objects.get(recipient=deputy).on_behalf_of is None


@pytest.mark.parametrize(
    ("since", "until", "there"),
    [
        ("2026-11-27", "2026-11-27", False),
        ("2026-11-20", "2026-11-26", True),
        ("2026-11-28", "2026-12-05", True),
        ("2026-11-01", None, False),
        (None, "2026-11-27", False),
        (None, None, True),
    ],
)
def test_a_person_is_away_from_the_first_to_the_last_day_he_named(since, until, there):
    deputy = UserFactory(roles=["officer"])
    officer = away(UserFactory(roles=["officer"]), deputy=deputy, since=since, until=until)
    due(project__owner=officer)

    assert heard("2026-11-27") == {officer.pk if there else deputy.pk}


def test_a_draft_for_a_leader_who_is_away_stays_his(on_the_day):
    ReminderRuleFactory(code="to_leader", subject="milestone", offset=0, recipient="leader")
    leader = away(UserFactory(roles=["leader"]), deputy=UserFactory(roles=["officer"]))
    officer = UserFactory(roles=["officer"])
    due(project__owner=officer)

    services.plan(FRIDAY)

    assert Reminder.objects.get(draft=True).recipient == leader
