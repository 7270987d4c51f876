"""Rules are edited by the manager, and nothing is saved before what it would send was shown."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from audit.models import AuditEvent
from core.working_days import Calendar
from crm import seeding
from outbox.models import Message
from reminders.models import Reminder, ReminderRule
from tests.factories import NOW, MilestoneFactory, ReminderRuleFactory, UserFactory

pytestmark = pytest.mark.django_db
ADD = reverse("admin:reminders_reminderrule_add")


@pytest.fixture
def client():
    return signed_in("manager")


@pytest.fixture
def rule():
    """A rule of the seed, as the seed has it."""
    fields = next(row["fields"] for row in seeding.Loader(seeding.REFERENCE).rows() if row["key"] == "RULE.milestone_3_before")
    return ReminderRuleFactory(**fields)


@pytest.fixture
def milestone():
    """Due in two weeks, on a working day."""
    day = Calendar().next_working_day(timezone.localdate() + dt.timedelta(days=14))
    return MilestoneFactory(due_on=day, confirmed_at=NOW - dt.timedelta(days=300))


def signed_in(role: str) -> Client:
    roles.sync_groups()
    client = Client()
    client.force_login(UserFactory(roles=[role]))
    return client


def page(rule) -> str:
    return reverse("admin:reminders_reminderrule_change", args=[rule.pk])


def typed(client, rule, **changes):
    form = client.get(page(rule)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    values |= {"key_only": {True: "true", False: "false", None: "unknown"}[values["key_only"]]} | changes
    return {name: value for name, value in values.items() if value not in (None, False)} | {"_save": "1"}


def confirmed(client, address, answer):
    """Send the page of the preview as its button does."""
    values = dict(answer.context["typed"]) | {"preview_seen": answer.context["seen"], "_save": "1"}
    return client.post(address, values, follow=True)


def test_saving_shows_the_preview_first_and_saves_only_when_confirmed(client, rule, milestone):
    answer = client.post(page(rule), typed(client, rule, offset=-7))
    before = ReminderRule.objects.get().offset

    confirmed(client, page(rule), answer)

    assert (before, ReminderRule.objects.get().offset) == (-3, -7)
    assert (answer.context["preview"].added, answer.context["preview"].gone) == (1, 1)
    assert milestone.name in answer.content.decode()


def test_a_preview_neither_saves_nor_sends_nor_records(client, rule, milestone):
    client.post(page(rule), typed(client, rule, offset=-7))

    assert ReminderRule.objects.get().version == rule.version
    assert not Reminder.objects.exists()
    assert not Message.objects.exists()
    assert not AuditEvent.objects.exists()


def test_only_looking_shows_the_preview_even_of_no_change(client, rule):
    answer = client.post(page(rule), typed(client, rule) | {"_preview": "1"})

    assert "今后 30 天里没有变化" in answer.content.decode()


def test_what_was_confirmed_is_recorded_with_its_author(client, rule):
    confirmed(client, page(rule), client.post(page(rule), typed(client, rule, offset=-7)))

    event = AuditEvent.objects.get(action="reminderrule.changed")
    assert event.changes["form"] == [{"changed": {"fields": ["天数"]}}]
    assert ReminderRule.objects.get().updated_by is not None


def test_another_value_than_the_one_shown_is_shown_again(client, rule):
    answer = client.post(page(rule), typed(client, rule, offset=-7))
    values = dict(answer.context["typed"]) | {"preview_seen": answer.context["seen"], "offset": "-9"}

    again = client.post(page(rule), values)

    assert "seen" in again.context
    assert ReminderRule.objects.get().offset == -3


def test_a_new_rule_is_previewed_too(client, milestone):
    values = {"code": "test_new", "subject": "milestone", "offset": "-7", "day_kind": "calendar", "key_only": "unknown"}
    values |= {"recipient": "responsible", "enabled": "on"}

    answer = client.post(ADD, values)
    confirmed(client, ADD, answer)

    assert answer.context["preview"].added == 1
    assert ReminderRule.objects.get().code == "test_new"


def test_a_rule_goes_back_to_its_default_by_way_of_the_preview(client, rule):
    ReminderRule.objects.update(offset=-9, urgent=True, key_only=None)
    shown = client.get(page(rule)).content.decode()

    answer = client.post(page(rule), typed(client, rule) | {"_default": "1"})
    confirmed(client, page(rule), answer)

    row = ReminderRule.objects.get()
    assert 'name="_default"' in shown
    assert (row.offset, row.urgent, row.key_only, row.enabled) == (-3, False, False, True)
    assert 'name="_default"' not in client.get(page(rule)).content.decode()


def test_code_and_subject_of_a_rule_stay(client, rule):
    form = client.get(page(rule)).context["adminform"].form

    assert {"code", "subject"}.isdisjoint(form.fields)


@pytest.mark.parametrize(("role", "allowed"), [("manager", True), ("sysadmin", True), ("head", False), ("officer", False)])
def test_the_manager_and_the_system_administrator_change_rules(role, allowed, rule):
    client = signed_in(role)

    answer = client.post(page(rule), {"offset": "-7", "day_kind": "calendar", "recipient": "responsible", "_save": "1"})

    assert (answer.status_code == 200) == allowed
    assert ReminderRule.objects.get().offset == -3


def test_nobody_but_the_system_administrator_deletes_a_rule(rule):
    address = reverse("admin:reminders_reminderrule_delete", args=[rule.pk])

    assert signed_in("manager").get(address).status_code == 403


# What makes no sense


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"offset": 400}, "offset", "far"),
        ({"offset": 0, "recipient": "leader"}, "offset", "draft"),
        ({"offset": -5, "recipient": "patron"}, "offset", "draft"),
        ({"offset": 7, "recipient": "leader", "urgent": True}, "urgent", "urgent"),
        ({"offset": -1, "subject": "silent_project"}, "offset", "before"),
        ({"subject": "follow_up", "key_only": True}, "key_only", "key_only"),
        ({"code": "Not good"}, "code", "code"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(changes, field, code):
    rule = ReminderRule(**{"code": "test_new", "subject": "milestone", "offset": 1, "recipient": "responsible"} | changes)

    with pytest.raises(ValidationError) as error:
        rule.full_clean()

    assert {name: found[0].code for name, found in error.value.error_dict.items()} == {field: code}


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, True),
        ({"key_only": True}, True),
        ({"day_kind": "working"}, False),
        ({"recipient": "head"}, False),
        ({"enabled": False}, False),
    ],
)
def test_a_rule_that_says_what_another_says_is_refused(changes, refused):
    ReminderRuleFactory(code="test_first", offset=2)
    rule = ReminderRule(**{"code": "test_new", "subject": "milestone", "offset": 2, "recipient": "responsible"} | changes)

    try:
        rule.full_clean()
        found = ""
    except ValidationError as error:
        found = error.message_dict["recipient"][0]

    assert ("test_first" in found) == refused


def test_every_default_rule_makes_sense():
    for row in seeding.Loader(seeding.REFERENCE).rows():
        if row["model"] == "reminders.ReminderRule":
            ReminderRule(**row["fields"]).full_clean()
            ReminderRuleFactory(**row["fields"])

    assert ReminderRule.objects.count() > 30


def test_a_refusal_stands_on_the_form_and_keeps_what_was_typed(client, rule):
    answer = client.post(page(rule), typed(client, rule, offset=400))

    assert "天数在 -366 与 366 之间" in answer.content.decode()
    assert 'value="400"' in answer.content.decode()
