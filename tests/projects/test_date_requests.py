"""A new date is asked for, answered by whoever may move the milestone, and told to the one who asked."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Share
from audit import changesets
from audit.models import AuditEvent
from outbox import services as outbox
from outbox.models import Message
from projects import services
from projects.models import DateRequest
from tests.factories import NOW, TODAY, DateRequestFactory, MilestoneFactory, ProjectFactory, ShareFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(days=30)


@pytest.fixture
def handler():
    return UserFactory(roles=["liaison"])


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"])


@pytest.fixture
def milestone(handler):
    return MilestoneFactory(responsible=handler)


def code(error) -> str:
    wrong = error.value
    return next(iter(wrong.error_dict.values()))[0].code if hasattr(wrong, "error_dict") else wrong.code


def test_asking_moves_nothing_and_leaves_a_trace(milestone, handler):
    row = services.ask_new_date(milestone, LATER, "测试原因", by=handler, now=NOW)

    milestone.refresh_from_db()
    assert (row.status, row.old_due_on, row.wanted_on) == ("asked", milestone.due_on, LATER)
    assert AuditEvent.objects.filter(action="milestone.new_date_asked").count() == 1


@pytest.mark.parametrize(
    ("wanted_on", "reason", "expected"),
    [
        (TODAY - dt.timedelta(days=1), "测试原因", "past"),
        (TODAY + dt.timedelta(days=7), "测试原因", "same"),
        (dt.date(2900, 1, 1), "测试原因", "far"),
        (LATER, "  ", "reason"),
        (LATER, "长" * 201, "too_long"),
    ],
)
def test_a_date_that_makes_no_sense_is_refused_and_a_reason_is_wanted(milestone, handler, wanted_on, reason, expected):
    with pytest.raises(ValidationError) as error:
        services.ask_new_date(milestone, wanted_on, reason, by=handler, now=NOW)

    assert code(error) == expected
    assert not DateRequest.objects.exists()


def test_a_person_waits_for_one_answer_at_a_time(milestone, handler):
    services.ask_new_date(milestone, LATER, "测试原因", by=handler, now=NOW)

    with pytest.raises(ValidationError) as error:
        services.ask_new_date(milestone, LATER, "测试再申请", by=handler, now=NOW)

    assert code(error) == "waiting"


def test_nothing_is_asked_about_a_milestone_that_was_reached(handler):
    done = MilestoneFactory(responsible=handler, status="done", completed_on=TODAY)

    with pytest.raises(ValidationError) as error:
        services.ask_new_date(done, LATER, "测试原因", by=handler, now=NOW)

    assert code(error) == "status"


def test_accepting_moves_the_milestone_with_the_reason_and_tells_the_one_who_asked(milestone, handler, manager, smtp):
    row = services.ask_new_date(milestone, LATER, "等待批文", by=handler, now=NOW)

    services.accept_new_date(row, by=manager, now=NOW, answer="同意")
    outbox.deliver(NOW + dt.timedelta(minutes=6))

    milestone.refresh_from_db()
    row.refresh_from_db()
    assert (milestone.due_on, row.status, row.answered_by) == (LATER, "accepted", manager)
    assert milestone.revisions.get().reason == f"应{handler}申请：等待批文"
    assert smtp.recipients == [handler.email]
    assert str(LATER) in smtp.messages[0].email.get_content()


def test_declining_keeps_the_date_says_why_and_tells_the_one_who_asked(milestone, handler, manager, smtp):
    row = services.ask_new_date(milestone, LATER, "测试原因", by=handler, now=NOW)

    with pytest.raises(ValidationError) as error:
        services.decline_new_date(row, " ", by=manager, now=NOW)
    services.decline_new_date(row, "请先报方案", by=manager, now=NOW)
    outbox.deliver(NOW + dt.timedelta(minutes=6))

    before = milestone.due_on
    milestone.refresh_from_db()
    assert code(error) == "answer"
    assert milestone.due_on == before
    assert "请先报方案" in smtp.messages[0].email.get_content()


def test_an_answer_that_was_taken_back_is_told_to_nobody(milestone, handler, manager, smtp):
    row = services.ask_new_date(milestone, LATER, "测试原因", by=handler, now=NOW)
    changeset = changesets.open("date_request", by=manager, now=NOW)
    services.accept_new_date(row, by=manager, now=NOW, into=changeset)

    changesets.undo(changeset, by=manager, now=NOW)
    outbox.deliver(NOW + dt.timedelta(minutes=6))

    row.refresh_from_db()
    before = milestone.due_on
    milestone.refresh_from_db()
    assert (row.status, milestone.due_on) == ("asked", before)
    assert smtp.messages == []
    assert Message.objects.get().status == "cancelled"


def test_a_second_answer_is_refused(milestone, handler, manager):
    row = services.ask_new_date(milestone, LATER, "测试原因", by=handler, now=NOW)
    services.accept_new_date(row, by=manager, now=NOW)

    with pytest.raises(ValidationError) as error:
        services.decline_new_date(row, "测试", by=UserFactory(roles=["manager"]), now=NOW)

    assert code(error) == "answered"


def test_only_the_one_who_asked_withdraws(milestone, handler, manager):
    row = services.ask_new_date(milestone, LATER, "测试原因", by=handler, now=NOW)

    with pytest.raises(ValidationError) as error:
        services.withdraw_request(row, by=manager)
    services.withdraw_request(row, by=handler)

    assert code(error) == "not_yours"
    assert not DateRequest.objects.waiting().exists()


def test_a_person_without_an_address_is_told_on_the_page_only(manager):
    handler = UserFactory(roles=["liaison"], email="")
    row = services.ask_new_date(MilestoneFactory(responsible=handler), LATER, "测试原因", by=handler, now=NOW)

    services.accept_new_date(row, by=manager, now=NOW)

    assert not Message.objects.exists()
    assert DateRequest.objects.visible_to(handler).get().status == "accepted"


def test_who_may_move_a_milestone_answers_and_nobody_else(manager):
    owner, head, member, stranger = (UserFactory(roles=[role]) for role in ("officer", "head", "officer", "officer"))
    project = ProjectFactory(owner=owner, department=head.department)
    row = DateRequestFactory(milestone__project=project)
    ShareFactory(user=member, target=project, level=Share.Level.EDIT)
    ShareFactory(user=stranger, target=project, level=Share.Level.VIEW)

    may = [user for user in (owner, head, member, manager, stranger, row.asked_by) if DateRequest.objects.answered_by(user)]

    assert may == [owner, head, member, manager]


def test_a_request_is_seen_by_who_sees_the_project_and_by_who_asked():
    officer, stranger = UserFactory(roles=["officer"]), UserFactory(roles=["officer"])
    row = DateRequestFactory(milestone__project__owner=officer)

    seen = [user for user in (officer, row.asked_by, stranger) if DateRequest.objects.visible_to(user)]

    assert seen == [officer, row.asked_by]
