"""Rows for the tests, visibly artificial: 测试员001, 测试企业0001有限公司, addresses @example.invalid.

`build_one(model)` makes a row of any table of ours with whatever it needs.
"""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.contrib.auth.hashers import make_password
from django.db import models
from factory.django import DjangoModelFactory

from accounts.models import Department, FeedToken, Share, User
from accounts.roles import Role, group
from activities.models import (
    Attendance,
    Directive,
    DirectiveNote,
    DirectiveUnit,
    FollowUp,
    Interaction,
    InteractionCompany,
    LightRule,
)
from audit.models import AuditEvent, Change, ChangeSet
from companies.models import Company, CompanyAlias, FirstReport, Person, Position, Qualification
from core.models import Holiday
from desk.models import SavedView
from documents.models import Attachment, Citation, Document
from events.models import AgendaItem, Event, EventPromotion, Participation, PromotedProject
from ledgers.models import HeadAlias, HeaderMapping, ImportJob, Provenance
from outbox.models import Circuit, DeliveryAttempt, Heartbeat, Message, Robot
from parks.models import Park, ParkStaff, Space, Tenancy
from projects.models import (
    Agreement,
    AgreementParty,
    AnnualPlan,
    CapitalArrival,
    Commitment,
    DateRequest,
    Evidence,
    InvestmentProgress,
    Milestone,
    MilestoneRevision,
    MilestoneTemplate,
    MilestoneTemplateItem,
    Plan,
    ProgressReport,
    Project,
    ProjectMember,
    ProjectParty,
    StageChange,
)
from projects.stages import Track
from reminders.models import Pilot, Reminder, ReminderRule, ReportUp, Trouble
from reports.models import IndicatorPark, IndicatorValue, Period, Snapshot, SnapshotRow, Target, WrittenReport

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Tuesday, a working day
TODAY = NOW.date()


class RowFactory(DjangoModelFactory):
    """Saves as the services do: `Model(...).save(by=by)`."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[models.Model], *args: Any, **values: Any) -> Any:
        author = {"by": values.pop("by")} if "by" in values else {}
        row = model_class(*args, **values)
        row.save(**author)
        return row


class DepartmentFactory(RowFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"测试部门{n + 1:03d}")
    kind = Department.Kind.CENTRE


class UserFactory(RowFactory):
    """`roles=["officer"]` puts the person into the role's group and lets him into the site."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"tester{n + 1:03d}")
    display_name = factory.Sequence(lambda n: f"测试员{n + 1:03d}")
    email = factory.Sequence(lambda n: f"tester{n + 1:03d}@example.invalid")
    password = factory.LazyFunction(lambda: make_password(None))
    department = factory.SubFactory(DepartmentFactory)

    @factory.post_generation
    def roles(self, create: bool, extracted: list[str] | None, **_options: Any) -> None:
        if extracted and create:
            self.groups.set([group(Role(name)) for name in extracted])
            self.is_staff = True
            self.save(update_fields=["is_staff"])


class OwnedFactory(RowFactory):
    """Belongs to a person of its own and to his department; pass `owner` or `department` for others."""

    class Meta:
        abstract = True

    owner = factory.SubFactory(UserFactory)
    department = factory.LazyAttribute(lambda row: row.owner.department if row.owner else DepartmentFactory())


class CompanyFactory(OwnedFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"测试企业{n + 1:04d}有限公司")
    name_status = "registered"


class CompanyAliasFactory(RowFactory):
    class Meta:
        model = CompanyAlias

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"测试别名{n + 1:04d}")


class QualificationFactory(RowFactory):
    class Meta:
        model = Qualification

    holder = factory.SubFactory(CompanyFactory)
    kind = "高新技术企业"


class PersonFactory(RowFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"联系人{n + 1:05d}")
    email = factory.Sequence(lambda n: f"contact{n + 1:05d}@example.invalid")


class PositionFactory(RowFactory):
    class Meta:
        model = Position

    person = factory.SubFactory(PersonFactory)
    company = factory.SubFactory(CompanyFactory)
    title = "经理"


