"""Stages and gates, agreements, plans and milestones: each rule by its name."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import AuditEvent
from core.dates import FuzzyDate, Precision
from core.working_days import Calendar
from crm import seeding
from projects import services, stages
from projects.models import Agreement, Evidence, MilestoneRevision, MilestoneTemplate, Project, StageChange
from tests.factories import (
    AgreementFactory,
    MilestoneFactory,
    MilestoneTemplateFactory,
    MilestoneTemplateItemFactory,
    PlanFactory,
    ProjectFactory,
    ProjectPartyFactory,
    UserFactory,
)
from tests.reference import load_reference

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 24)
NOW = timezone.make_aware(dt.datetime(2026, 11, 24, 9))


def stage(code: str) -> stages.Stage:
    return stages.BY_CODE[code]


def codes(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    listed = getattr(error.value, "error_dict", {None: getattr(error.value, "error_list", [])})
    return {item.code for items in listed.values() for item in items}


@pytest.fixture
def by():
    return UserFactory(roles=["manager"])


@pytest.fixture
def reference(db: None) -> seeding.Loader:
    return load_reference()


def test_signing_without_an_agreement_is_refused_and_says_what_is_missing(by):
    project = ProjectFactory(stage="land.pre_sign")

    with pytest.raises(ValidationError, match="缺少协议") as error:
        services.move_project(project, stage("land.signed"), on=TODAY, by=by)

    assert codes(error) == {"missing_for_stage"}
    assert Project.objects.get(pk=project.pk).stage == "land.pre_sign"
    assert not StageChange.objects.exists()


def test_a_move_is_recorded_once_and_asks_for_its_papers_in_ten_working_days(by):
    project = ProjectFactory(stage="land.pre_sign")
    AgreementFactory(project=project)

    moved = services.move_project(project, stage("land.signed"), on=TODAY, by=by)

    change = StageChange.objects.get()
    assert (moved.stage, change.from_stage, change.to_stage, change.moved_by) == (
        "land.signed",
        "land.pre_sign",
        "land.signed",
        by,
    )
    assert Evidence.objects.get(project=project).due_on == dt.date(2026, 12, 8)
    assert AuditEvent.objects.filter(action="project.moved").count() == 1
    assert moved.history.count() == 2


@pytest.mark.parametrize("to", ["land.filed", "land.negotiating"])
def test_skipping_or_going_back_needs_a_sentence(by, to):
    project = ProjectFactory(stage="land.signed")

    with pytest.raises(ValidationError) as error:
        services.move_project(project, stage(to), on=TODAY, by=by)
    moved = services.move_project(project, stage(to), on=TODAY, by=by, note="测试说明")

    assert codes(error) == {"note"}
    assert moved.stage == to


def test_a_stage_of_another_track_is_refused(by):
    with pytest.raises(ValidationError) as error:
        services.move_project(ProjectFactory(), stage("tenancy.signed"), on=TODAY, by=by)

    assert codes(error) == {"stage"}


def test_papers_already_asked_for_are_not_asked_for_again(by):
    project = ProjectFactory(stage="land.pre_sign")
    AgreementFactory(project=project)
    moved = services.move_project(project, stage("land.signed"), on=TODAY, by=by)
    back = services.move_project(moved, stage("land.pre_sign"), on=TODAY, by=by, note="测试退回")

    services.move_project(back, stage("land.signed"), on=TODAY, by=by)

    assert Evidence.objects.filter(project=project).count() == 1


@pytest.mark.parametrize(("status", "missing"), [("on_hold", "review_on"), ("terminated", "reason")])
def test_a_hold_needs_a_day_of_review_and_an_end_needs_a_reason(by, status, missing):
    with pytest.raises(ValidationError) as error:
        services.set_status(ProjectFactory(), status, on=TODAY, by=by)

    assert codes(error) == {missing}


def test_an_ended_project_can_be_taken_up_again_and_both_are_recorded(by):
    ended = services.set_status(ProjectFactory(), "terminated", on=TODAY, by=by, reason="测试终止")
    with pytest.raises(ValidationError):
        services.move_project(ended, stage("land.registered"), on=TODAY, by=by)

    again = services.set_status(ended, "active", on=TODAY, by=by)

    assert again.status == "active"
    assert list(StageChange.objects.order_by("id").values_list("to_status", flat=True)) == ["terminated", "active"]


def test_choosing_a_track_keeps_the_stage_of_the_same_name(by):
    project = ProjectFactory(track=None, stage="any.signed", origin="press")

    assert services.choose_track(project, "cooperation", on=TODAY, by=by).stage == "cooperation.signed"


def test_project_numbers_follow_each_other_within_a_year_and_stay(by):
    first, second = ProjectFactory(), ProjectFactory()
    first = services.next_code(first, on=TODAY, by=by)
    second = services.next_code(second, on=TODAY, by=by)

    assert (first.code, second.code) == ("2026-001", "2026-002")
    assert services.next_code(first, on=TODAY, by=by).code == "2026-001"
    assert services.next_code(ProjectFactory(), on=dt.date(2027, 1, 4), by=by).code == "2027-001"


def test_the_agreement_in_force_is_the_strongest_then_the_latest():
    project = ProjectFactory()
    AgreementFactory(project=project, kind="supplement", signed_on=dt.date(2026, 11, 20))
    AgreementFactory(project=project, kind="intent", signed_on=dt.date(2026, 11, 10))
    older = AgreementFactory(project=project, kind="formal", signed_on=dt.date(2026, 3, 2))
    newer = AgreementFactory(project=project, kind="tenancy", signed_on=dt.date(2026, 9, 1))
    assert services.refresh_project(project).agreement == older

    older.terminated_on = TODAY
    older.save()

    assert services.refresh_project(project).agreement == newer


def test_the_lead_party_is_the_company_of_the_first_investor_by_rank():
    project = ProjectFactory()
    ProjectPartyFactory(project=project, role="investor", rank=2)
    first = ProjectPartyFactory(project=project, role="investor", rank=1)

    assert services.refresh_project(project).lead_party == first.company


def test_a_project_counts_once_by_its_first_agreement_and_later_ones_with_their_increment():
    project = ProjectFactory()
    first = AgreementFactory(project=project, signed_on=dt.date(2025, 5, 1), amount=Decimal(10000))
    AgreementFactory(project=project, signed_on=dt.date(2026, 5, 1), counts_as="upgrade", amount=Decimal(10000))
    grown = AgreementFactory(project=project, signed_on=dt.date(2026, 6, 1), counts_as="increase", increment=Decimal(3000))
    AgreementFactory(signed_on=dt.date(2026, 7, 1), counts_as="none")

    def counted(year: int) -> list[Agreement]:
        return list(Agreement.objects.counted(dt.date(year, 1, 1), dt.date(year, 12, 31)))

    assert counted(2025) == [first]
    assert counted(2026) == [grown]


def test_offsets_count_from_the_base_date_or_an_earlier_item_and_leave_days_off():
    template = MilestoneTemplateFactory()
    first = MilestoneTemplateItemFactory(template=template, order=1, code="X1", offset=90)
    MilestoneTemplateItemFactory(template=template, order=2, code="X2", offset=5, anchor=first, day_kind="working")

    steps = services.preview_template(template, dt.date(2020, 10, 12), today=TODAY)

    assert [step.due_on for step in steps] == [dt.date(2021, 1, 11), dt.date(2021, 1, 18)]
    assert all(step.past for step in steps)


def test_the_park_template_from_the_signing_day_gives_the_handbooks_dates(reference, by):
    project = ProjectFactory(track="tenancy", stage="tenancy.signed")

    services.apply_template(project, reference.found["M-B"], dt.date(2020, 10, 12), by=by, today=TODAY)

    due = dict(project.milestones.values_list("code", "due_on"))
    assert (due["B02"], due["B05"], due["B09"]) == (dt.date(2020, 11, 11), dt.date(2021, 1, 11), dt.date(2022, 4, 6))
    assert set(project.milestones.values_list("status", flat=True)) == {"to_confirm"}


def test_a_template_is_applied_once_to_a_project(reference, by):
    project = ProjectFactory()
    services.apply_template(project, reference.found["M-A"], TODAY, by=by, today=TODAY)

    with pytest.raises(ValidationError) as error:
        services.apply_template(project, reference.found["M-A"], TODAY, by=by, today=TODAY)

    assert codes(error) == {"duplicate"}
    assert project.milestones.count() == 21


def test_editing_a_template_changes_no_plan_already_applied(reference, by):
    project = ProjectFactory()
    services.apply_template(project, reference.found["M-D"], TODAY, by=by, today=TODAY)
    before = list(project.milestones.values_list("code", "offset", "due_on"))

    item = MilestoneTemplate.objects.get(code="M-D").items.get(code="D02")
    item.offset = 99
    item.save()

    assert list(project.milestones.values_list("code", "offset", "due_on")) == before


@pytest.mark.parametrize(("ago", "expected"), [(30, "signed"), (31, "today")])
def test_the_base_date_offered_is_the_signing_day_for_thirty_days(ago, expected):
    project = ProjectFactory()
    signed = TODAY - dt.timedelta(days=ago)
    AgreementFactory(project=project, signed_on=signed)
    project = services.refresh_project(project)

    assert services.default_base(project, today=TODAY) == (signed if expected == "signed" else TODAY)


def test_a_past_milestone_is_confirmed_only_as_done_waived_or_with_a_new_date(by):
    row = MilestoneFactory(status="to_confirm", confirmed_at=None, due_on=dt.date(2020, 11, 11))
    with pytest.raises(ValidationError) as error:
        services.confirm_milestone(row, by=by, now=NOW)
    assert codes(error) == {"past"}

    done = services.complete_milestone(row, FuzzyDate(dt.date(2020, 11, 30), Precision.MONTH), by=by, now=NOW)

    assert (done.status, done.completed_on_precision, done.confirmed_by) == ("done", "month", by)


def test_lateness_of_a_milestone_confirmed_after_its_day_counts_from_the_confirmation(by):
    row = MilestoneFactory(status="to_confirm", confirmed_at=None, due_on=dt.date(2026, 11, 24))

    row = services.confirm_milestone(row, by=by, now=NOW)

    assert row.overdue_from == TODAY
    assert services.bottleneck(row.project, today=TODAY, days=Calendar()).late == 0


@pytest.mark.parametrize(
    ("day", "reason", "code"), [(dt.date(2026, 12, 1), " ", "reason"), (dt.date(2026, 11, 23), "测试", "past")]
)
def test_a_new_date_needs_a_reason_and_lies_ahead(by, day, reason, code):
    with pytest.raises(ValidationError) as error:
        services.re_date_milestone(MilestoneFactory(), day, reason, by=by, now=NOW)

    assert codes(error) == {code}


def test_open_followers_move_with_their_anchor_as_one_act_and_only_the_decision_counts(by):
    anchor = MilestoneFactory(code="A15", due_on=dt.date(2026, 12, 1))
    follower = MilestoneFactory(project=anchor.project, anchor=anchor, code="A16", offset=30, due_on=dt.date(2026, 12, 31))
    MilestoneFactory(
        project=anchor.project, anchor=anchor, code="A17", offset=5, due_on=dt.date(2026, 12, 7), status="done",
        completed_on=dt.date(2026, 11, 20),
    )  # fmt: skip
    shifts = services.cascade(anchor, dt.date(2026, 12, 10))
    assert [(shift.milestone, shift.new_due_on) for shift in shifts] == [(follower, dt.date(2027, 1, 11))]

    services.re_date_milestone(anchor, dt.date(2026, 12, 10), "测试改期", by=by, now=NOW, shifts=shifts)

    follower.refresh_from_db()
    assert (follower.due_on, follower.original_due_on) == (dt.date(2027, 1, 11), dt.date(2026, 12, 31))
    assert [row.milestone for row in MilestoneRevision.objects.re_dated()] == [anchor]
    assert MilestoneRevision.objects.count() == 2


def test_waiving_needs_a_reason(by):
    with pytest.raises(ValidationError) as error:
        services.waive_milestone(MilestoneFactory(), "", by=by, now=NOW)

    assert codes(error) == {"reason"}


def test_the_bottleneck_names_lateness_unit_and_what_waits():
    first = MilestoneFactory(
        name="土地摘牌", due_on=dt.date(2026, 11, 6), confirmed_at=NOW - dt.timedelta(days=90), responsible_unit_name="资规"
    )
    MilestoneFactory.create_batch(6, project=first.project, due_on=dt.date(2026, 12, 20))

    found = services.bottleneck(first.project, today=TODAY, days=Calendar())

    assert str(found) == "土地摘牌 应于 11-06，逾期 12 工作日（责任：资规；其后 6 个节点受影响）"


def test_every_paper_of_a_stage_fits_its_column():
    """SQLite keeps what is too long; PostgreSQL refused the move to 开工."""
    room = Evidence._meta.get_field("code").max_length
    codes = [f"{stage.code}.{code}" for track in stages.Track for stage in stages.of(track) for code, _label in stage.evidence]

    assert codes
    assert [code for code in codes if len(code) > room] == []


def test_reaching_a_milestone_before_its_plan_began_is_refused_until_one_is_sure(by):
    row = MilestoneFactory(plan=PlanFactory(base_on=dt.date(2026, 10, 12)))
    early = FuzzyDate(dt.date(2026, 1, 1))

    with pytest.raises(ValidationError, match="早于计划的基准日 2026-10-12") as error:
        services.complete_milestone(row, early, by=by, now=NOW)
    done = services.complete_milestone(row, early, by=by, now=NOW, sure=True)

    assert codes(error) == {"early"}
    assert (done.status, done.completed_on) == ("done", early.on)


def test_without_a_plan_the_agreement_says_when_a_project_began(by):
    project = ProjectFactory()
    AgreementFactory(project=project, signed_on=dt.date(2026, 10, 12))
    row = MilestoneFactory(project=services.refresh_project(project))

    with pytest.raises(ValidationError, match="早于协议签订日") as error:
        services.complete_milestone(row, FuzzyDate(dt.date(2026, 10, 11)), by=by, now=NOW)

    assert codes(error) == {"early"}


@pytest.mark.parametrize("status", ["done", "waived", "reported"])
def test_a_milestone_is_reopened_with_a_reason_and_stays_confirmed(by, status):
    ended = {"completed_on": TODAY} if status == "done" else {"waived_reason": "测试"} if status == "waived" else {}
    row = MilestoneFactory(status=status, due_on=dt.date(2026, 12, 1), verified_by=by, verified_at=NOW, **ended)
    with pytest.raises(ValidationError) as error:
        services.reopen_milestone(row, " ", by=by, now=NOW)

    opened = services.reopen_milestone(row, "标错了", by=by, now=NOW)

    assert codes(error) == {"reason"}
    assert (opened.status, opened.completed_on, opened.waived_reason, opened.verified_by) == ("planned", None, "", None)
    assert (opened.due_on, opened.confirmed_at) == (row.due_on, row.confirmed_at)
    assert [revision.reason for revision in opened.revisions.all()] == ["重新打开：标错了"]
    assert not MilestoneRevision.objects.re_dated().exists()
    assert AuditEvent.objects.filter(action="milestone.reopened").count() == 1


def test_what_is_open_is_not_reopened(by):
    with pytest.raises(ValidationError) as error:
        services.reopen_milestone(MilestoneFactory(), "测试", by=by, now=NOW)

    assert codes(error) == {"status"}


@pytest.mark.parametrize(
    ("fields", "acts"),
    [
        ({"status": "planned"}, "complete report re_date waive"),
        ({"status": "to_confirm", "due_on": TODAY}, "confirm complete re_date waive"),
        ({"status": "to_confirm", "due_on": TODAY - dt.timedelta(days=1)}, "complete re_date waive"),
        ({"status": "reported"}, "complete waive reopen"),
        ({"status": "done", "completed_on": TODAY}, "reopen"),
        ({"status": "waived", "waived_reason": "测试"}, "reopen"),
    ],
)
def test_the_state_of_a_milestone_says_what_can_be_done_to_it(fields, acts):
    assert services.allowed(MilestoneFactory(**fields), today=TODAY) == acts.split()


def test_key_steps_that_a_new_date_overtakes_are_named_but_for_those_that_move_along():
    anchor = MilestoneFactory(code="A", due_on=dt.date(2026, 12, 1))
    others = {"project": anchor.project, "is_key": True}
    moving = MilestoneFactory(code="B", anchor=anchor, offset=10, due_on=dt.date(2026, 12, 11), **others)
    permit = MilestoneFactory(code="C", due_on=dt.date(2027, 3, 1), **others)
    MilestoneFactory(code="D", due_on=dt.date(2027, 3, 2), status="done", completed_on=TODAY, **others)
    MilestoneFactory(code="E", due_on=dt.date(2027, 3, 3), project=anchor.project)
    MilestoneFactory(code="F", due_on=dt.date(2027, 4, 1), **others)
    new_on = dt.date(2027, 4, 1)
    shifts = services.cascade(anchor, new_on)

    found = services.overtaken(anchor, new_on, shifts)

    assert [shift.milestone for shift in shifts] == [moving]
    assert found == [permit]
