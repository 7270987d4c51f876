"""Every kind of subject: when it is due, who hears of it, what ends it, and that many cost what few cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import Directive, FollowUp, Interaction
from companies.models import Qualification
from core.periods import week_of
from outbox.models import Message
from projects import services as projects
from projects.models import Agreement, Commitment, Evidence, ProgressReport, Project, Told
from reminders import composing, services
from reminders.models import Reminder, ReminderRule
from reminders.subjects import SOURCES
from tests.factories import (
    AgreementFactory,
    CommitmentFactory,
    CompanyFactory,
    DepartmentFactory,
    DirectiveFactory,
    EvidenceFactory,
    FollowUpFactory,
    InteractionFactory,
    MilestoneFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectMemberFactory,
    QualificationFactory,
    ReminderRuleFactory,
    UserFactory,
)
from tests.reference import load_reference
from tests.reminders.days import at, day, days_of, planned
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
LONG_AGO = at("2026-01-05T09:00")
FRIDAY = at("2026-11-27T09:00")


def rule(subject: str, offset: int = 0, recipient: str = "responsible", **columns: object) -> ReminderRule:
    return ReminderRuleFactory(
        code=f"{subject}_{offset}_{recipient}", subject=subject, offset=offset, recipient=recipient, **columns
    )


@pytest.fixture
def officer():
    return UserFactory(roles=["officer"])


def entered(text: str, **columns: object) -> Project:
    """A project that has been in the books since a day."""
    project = ProjectFactory(**columns)
    Project.objects.filter(pk=project.pk).update(created_at=at(f"{text}T09:00"))
    project.refresh_from_db()
    return project


# Orders


def test_an_order_is_told_to_its_handler_and_to_whoever_gave_it(officer):
    rule("directive")
    order = DirectiveFactory(handler=officer, status="accepted", due_on=day("2026-11-27"))

    told = planned("2026-11-27")

    assert told == {("directive_0_responsible", who.pk, day("2026-11-27")) for who in (officer, order.owner)}


def test_an_overdue_order_goes_to_the_head_of_the_unit_that_works_on_it(officer):
    rule("directive", 3, "head", day_kind="working")
    unit = DepartmentFactory()
    head = UserFactory(roles=["head"], department=unit)
    DirectiveFactory(handler=officer, lead_unit=unit, status="accepted", due_on=day("2026-11-20"))

    assert planned("2026-11-24") == set()
    assert planned("2026-11-25") == {("directive_3_head", head.pk, day("2026-11-20"))}


def test_an_order_without_a_handler_is_told_to_those_who_sign_for_the_unit():
    rule("directive")
    unit = DepartmentFactory()
    liaison = UserFactory(roles=["liaison"], department=unit)
    order = DirectiveFactory(lead_unit=unit, due_on=day("2026-11-27"))

    told = {person for _rule, person, _due in planned("2026-11-27")}

    assert told == {liaison.pk, order.owner.pk}


@pytest.mark.parametrize("status", ["reported", "closed"])
def test_an_order_that_was_reported_or_closed_cancels_its_reminders(officer, status):
    rule("directive")
    order = DirectiveFactory(handler=officer, status="accepted", due_on=day("2026-11-27"))
    before = planned("2026-11-27")

    Directive.objects.filter(pk=order.pk).update(status=status)

    assert before
    assert planned("2026-11-27") == set()


def test_an_order_outlives_the_hold_of_its_project_and_not_its_end(officer):
    rule("directive")
    project = ProjectFactory(status="on_hold", review_on=day("2027-01-04"))
    DirectiveFactory(handler=officer, project=project, owner=officer, status="accepted", due_on=day("2026-11-27"))
    on_hold = planned("2026-11-27")

    Project.objects.filter(pk=project.pk).update(status="terminated", status_reason="测试终止")

    assert on_hold == {("directive_0_responsible", officer.pk, day("2026-11-27"))}
    assert planned("2026-11-27") == set()


# Papers and promises


def test_a_missing_paper_is_told_until_it_is_there(officer):
    rule("evidence", 1, day_kind="working")
    paper = EvidenceFactory(project=ProjectFactory(owner=officer), due_on=day("2026-11-26"))
    before = planned("2026-11-27")

    Evidence.objects.filter(pk=paper.pk).update(status="provided")

    assert before == {("evidence_1_responsible", officer.pk, day("2026-11-26"))}
    assert planned("2026-11-27") == set()


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_promise_of_either_side_is_told_sixty_thirty_and_seven_days_before_and_on_its_day(officer, side):
    for offset in (-60, -30, -7, 0):
        rule("commitment", offset)
    CommitmentFactory(project=ProjectFactory(owner=officer), side=side, due_on=day("2026-12-31"))

    found = [days_of(f"commitment_{offset}_responsible", "2026-10-25", "2026-12-31") for offset in (-60, -30, -7, 0)]

    assert found == [["2026-10-30"], ["2026-12-01"], ["2026-12-24"], ["2026-12-31"]]  # sixty days before is a Sunday


@pytest.mark.parametrize("status", ["kept", "broken", "withdrawn"])
def test_a_promise_that_was_settled_is_told_no_more(officer, status):
    rule("commitment")
    row = CommitmentFactory(project=ProjectFactory(owner=officer), due_on=day("2026-11-27"))
    before = planned("2026-11-27")

    Commitment.objects.filter(pk=row.pk).update(status=status)

    assert before
    assert planned("2026-11-27") == set()


def test_a_promise_that_waits_for_the_review_is_never_told_as_agreed(officer, smtp: SmtpSink):
    rule("commitment")
    CommitmentFactory(project=ProjectFactory(owner=officer), due_on=day("2026-11-27"), fair_review="pending")

    services.run_due(FRIDAY)

    text = smtp.messages[0].email.get_body(("plain",)).get_content()
    assert "待公平竞争审查，不得作为已商定事项" in text
    assert "请先办公平竞争审查" in text


# What expires


def test_an_agreement_is_told_sixty_thirty_and_seven_days_before_it_expires_and_on_the_day(officer):
    for offset in (-60, -30, -7, 0):
        rule("expiry", offset)
    AgreementFactory(project=ProjectFactory(owner=officer), valid_until_on=day("2026-12-31"))

    found = [days_of(f"expiry_{offset}_responsible", "2026-10-25", "2026-12-31") for offset in (-60, -30, -7, 0)]

    assert found == [["2026-10-30"], ["2026-12-01"], ["2026-12-24"], ["2026-12-31"]]


def test_an_agreement_that_was_terminated_or_superseded_expires_for_nobody(officer):
    rule("expiry")
    project = ProjectFactory(owner=officer)
    AgreementFactory(project=project, valid_until_on=day("2026-11-27"), terminated_on=day("2026-11-01"))
    AgreementFactory(project=project, valid_until_on=day("2026-11-27"), superseded_by=AgreementFactory(project=project))

    assert planned("2026-11-27") == set()


def test_what_expired_long_ago_is_history(officer):
    rule("expiry")
    project = ProjectFactory(owner=officer)
    AgreementFactory(project=project, valid_until_on=day("2026-08-28"))
    AgreementFactory(project=project, valid_until_on=day("2026-08-30"))

    assert {due for _rule, _who, due in planned("2026-11-27")} == {day("2026-08-30")}


def test_a_qualification_of_a_company_is_told_to_whoever_follows_the_company(officer):
    rule("expiry", -30)
    UserFactory(roles=["manager"])
    company = CompanyFactory(owner=officer)
    QualificationFactory(holder=company, valid_until_on=day("2026-12-27"))
    QualificationFactory(holder=company, valid_until_on=day("2026-12-27"), status=Qualification.Status.LAPSED)
    QualificationFactory(holder=CompanyFactory(origin="press", owner=None), valid_until_on=day("2026-12-27"))

    assert planned("2026-11-27") == {("expiry_-30_responsible", officer.pk, day("2026-12-27"))}
    assert Reminder.objects.count() == 1


# Silence


@pytest.mark.parametrize(("grade", "told_on"), [("A", "2026-11-10"), ("B", "2026-11-17"), ("C", "2026-12-03")])
def test_a_project_is_silent_after_seven_fourteen_or_thirty_days_by_its_grade(officer, grade, told_on):
    rule("silent_project")
    project = entered("2026-06-01", owner=officer, grade=grade)
    InteractionFactory(project=project, happened_on=day("2026-11-02"))

    assert days_of("silent_project_0_responsible", "2026-11-03", "2026-12-05") == [told_on]


@pytest.mark.parametrize(("outcome", "left"), [("effective", 0), ("no_answer", 1), ("greeting", 1), ("", 1)])
def test_only_an_effective_contact_ends_the_silence(officer, outcome, left):
    rule("silent_project")
    project = entered("2026-10-01", owner=officer, grade="A")
    before = planned("2026-11-20")

    InteractionFactory(project=project, happened_on=day("2026-11-19"), outcome=Interaction.Outcome(outcome) if outcome else "")

    assert len(before) == 1
    assert len(planned("2026-11-20")) == left


def test_a_silence_that_begins_on_a_day_off_is_told_on_the_next_working_day(officer):
    rule("silent_project")
    project = entered("2026-06-01", owner=officer, grade="A")
    InteractionFactory(project=project, happened_on=day("2026-11-20"))

    assert days_of("silent_project_0_responsible", "2026-11-21", "2026-12-02") == ["2026-11-30"]  # from Saturday 28th


def test_a_second_silence_is_told_again(officer):
    rule("silent_project")
    project = entered("2026-06-01", owner=officer, grade="A")
    InteractionFactory(project=project, happened_on=day("2026-11-02"))
    days_of("silent_project_0_responsible", "2026-11-03", "2026-11-11")

    InteractionFactory(project=project, happened_on=day("2026-11-11"))

    assert days_of("silent_project_0_responsible", "2026-11-12", "2026-11-25") == ["2026-11-10", "2026-11-19"]


# Reports of the week


def test_a_missing_report_is_told_on_the_day_it_is_due_and_after_it(officer):
    rule("progress")
    rule("progress", 1, day_kind="working")
    entered("2026-10-01", owner=officer)

    first = days_of("progress_0_responsible", "2026-11-23", "2026-11-30")

    assert first == ["2026-11-27"]  # on Monday 23rd only the later rule speaks of the week before
    assert Reminder.objects.get(due_on=day("2026-11-27"), rule__offset=1).created_at == at("2026-11-30T09:00")


def test_a_report_due_on_a_holiday_is_asked_for_on_the_working_day_before(officer):
    rule("progress")
    entered("2026-09-21", owner=officer)

    services.plan(at("2026-09-30T09:00"))

    assert set(Reminder.objects.filter(status="pending").values_list("due_on", flat=True)) == {day("2026-09-30")}


def test_a_report_that_was_filed_is_asked_for_no_more_and_one_that_was_returned_is(officer):
    rule("progress")
    project = entered("2026-11-23", owner=officer)
    before = planned("2026-11-27")
    told = Told(progress="测试进展：完成备案")
    report = projects.submit(project, week_of(FRIDAY), told, by=officer, now=FRIDAY)
    filed = planned("2026-11-27")

    projects.return_report(report, "测试退回", by=UserFactory(roles=["manager"]))

    assert (len(before), len(filed), len(planned("2026-11-27"))) == (1, 0, 1)


def test_whoever_follows_a_project_is_asked_for_its_report_as_the_owner_is(officer):
    rule("progress")
    project = entered("2026-11-23", owner=officer)
    follower = ProjectMemberFactory(project=project, user=UserFactory(roles=["officer"]), role="follower").user
    ProjectMemberFactory(project=project, user=UserFactory(), role="follower", until_on=day("2026-11-20"))

    assert {person for _rule, person, _due in planned("2026-11-27")} == {officer.pk, follower.pk}


def test_all_reports_a_person_owes_are_one_line_of_his_digest(officer, smtp: SmtpSink):
    rule("progress")
    for _n in range(12):
        entered("2026-11-23", owner=officer)

    services.run_due(FRIDAY)

    mail = smtp.messages[0].email
    text = mail.get_body(("plain",)).get_content()
    assert "等 12 个项目" in text
    assert "今天 10:00 截止。请报送本期进展" in text
    assert "\n2. " not in text
    assert len(mail["X-Reminder-Keys"].split(",")) == 12


# Reviews


def test_a_project_on_hold_is_told_on_the_day_of_its_review_and_no_more_once_it_goes_on(officer):
    rule("review")
    project = ProjectFactory(owner=officer, status="on_hold", review_on=day("2026-11-27"))
    early, on_the_day = planned("2026-11-26"), planned("2026-11-27")

    projects.set_status(project, "active", on=day("2026-11-27"), by=officer)

    assert (early, on_the_day) == (set(), {("review_0_responsible", officer.pk, day("2026-11-27"))})
    assert planned("2026-11-27") == set()


def test_the_date_of_a_review_says_nothing_of_a_project_that_runs(officer):
    rule("review")
    ProjectFactory(owner=officer, review_on=day("2026-11-27"))

    assert planned("2026-11-27") == set()


# All kinds

KINDS = {
    "milestone": lambda owner: MilestoneFactory(project__owner=owner, due_on=day("2026-11-27"), confirmed_at=LONG_AGO),
    "evidence": lambda owner: EvidenceFactory(project=ProjectFactory(owner=owner), due_on=day("2026-11-27")),
    "follow_up": lambda owner: FollowUpFactory(owner=owner, due_on=day("2026-11-27")),
    "commitment": lambda owner: CommitmentFactory(project=ProjectFactory(owner=owner), due_on=day("2026-11-27")),
    "directive": lambda owner: DirectiveFactory(owner=owner, handler=owner, status="accepted", due_on=day("2026-11-27")),
    "agreement": lambda owner: AgreementFactory(project=ProjectFactory(owner=owner), valid_until_on=day("2026-11-27")),
    "qualification": lambda owner: QualificationFactory(holder=CompanyFactory(owner=owner), valid_until_on=day("2026-11-27")),
    "silent_project": lambda owner: entered("2026-11-12", owner=owner, grade="B"),
    "progress": lambda owner: entered("2026-11-23", owner=owner),
    "review": lambda owner: ProjectFactory(owner=owner, status="on_hold", review_on=day("2026-11-27")),
}
SUBJECTS = {"agreement": "expiry", "qualification": "expiry"}
ENDED = {
    "milestone": lambda row: projects.waive_milestone(row, "测试不适用", by=row.project.owner, now=FRIDAY),
    "evidence": lambda row: Evidence.objects.filter(pk=row.pk).update(status="waived", waived_reason="测试原因"),
    "follow_up": lambda row: FollowUp.objects.filter(pk=row.pk).update(status="cancelled"),
    "commitment": lambda row: Commitment.objects.filter(pk=row.pk).update(due_on=day("2026-12-31")),
    "directive": lambda row: Directive.objects.filter(pk=row.pk).update(status="closed"),
    "agreement": lambda row: Agreement.objects.filter(pk=row.pk).update(terminated_on=day("2026-11-27")),
    "qualification": lambda row: Qualification.objects.filter(pk=row.pk).update(valid_until_on=day("2029-11-27")),
    "silent_project": lambda row: InteractionFactory(project=row, happened_on=day("2026-11-27")),
    "progress": lambda row: ProgressReportFactory(
        project=row,
        period_start_on=day("2026-11-20"),
        period_end_on=day("2026-11-27"),
        status=ProgressReport.Status.SUBMITTED,
        submitted_at=FRIDAY,
        submitted_by=row.owner,
    ),
    "review": lambda row: Project.objects.filter(pk=row.pk).update(review_on=day("2026-12-31")),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def test_every_subject_of_the_rules_has_a_source():
    assert {source.subject for source in SOURCES} == set(ReminderRule.Subject.values)
    assert set(KINDS) == {source.subject if source.subject != "expiry" else source.model.__name__.lower() for source in SOURCES}


@every_kind
def test_what_is_due_goes_out_in_the_digest_of_the_day(officer, kind, smtp: SmtpSink):
    rule(SUBJECTS.get(kind, kind))
    KINDS[kind](officer)

    done = services.run_due(FRIDAY)

    assert (done.planned, done.composed, done.sent) == (1, 1, 1)
    assert smtp.messages[0].recipients == [officer.email]
    assert Reminder.objects.get().status == "sent"
    assert "补发" not in smtp.messages[0].email.get_body(("plain",)).get_content()


@every_kind
def test_what_ended_between_writing_and_sending_is_not_sent(officer, kind, smtp: SmtpSink):
    rule(SUBJECTS.get(kind, kind))
    row = KINDS[kind](officer)
    services.plan(FRIDAY)
    services.compose(FRIDAY)
    ENDED[kind](row)

    services.outbox.deliver(FRIDAY)

    assert smtp.messages == []
    assert Message.objects.get().status == "cancelled"


@every_kind
def test_what_nobody_answers_for_goes_to_the_head_of_the_department(kind):
    rule(SUBJECTS.get(kind, kind))
    head = UserFactory(roles=["head"])
    left = UserFactory(department=head.department)
    KINDS[kind](left)
    left.is_active = False
    left.save()

    assert {person for _rule, person, _due in planned("2026-11-27")} == {head.pk}


@every_kind
def test_planning_and_writing_ask_the_same_for_two_and_for_twenty(officer, kind):
    rule(SUBJECTS.get(kind, kind))
    queries = []
    for count in (2, 18):
        for _n in range(count):
            KINDS[kind](officer)
        services.plan(FRIDAY)
        with CaptureQueriesContext(connection) as asked:
            services.plan(FRIDAY)
            rows = list(Reminder.objects.unsent().with_subjects())
            composing.emails.digest(officer, rows, today=FRIDAY.date())
            composing._holding(rows, officer, FRIDAY.date())
        assert composing._holding(rows, officer, FRIDAY.date()) == rows
        queries.append(len(asked))

    assert len(rows) == 20
    assert queries[1] <= queries[0]  # the first reads what is kept: the kinds of content, the scope of the person


def test_the_default_rules_cover_every_kind_and_tell_no_leader_by_themselves():
    load_reference()

    rules = ReminderRule.objects.filter(enabled=True)

    assert set(rules.values_list("subject", flat=True)) == set(ReminderRule.Subject.values)
    above = rules.filter(recipient__in=["patron", "leader"]).values_list("code", flat=True)
    assert set(above) == {"milestone_overdue_7_patron", "milestone_overdue_15_leader"}
    assert set(rules.filter(subject="expiry").values_list("offset", flat=True)) == {-60, -30, -7, 0}


def test_in_the_first_days_after_an_import_only_owner_and_manager_hear(officer):
    rule("commitment", 1, "head", day_kind="working")
    rule("commitment", 1, "responsible", day_kind="working")
    head = UserFactory(roles=["head"], department=officer.department)
    project = entered("2026-11-26", owner=officer, origin="imported")
    CommitmentFactory(project=project, due_on=day("2026-11-20"))

    first, later = planned("2026-11-27"), planned("2026-12-04")

    assert {person for _rule, person, _due in first} == {officer.pk}
    assert {person for _rule, person, _due in later} == {officer.pk, head.pk}