class FirstReportFactory(RowFactory):
    """Whoever reported is `reporter` here: `by` is the author of a row."""

    class Meta:
        model = FirstReport

    company = factory.SubFactory(CompanyFactory)
    reporter = factory.SubFactory(UserFactory)
    at = NOW
    protected_until_on = TODAY + dt.timedelta(days=90)

    @classmethod
    def _create(cls, model_class: type[models.Model], *args: Any, **values: Any) -> Any:
        author = values.pop("by", None)
        row = model_class(*args, by=values.pop("reporter"), **values)
        row.save(by=author)
        return row


class ParkFactory(RowFactory):
    class Meta:
        model = Park

    name = factory.Sequence(lambda n: f"测试园区{n + 1:03d}")


class SpaceFactory(RowFactory):
    class Meta:
        model = Space

    park = factory.SubFactory(ParkFactory)
    name = factory.Sequence(lambda n: f"测试厂房{n + 1:03d}")


class TenancyFactory(RowFactory):
    class Meta:
        model = Tenancy

    park = factory.SubFactory(ParkFactory)
    company = factory.SubFactory(CompanyFactory)


class ParkStaffFactory(RowFactory):
    class Meta:
        model = ParkStaff

    park = factory.SubFactory(ParkFactory)
    user = factory.SubFactory(UserFactory)


class DocumentFactory(RowFactory):
    class Meta:
        model = Document

    title = factory.Sequence(lambda n: f"测试资料{n + 1:03d}")


class CitationFactory(RowFactory):
    class Meta:
        model = Citation

    document = factory.SubFactory(DocumentFactory, kind="press")
    target = factory.SubFactory(CompanyFactory)
    quote = "测试短语"


class AttachmentFactory(RowFactory):
    class Meta:
        model = Attachment

    document = factory.SubFactory(DocumentFactory)
    target = factory.SubFactory(CompanyFactory)
    label = "测试附件"


class EventFactory(OwnedFactory):
    class Meta:
        model = Event

    name = factory.Sequence(lambda n: f"测试推介会{n + 1:03d}")
    starts_on = TODAY


class AgendaItemFactory(RowFactory):
    class Meta:
        model = AgendaItem

    event = factory.SubFactory(EventFactory)
    title = "测试议题"


class ParticipationFactory(RowFactory):
    class Meta:
        model = Participation

    event = factory.SubFactory(EventFactory)
    company = factory.SubFactory(CompanyFactory)


class PromotedProjectFactory(OwnedFactory):
    class Meta:
        model = PromotedProject

    name = factory.Sequence(lambda n: f"测试推介项目{n + 1:03d}")


class EventPromotionFactory(RowFactory):
    class Meta:
        model = EventPromotion

    event = factory.SubFactory(EventFactory)
    project = factory.SubFactory(PromotedProjectFactory)


class ProjectFactory(OwnedFactory):
    """A signed project on the land track; it has no party and no agreement until they are made."""

    class Meta:
        model = Project

    name = factory.Sequence(lambda n: f"测试项目{n + 1:04d}")
    track = Track.LAND
    stage = "land.signed"


class ProjectPartyFactory(RowFactory):
    class Meta:
        model = ProjectParty

    project = factory.SubFactory(ProjectFactory)
    company = factory.SubFactory(CompanyFactory)


class ProjectMemberFactory(RowFactory):
    class Meta:
        model = ProjectMember

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)


class AgreementFactory(RowFactory):
    class Meta:
        model = Agreement

    project = factory.SubFactory(ProjectFactory)
    kind = Agreement.Kind.FORMAL
    signed_on = TODAY
    amount = Decimal(10_000)


class AgreementPartyFactory(RowFactory):
    class Meta:
        model = AgreementParty

    agreement = factory.SubFactory(AgreementFactory)
    party = factory.SubFactory(ProjectPartyFactory, project=factory.SelfAttribute("..agreement.project"))


class StageChangeFactory(RowFactory):
    class Meta:
        model = StageChange

    project = factory.SubFactory(ProjectFactory)
    from_stage = "land.pre_sign"
    to_stage = "land.signed"
    from_status = to_status = Project.Status.ACTIVE
    moved_on = TODAY


class EvidenceFactory(RowFactory):
    class Meta:
        model = Evidence

    project = factory.SubFactory(ProjectFactory)
    code = factory.Sequence(lambda n: f"paper_{n + 1}")
    label = "测试凭据"


