"""One bad rule, subject or template leaves every other reminder alone, and stands where a person can mend it."""

import datetime as dt

import pytest
from django.template import TemplateSyntaxError
from django.test import Client
from django.urls import reverse

from core import services as core
from crm import seeding
from outbox.models import Message
from reminders import emails, services, troubles
from reminders.models import Pilot, Reminder, ReminderRule, Trouble
from reminders.subjects import People, orders
from tests.factories import (
    DirectiveFactory,
    FollowUpFactory,
    MilestoneFactory,
    ProjectFactory,
    ReminderRuleFactory,
    TroubleFactory,
    UserFactory,
)
from tests.reminders.days import at, day
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
LONG_AGO = at("2026-01-05T09:00")
FRIDAY = at("2026-11-27T09:00")
MONDAY = at("2026-11-30T09:00")


@pytest.fixture
def officer():
    ReminderRuleFactory(code="on_day", subject="milestone", offset=0)
    return UserFactory(roles=["officer"])


def due(officer, **columns):
    return MilestoneFactory(**{"project__owner": officer, "due_on": day("2026-11-27"), "confirmed_at": LONG_AGO} | columns)


def told(smtp: SmtpSink) -> str:
    return smtp.messages[0].email.get_body(("plain",)).get_content()


def kept_troubles() -> list:
    return list(Trouble.objects.values_list("kind", "key"))


# A rule with no recipient


def test_a_rule_without_any_recipient_is_named_and_the_others_speak(officer, smtp: SmtpSink):
    rule = ReminderRuleFactory(code="to_manager", subject="milestone", offset=0, recipient="manager")
    row = due(officer)

    services.run_due(FRIDAY)

    found = Trouble.objects.get()
    assert smtp.recipients == [officer.email]
    assert (found.kind, found.rule) == ("nobody", rule)
    assert row.project.name in found.text
    assert "招商中心负责人" in found.text


def test_a_rule_without_any_recipient_is_forgotten_once_there_is_one(officer):
    ReminderRuleFactory(code="to_manager", subject="milestone", offset=0, recipient="manager")
    due(officer)
    services.plan(FRIDAY)
    before = kept_troubles()

    UserFactory(roles=["manager"])
    services.plan(FRIDAY)

    assert before == [("nobody", "nobody|to_manager")]
    assert kept_troubles() == []


def test_the_same_troubles_are_written_once(officer):
    ReminderRuleFactory(code="to_manager", subject="milestone", offset=0, recipient="manager")
    due(officer)
    services.plan(FRIDAY)
    first = Trouble.objects.get()

    services.plan(MONDAY)

    assert (Trouble.objects.get().pk, Trouble.objects.get().seen_at) == (first.pk, FRIDAY)


# A rule with an error


def test_a_rule_that_cannot_be_reckoned_with_is_named_and_the_others_speak(officer, smtp: SmtpSink):
    bad = ReminderRuleFactory(code="bad", subject="milestone", offset=-3, day_kind="weekly")
    due(officer)

    services.run_due(FRIDAY)

    assert smtp.recipients == [officer.email]
    assert [(row.kind, row.rule) for row in Trouble.objects.all()] == [("rule", bad)]


def test_what_waits_of_a_rule_that_broke_is_not_cancelled(officer):
    due(officer)
    services.plan(FRIDAY)

    ReminderRule.objects.filter(code="on_day").update(day_kind="weekly")
    services.plan(FRIDAY)

    assert Reminder.objects.get().status == "pending"


# A subject with an error, and a kind of subjects that cannot be read


def test_a_subject_that_cannot_be_reckoned_with_is_named_and_the_others_are_told(officer, smtp: SmtpSink, monkeypatch):
    bad, good = due(officer), due(officer)
    hearers = People.hearers

    def failing(self, due, rule):
        if due.subject.pk == bad.pk:
            raise ValueError("测试错误")
        return hearers(self, due, rule)

    monkeypatch.setattr(People, "hearers", failing)
    services.run_due(FRIDAY)

    found = Trouble.objects.get()
    assert (found.kind, found.subject) == ("subject", bad)
    assert good.project.name in told(smtp)
    assert bad.project.name not in told(smtp)


def test_a_kind_of_subjects_that_cannot_be_read_leaves_the_others_and_keeps_what_waits(officer, smtp: SmtpSink, monkeypatch):
    ReminderRuleFactory(code="order", subject="directive", offset=0)
    DirectiveFactory(owner=officer, due_on=day("2026-11-27"))
    services.plan(FRIDAY)
    row = due(officer)

    monkeypatch.setattr(orders.Directive.objects, "open", lambda: 1 / 0)
    services.plan(FRIDAY)

    assert [row.kind for row in Trouble.objects.all()] == ["source"]
    assert set(Reminder.objects.values_list("status", "rule__subject")) == {("pending", "directive"), ("pending", "milestone")}
    assert row.project_id


