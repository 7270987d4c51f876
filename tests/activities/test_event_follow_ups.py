"""After an event (M-E): its next steps are made once, on the day after it ended, in working days where the template says so."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities import services
from activities.models import FollowUp
from audit.models import AuditEvent
from core import services as core
from projects.models import MilestoneTemplate
from reminders import services as reminders
from reminders.models import Reminder, Trouble
from tests.factories import NOW, EventFactory, ReminderRuleFactory, UserFactory
from tests.reference import load_reference
from tests.reminders.days import at, day

pytestmark = pytest.mark.django_db
THE_DAY_AFTER = day("2026-09-24")  # a Thursday before the Mid-Autumn holiday


@pytest.fixture(autouse=True)
def template():
    load_reference()
    return MilestoneTemplate.objects.get(code="M-E")


def ended(**columns):
    return EventFactory(**{"starts_on": day("2026-09-22"), "ends_on": day("2026-09-23"), "status": "held"} | columns)


def test_the_steps_of_m_e_follow_an_event_on_the_day_after_it_ended_and_not_before():
    event = ended()

    services.follow_up_events(today=day("2026-09-23"))
    before = FollowUp.objects.count()
    services.follow_up_events(today=THE_DAY_AFTER)

    rows = FollowUp.objects.filter(event=event).order_by("due_on", "pk")
    assert before == 0
    assert [(row.title.partition(" · ")[2], str(row.due_on)) for row in rows] == [
        ("出纪要与客商名单", "2026-09-29"),  # three working days: Thursday, Monday, Tuesday; Friday is a holiday
        ("分派线索", "2026-09-30"),
        ("首次回访", "2026-10-08"),
        ("回访率通报", "2026-10-23"),
        ("签约转化复盘", "2026-12-22"),
    ]
    assert {row.assignee for row in rows} == {event.owner}
    assert {row.department for row in rows} == {event.department}


def test_ten_rounds_make_the_steps_once_and_a_later_round_makes_up_for_missed_days():
    ended()

    for _n in range(10):
        services.follow_up_events(today=day("2026-10-23"))

    assert FollowUp.objects.count() == 5
    assert AuditEvent.objects.filter(action="event.template_applied").count() == 1


def test_steps_that_somebody_deleted_are_not_made_again():
    event = ended()
    services.follow_up_events(today=THE_DAY_AFTER)
    for row in FollowUp.objects.all():
        core.delete(row, by=event.owner, now=NOW)

    services.follow_up_events(today=THE_DAY_AFTER)

    assert FollowUp.objects.count() == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "cancelled"},
        {"kind": "meeting"},
        {"origin": "press"},
        {"origin": "imported"},
        {"starts_on": day("2026-08-20"), "ends_on": day("2026-08-24")},
        {"starts_on": None, "ends_on": None},
        {"starts_on": day("2026-09-01"), "starts_on_precision": "month", "ends_on": None},
    ],
    ids=["cancelled", "no guests", "press", "imported", "long ago", "no date", "vague date"],
)
def test_nothing_follows(columns):
    ended(**columns)

    services.follow_up_events(today=THE_DAY_AFTER)

    assert FollowUp.objects.count() == 0


def test_a_part_of_an_event_is_followed_up_with_the_whole_of_it():
    ended(parent=ended())

    services.follow_up_events(today=THE_DAY_AFTER)

    assert FollowUp.objects.count() == 5


def test_a_round_that_finds_nothing_asks_the_same_for_two_and_for_twenty_events():
    queries = []
    for count in (2, 18):
        for _n in range(count):
            ended()
        services.follow_up_events(today=THE_DAY_AFTER)
        with CaptureQueriesContext(connection) as asked:
            services.follow_up_events(today=THE_DAY_AFTER)
        queries.append(len(asked))

    assert queries == [2, 2]


def test_the_template_is_applied_to_an_event_once(template):
    event = ended()
    services.apply_event_template(event, template, base_on=event.ends_on, by=event.owner)

    with pytest.raises(ValidationError, match="已套用"):
        services.apply_event_template(event, template, base_on=event.ends_on, by=event.owner)


def test_a_step_without_an_owner_is_told_to_the_head_of_the_department():
    head = UserFactory(roles=["head"])
    ended(owner=None, department=head.department)

    reminders.plan(at("2026-09-29T09:00"))

    assert list(Reminder.objects.values_list("recipient", flat=True)) == [head.pk]


def test_one_event_that_fails_is_named_and_the_others_get_their_steps(monkeypatch):
    ReminderRuleFactory(code="other", subject="follow_up", offset=0)
    bad, good = ended(), ended()
    apply = services.event_follow_ups.apply_event_template

    def failing(event, *args, **options):
        if event == bad:
            raise ValueError("测试错误")
        return apply(event, *args, **options)

    monkeypatch.setattr(services.event_follow_ups, "apply_event_template", failing)
    reminders.plan(at("2026-09-24T09:00"))

    assert set(FollowUp.objects.values_list("event", flat=True)) == {good.pk}
    assert Trouble.objects.get().subject == bad