class CommitmentFactory(RowFactory):
    class Meta:
        model = Commitment

    project = factory.SubFactory(ProjectFactory)
    side = Commitment.Side.OURS
    text = "测试承诺"


class MilestoneTemplateFactory(RowFactory):
    class Meta:
        model = MilestoneTemplate

    code = factory.Sequence(lambda n: f"T-{n + 1}")
    name = "测试模板"


class MilestoneTemplateItemFactory(RowFactory):
    class Meta:
        model = MilestoneTemplateItem

    template = factory.SubFactory(MilestoneTemplateFactory)
    order = factory.Sequence(lambda n: n + 1)
    code = factory.Sequence(lambda n: f"S{n + 1}")
    name = "测试节点"
    offset = 30


class PlanFactory(RowFactory):
    class Meta:
        model = Plan

    project = factory.SubFactory(ProjectFactory)
    template = factory.SubFactory(MilestoneTemplateFactory)
    base_on = applied_on = TODAY


class MilestoneFactory(RowFactory):
    """Confirmed and not yet begun, due in seven days."""

    class Meta:
        model = Milestone

    project = factory.SubFactory(ProjectFactory)
    code = factory.Sequence(lambda n: f"N{n + 1}")
    name = "测试节点"
    due_on = TODAY + dt.timedelta(days=7)
    original_due_on = factory.SelfAttribute("due_on")
    status = Milestone.Status.PLANNED
    confirmed_at = factory.Maybe(
        factory.LazyAttribute(lambda row: row.status != Milestone.Status.TO_CONFIRM), yes_declaration=NOW, no_declaration=None
    )


class MilestoneRevisionFactory(RowFactory):
    class Meta:
        model = MilestoneRevision

    milestone = factory.SubFactory(MilestoneFactory)
    old_due_on = TODAY
    new_due_on = TODAY + dt.timedelta(days=7)
    reason = "测试原因"
    revised_on = TODAY


class DateRequestFactory(RowFactory):
    class Meta:
        model = DateRequest

    milestone = factory.SubFactory(MilestoneFactory)
    old_due_on = factory.SelfAttribute("milestone.due_on")
    wanted_on = factory.LazyAttribute(lambda row: row.old_due_on + dt.timedelta(days=14))
    reason = "测试原因"
    asked_at = NOW
    asked_by = factory.SubFactory(UserFactory)


class ProgressReportFactory(RowFactory):
    class Meta:
        model = ProgressReport

    project = factory.SubFactory(ProjectFactory)
    period_start_on = dt.date(2026, 11, 1)
    period_end_on = dt.date(2026, 11, 30)
    revision = factory.Sequence(lambda n: n + 1)