# Words and templates with an error


def test_a_line_that_cannot_be_worded_waits_and_the_other_lines_go_out(officer, smtp: SmtpSink, monkeypatch):
    bad, good = due(officer), due(officer)
    address = type(bad.project).get_absolute_url
    monkeypatch.setattr(
        type(bad.project), "get_absolute_url", lambda project: 1 / 0 if project.pk == bad.project_id else address(project)
    )

    services.run_due(FRIDAY)

    found = Trouble.objects.get()
    assert good.project.name in told(smtp)
    assert bad.project.name not in told(smtp)
    assert Reminder.objects.get(object_id=bad.pk).status == "pending"
    assert Reminder.objects.get(object_id=good.pk).status == "sent"
    assert (found.kind, found.subject) == ("subject", bad)

    monkeypatch.undo()
    services.run_due(MONDAY)
    assert Reminder.objects.get(object_id=bad.pk).status == "sent"
    assert kept_troubles() == []


def test_a_broken_html_template_lets_the_text_go_out(officer, smtp: SmtpSink, monkeypatch):
    due(officer)
    render = emails.render_to_string

    def broken(name, context):
        if name.endswith(".html"):
            raise TemplateSyntaxError("测试错误")
        return render(name, context)

    monkeypatch.setattr(emails, "render_to_string", broken)
    services.run_due(FRIDAY)

    assert smtp.messages[0].email.get_content_type() == "text/plain"
    assert kept_troubles() == [("wording", "wording|html")]


def test_a_template_that_breaks_for_one_person_leaves_the_others(officer, smtp: SmtpSink, monkeypatch):
    other = UserFactory(roles=["officer"])
    due(officer)
    due(other)
    render = emails.render_to_string

    def broken(name, context):
        if context["person"] == officer:
            raise TemplateSyntaxError("测试错误")
        return render(name, context)

    monkeypatch.setattr(emails, "render_to_string", broken)
    services.run_due(FRIDAY)
    first = smtp.recipients
    monkeypatch.undo()
    services.run_due(FRIDAY + dt.timedelta(minutes=1))

    assert first == [other.email]
    assert smtp.recipients == [other.email, officer.email]
    assert kept_troubles() == []


def test_a_trouble_of_a_digest_nobody_waits_for_any_more_is_forgotten(officer, monkeypatch):
    row = due(officer)
    monkeypatch.setattr(emails, "render_to_string", lambda name, context: 1 / 0)
    services.run_due(FRIDAY)
    before = kept_troubles()

    row.status, row.waived_reason = "waived", "测试不适用"
    row.save()
    services.run_due(FRIDAY)

    assert before == [("wording", f"person:{officer.pk}|digest")]
    assert kept_troubles() == []


# A step of the round


@pytest.mark.parametrize("step", ["plan", "compose", "compose_posts"])
def test_a_step_that_fails_holds_up_none_after_it(officer, smtp: SmtpSink, monkeypatch, step):
    due(officer)
    services.plan(FRIDAY)
    services.compose(FRIDAY)
    monkeypatch.setattr(services, step, lambda now: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        services.run_due(FRIDAY)

    assert smtp.recipients == [officer.email]
    assert Reminder.objects.get().status == "sent"


# A deleted project


def test_a_deleted_project_takes_its_reminders_with_it_and_no_others(officer, smtp: SmtpSink):
    ReminderRuleFactory(code="silent", subject="silent_project", offset=0)
    gone, kept = due(officer), due(officer)
    services.plan(FRIDAY)
    services.compose(FRIDAY)

    core.delete(gone.project, by=officer, now=FRIDAY)
    services.plan(FRIDAY)
    services.outbox.deliver(FRIDAY)

    assert kept.project.name in told(smtp)
    assert gone.project.name not in told(smtp)
    assert Trouble.objects.count() == 0


# Dates in 1900 and 2900


@pytest.mark.parametrize("year", [1, 1900])
def test_a_date_in_1900_is_told_to_the_responsible_and_to_nobody_above(officer, smtp: SmtpSink, year):
    ReminderRuleFactory(code="late", subject="milestone", offset=5, day_kind="working", recipient="manager")
    UserFactory(roles=["manager"])
    early = due(officer, due_on=dt.date(year, 3, 1))
    due(officer)

    services.run_due(FRIDAY)

    assert smtp.recipients == [officer.email]
    assert early.project.name in told(smtp)
    assert "日期可能有误，请核对" in told(smtp)
    assert [row for row, _on, _url in troubles.strange_dates(today=FRIDAY.date())] == [early]


def test_a_date_that_lies_before_all_time_is_named(officer, smtp: SmtpSink):
    ReminderRuleFactory(code="before", subject="milestone", offset=-15)
    bad = due(officer, due_on=dt.date(1, 1, 3))
    good = due(officer)

    services.run_due(FRIDAY)

    assert good.project.name in told(smtp)
    assert (Trouble.objects.get().kind, Trouble.objects.get().subject) == ("subject", bad)


@pytest.mark.parametrize("year", [2900, 9999])
def test_a_date_in_2900_stands_among_what_has_to_be_mended(officer, smtp: SmtpSink, year):
    far = due(officer, due_on=dt.date(year, 12, 31))
    order = DirectiveFactory(due_on=dt.date(year, 12, 31))
    held = ProjectFactory(status="on_hold", review_on=dt.date(year, 12, 31))
    due(officer)
    for subject in ("directive", "review"):
        ReminderRuleFactory(code=subject, subject=subject, offset=-60)

    services.run_due(FRIDAY)

    found = troubles.strange_dates(today=FRIDAY.date())
    assert smtp.recipients == [officer.email]
    assert {row for row, _on, _url in found} == {far, order, held}
    assert far.project.get_absolute_url() in {url for _row, _on, url in found}


# Line breaks


def test_a_subject_with_line_breaks_makes_one_line_and_no_header(officer, smtp: SmtpSink):
    ReminderRuleFactory(code="follow", subject="follow_up", offset=0)
    project = ProjectFactory(owner=officer, name="测试项目\r\nBcc: nobody@example.invalid\n二")
    due(officer, project=project, name="节\n点")
    FollowUpFactory(owner=officer, due_on=day("2026-11-27"), title="测试\r\n\r\n待办")
    ReminderRule.objects.filter(code="on_day").update(code="on\r\nBcc: nobody@example.invalid")

    services.run_due(FRIDAY)

    mail = smtp.messages[0].email
    assert smtp.recipients == [officer.email]
    assert mail["Bcc"] is None
    assert "测试项目 Bcc: nobody@example.invalid 二 · 节 点" in told(smtp)
    assert "测试 待办" in told(smtp)
    assert Message.objects.get().status == "sent"


# Where it is mended


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_troubles_stand_on_one_page_with_the_way_to_mend_them(officer):
    manager = UserFactory(roles=["manager"])
    rule = ReminderRuleFactory(code="to_head", subject="milestone", offset=0, recipient="head")
    row = due(officer, due_on=dt.date(2900, 1, 1))
    due(officer)
    services.plan(FRIDAY)

    page = client_of(manager).get(reverse("desk:reminding")).content.decode()

    assert reverse("admin:reminders_reminderrule_change", args=[rule.pk]) in page
    assert row.project.get_absolute_url() in page
    assert "2900-01-01" in page


def test_the_page_of_a_rule_says_what_is_wrong_with_it(officer):
    rule = ReminderRuleFactory(code="to_head", subject="milestone", offset=0, recipient="head")
    TroubleFactory(rule=rule, text="测试：没有任何人可收")
    sysadmin = UserFactory(roles=["sysadmin"])
    seeding.sync_roles()

    page = client_of(sysadmin).get(reverse("admin:reminders_reminderrule_change", args=[rule.pk])).content.decode()

    assert "测试：没有任何人可收" in page


def test_the_manager_begins_and_ends_a_trial_on_the_page_and_others_may_not(officer):
    manager = UserFactory(roles=["manager"])
    sysadmin = client_of(UserFactory(roles=["sysadmin"]))
    client = client_of(manager)

    begun = client.post(reverse("desk:start_pilot"), follow=True).content.decode()
    watched = sysadmin.get(reverse("desk:reminding")).content.decode()
    refused = [
        client_of(officer).get(reverse("desk:reminding")).status_code,
        sysadmin.post(reverse("desk:start_pilot")).status_code,
        client.get(reverse("desk:start_pilot")).status_code,
    ]
    pilot = Pilot.objects.get()
    ended = client.post(reverse("desk:stop_pilot", args=[pilot.pk]), follow=True).content.decode()

    assert "正在试运行" in begun
    assert "正在试运行" in watched
    assert "提前结束，转为正式" not in watched
    assert refused == [403, 403, 405]
    assert "没有在试运行" in ended


def test_the_page_asks_the_same_for_two_and_for_twenty_troubles(officer, django_assert_max_num_queries):
    manager = UserFactory(roles=["manager"])
    for _n in range(20):
        row = due(officer, due_on=dt.date(2900, 1, 1))
        TroubleFactory(kind="subject", rule=ReminderRuleFactory(), subject=row)
    client = client_of(manager)
    client.get(reverse("desk:reminding"))

    with django_assert_max_num_queries(24):
        client.get(reverse("desk:reminding"))