class InvestmentProgressFactory(RowFactory):
    class Meta:
        model = InvestmentProgress

    class Params:
        verified = factory.Trait(status="verified", verified_at=NOW, verified_by=factory.SubFactory(UserFactory))

    project = factory.SubFactory(ProjectFactory)
    report_month = factory.Sequence(lambda n: dt.date(2020 + n // 12 % 80, n % 12 + 1, 1))
    completed = Decimal(100)


class AnnualPlanFactory(RowFactory):
    class Meta:
        model = AnnualPlan

    project = factory.SubFactory(ProjectFactory)
    year = factory.Sequence(lambda n: 2000 + n % 100)
    planned_investment = Decimal(100)


class CapitalArrivalFactory(RowFactory):
    class Meta:
        model = CapitalArrival

    project = factory.SubFactory(ProjectFactory)
    arrived_on = TODAY
    amount = Decimal(100)
    origin = CapitalArrival.Origin.OUR_CITY


class InteractionFactory(OwnedFactory):
    class Meta:
        model = Interaction

    happened_on = TODAY
    summary = "测试内容"


class InteractionCompanyFactory(RowFactory):
    class Meta:
        model = InteractionCompany

    interaction = factory.SubFactory(InteractionFactory)
    company = factory.SubFactory(CompanyFactory)


class AttendanceFactory(RowFactory):
    class Meta:
        model = Attendance

    interaction = factory.SubFactory(InteractionFactory)
    person = factory.SubFactory(PersonFactory)


class FollowUpFactory(OwnedFactory):
    class Meta:
        model = FollowUp

    title = factory.Sequence(lambda n: f"测试待办{n + 1:03d}")
    due_on = TODAY


class DirectiveFactory(OwnedFactory):
    class Meta:
        model = Directive

    source = Directive.Source.MEETING
    text = factory.Sequence(lambda n: f"测试交办{n + 1:03d}")
    due_on = TODAY


class DirectiveUnitFactory(RowFactory):
    class Meta:
        model = DirectiveUnit

    directive = factory.SubFactory(DirectiveFactory)
    department = factory.SubFactory(DepartmentFactory)


class DirectiveNoteFactory(RowFactory):
    class Meta:
        model = DirectiveNote

    directive = factory.SubFactory(DirectiveFactory)
    kind = DirectiveNote.Kind.WORKED
    text = "测试办理情况"
    noted_at = NOW
    noted_by = factory.SubFactory(UserFactory)


class LightRuleFactory(RowFactory):
    class Meta:
        model = LightRule

    code = factory.Sequence(lambda n: f"test_light_{n + 1}")
    colour = LightRule.Colour.RED
    condition = "测试条件"


class ReminderRuleFactory(RowFactory):
    class Meta:
        model = ReminderRule

    code = factory.Sequence(lambda n: f"test_rule_{n + 1}")
    subject = ReminderRule.Subject.MILESTONE
    offset = 0
    recipient = ReminderRule.Recipient.RESPONSIBLE


class ReminderFactory(RowFactory):
    class Meta:
        model = Reminder

    key = factory.Sequence(lambda n: f"milestone:test-{n + 1}|test_rule|2026-11-24|test|email")
    rule = factory.SubFactory(ReminderRuleFactory)
    subject = factory.SubFactory(MilestoneFactory)
    recipient = factory.SubFactory(UserFactory)
    due_on = remind_on = TODAY
    relation = Reminder.Relation.FOLLOWER
    created_at = NOW


class ReportUpFactory(RowFactory):
    class Meta:
        model = ReportUp

    reminder = factory.SubFactory(ReminderFactory, draft=True, relation=Reminder.Relation.LEADER)


class PilotFactory(RowFactory):
    class Meta:
        model = Pilot

    since_on = TODAY
    until_on = TODAY + dt.timedelta(days=13)


class TroubleFactory(RowFactory):
    class Meta:
        model = Trouble

    key = factory.Sequence(lambda n: f"nobody|test-{n + 1}")
    phase = Trouble.Phase.PLAN
    kind = Trouble.Kind.NOBODY
    text = "测试故障"
    seen_at = NOW


class MessageFactory(RowFactory):
    """Due at NOW."""

    class Meta:
        model = Message

    key = factory.Sequence(lambda n: f"test|{n + 1}")
    recipient = factory.SubFactory(UserFactory)
    subject = factory.Sequence(lambda n: f"测试邮件{n + 1:03d}")
    text = "测试正文"
    next_at = NOW
    message_id = factory.Sequence(lambda n: f"<test-{n + 1}@example.invalid>")


class RobotFactory(RowFactory):
    """Of 钉钉, at its own address; tests that post name a server of their own in `url` and allow it in `ROBOT_HOSTS`."""

    class Meta:
        model = Robot

    name = factory.Sequence(lambda n: f"测试机器人{n + 1:03d}")
    vendor = "dingtalk"
    url = "https://oapi.dingtalk.com/robot/send?access_token=test-token-0001"
    department = factory.SubFactory(DepartmentFactory)
    enabled = True


class DeliveryAttemptFactory(RowFactory):
    class Meta:
        model = DeliveryAttempt

    message = factory.SubFactory(MessageFactory)
    n = 1
    worker = "test"
    started_at = NOW


class CircuitFactory(RowFactory):
    class Meta:
        model = Circuit

    channel = "email"


class HeartbeatFactory(RowFactory):
    class Meta:
        model = Heartbeat

    name = factory.Sequence(lambda n: f"test-{n + 1}")


class HolidayFactory(RowFactory):
    class Meta:
        model = Holiday

    date = factory.Sequence(lambda n: dt.date(2090, 1, 1) + dt.timedelta(days=n))
    kind = Holiday.Kind.HOLIDAY


class AuditEventFactory(RowFactory):
    class Meta:
        model = AuditEvent

    at = NOW
    actor_name = "测试员"
    action = "test.done"
    object_type = "companies.Company"
    object_id = "1"
    object_label = "测试企业"


class ChangeSetFactory(RowFactory):
    class Meta:
        model = ChangeSet

    kind = "test.done"
    by_name = "测试员"
    at = NOW
    expires_at = NOW + dt.timedelta(days=30)


class ChangeFactory(RowFactory):
    class Meta:
        model = Change

    changeset = factory.SubFactory(ChangeSetFactory)
    object_type = "companies.Company"
    object_id = 1


class ShareFactory(RowFactory):
    class Meta:
        model = Share

    user = factory.SubFactory(UserFactory)
    target = factory.SubFactory(CompanyFactory)


class FeedTokenFactory(RowFactory):
    class Meta:
        model = FeedToken

    user = factory.SubFactory(UserFactory)
    token_hash = factory.Sequence("{:064x}".format)
    created_at = NOW


class IndicatorValueFactory(RowFactory):
    class Meta:
        model = IndicatorValue

    indicator = "测试指标"
    subject_label = "测试主体"
    value = Decimal(1)
    unit = "家"


class IndicatorParkFactory(RowFactory):
    class Meta:
        model = IndicatorPark

    value = factory.SubFactory(IndicatorValueFactory)
    park = factory.SubFactory(ParkFactory)


class PeriodFactory(RowFactory):
    """A month of its own."""

    class Meta:
        model = Period

    kind = Period.Kind.MONTH
    start_on = factory.Sequence(lambda n: dt.date(2000 + n // 12 % 90, n % 12 + 1, 1))
    end_on = factory.LazyAttribute(lambda row: row.start_on + dt.timedelta(days=27))


class SnapshotFactory(RowFactory):
    class Meta:
        model = Snapshot

    kind = Snapshot.Kind.MONTHLY
    period = factory.SubFactory(PeriodFactory)
    as_of_on = TODAY
    taken_at = NOW
    sha256 = "0" * 64


class SnapshotRowFactory(RowFactory):
    class Meta:
        model = SnapshotRow

    snapshot = factory.SubFactory(SnapshotFactory)
    table = SnapshotRow.Table.PROJECT
    object_id = project_id = factory.Sequence(lambda n: n + 1)
    label = "测试项目"
    values = factory.LazyFunction(lambda: {"name": "测试项目"})
    digest = "0" * 16


class TargetFactory(RowFactory):
    class Meta:
        model = Target

    indicator = factory.Sequence("test_indicator_{}".format)
    year = 2026
    value = Decimal(100)


class WrittenReportFactory(RowFactory):
    class Meta:
        model = WrittenReport

    snapshot = factory.SubFactory(SnapshotFactory)
    title = "关于测试工作情况的报告"
    body = factory.LazyFunction(lambda: {"unit": "测试部门", "dated_on": "2026-11-27", "sections": [], "lamps": []})


class SavedViewFactory(RowFactory):
    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"测试视图{n + 1:03d}")
    query = "light=red"


class ImportJobFactory(RowFactory):
    class Meta:
        model = ImportJob

    file_name = "测试台账.xlsx"
    document = factory.SubFactory(DocumentFactory, kind="ledger")
    sha256 = "0" * 64
    layout = "T1"


class HeadAliasFactory(RowFactory):
    class Meta:
        model = HeadAlias

    layout = "T1"
    column = "amount"
    head = factory.Sequence("总投资额{}".format)


class HeaderMappingFactory(RowFactory):
    class Meta:
        model = HeaderMapping

    layout = "T1"
    signature = factory.Sequence("{:016x}".format)
    mapping = factory.LazyFunction(lambda: {"投资总额": "amount"})


class ProvenanceFactory(RowFactory):
    class Meta:
        model = Provenance

    job = factory.SubFactory(ImportJobFactory)
    target = factory.SubFactory(CompanyFactory)
    sheet = "Sheet1"
    cells = factory.LazyFunction(lambda: {"city": ["C7", "广东深圳"]})


FACTORIES: dict[type[models.Model], type[RowFactory]] = {
    made._meta.model: made
    for made in list(globals().values())
    if isinstance(made, type) and issubclass(made, RowFactory) and not made._meta.abstract
}


def build_one(model: type[models.Model], **values: Any) -> Any:
    """A saved row of any table of ours, with the rows it needs."""
    return FACTORIES[model](**values)
