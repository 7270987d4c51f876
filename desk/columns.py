"""The columns of the project ledger: label, text, sort key, sum."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from activities.models import Interaction
from companies.industries import INDUSTRIES
from core.amounts import Qualifier, Total, format_amount
from core.dates import Precision, fuzzy
from projects import stages
from projects.models import CapitalArrival, Evidence, Milestone, Project
from projects.services import Bottleneck

UNKNOWN = "—"
# Looked up once: get_…_display() goes through all choices for every row.
LIGHTS, STATUSES, TRACKS = dict(Project.Light.choices), dict(Project.Status.choices), dict(stages.Track.choices)
INDUSTRY = dict(INDUSTRIES)
UNITS = {"yi": "亿元", "wan": "万元"}
type Words = str | Promise


@dataclass(frozen=True)
class Line:
    """A project of the page with what was computed for it; `unit` is that of the amounts."""

    project: Any  # with the annotations of COMPUTED
    bottleneck: Bottleneck | None
    unit: str

    @property
    def light(self) -> str:
        """The word of the light."""
        return str(LIGHTS[self.project.light])

    def amount(self, value: Decimal | None, qualifier: str = Qualifier.EXACT) -> str:
        return figure(value, self.unit, qualifier)


@dataclass(frozen=True)
class Column:
    """`text` gives what is read, `sort` what is ordered by (`reverse`: more means less of that), `needs` an annotation."""

    code: str
    label: Words
    text: Callable[[Line], object]
    sort: Any = None
    reverse: bool = False
    default: bool = False
    number: bool = False
    money: bool = False
    needs: str = ""

    def cell(self, line: Line) -> str:
        found = self.text(line)
        return UNKNOWN if found is None or found == "" else str(found)

    def head(self, unit: str) -> str:
        """The label, with the unit behind it where the column holds money."""
        return f"{self.label}（{unit}）" if self.money else str(self.label)


def figure(value: Decimal | None, unit: str, qualifier: str = Qualifier.EXACT) -> str:
    """An amount of 万元 as a number of the unit in the column head, with its word: 约3."""
    return format_amount(value, qualifier, unit).replace(unit, "")


def signed_on(project: Project) -> str:
    """The day as a spreadsheet reads it; a vague or concluded one in words."""
    agreement = project.agreement
    if agreement is None or agreement.signed_on is None:
        return UNKNOWN
    exact = agreement.signed_on_precision == Precision.DAY and not agreement.signed_on_inferred
    return agreement.signed_on.isoformat() if exact else str(fuzzy(agreement, "signed_on"))


def light(project: Project) -> str:
    """Colour, reason and since when, in words."""
    reason = f"：{project.light_reason}" if project.light_reason else ""
    since = f"（{project.lit}）" if project.light_since_on else ""
    return f"{LIGHTS[project.light]}{reason}{since}"


def _amount(line: Line) -> str:
    agreement = line.project.agreement
    return line.amount(agreement.amount, agreement.amount_qualifier) if agreement else UNKNOWN


def _qualifier(line: Line) -> str:
    agreement = line.project.agreement
    return agreement.get_amount_qualifier_display() if agreement and agreement.amount is not None else UNKNOWN


def _due_on(line: Line) -> dt.date | None:
    return line.bottleneck.milestone.due_on if line.bottleneck else None


def _rank(field: str, values: Sequence[str]) -> Case:
    places = [When(**{field: value}, then=Value(place)) for place, value in enumerate(values)]
    return Case(*places, default=Value(len(values)), output_field=IntegerField())


def _of_project(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(project=OuterRef("pk")).order_by()


VERIFIED = CapitalArrival.objects.filter(status=CapitalArrival.Status.VERIFIED)
MISSING = Evidence.objects.filter(status=Evidence.Status.MISSING)
_HEARD = _of_project(Interaction.objects.filter(outcome=Interaction.Outcome.EFFECTIVE, happened_on__isnull=False))
COMPUTED = {
    "heard_on": Subquery(_HEARD.order_by("-happened_on").values("happened_on")[:1]),
    "missing": Subquery(_of_project(MISSING).values("project").annotate(n=Count("pk")).values("n")),
    "capital": Subquery(_of_project(VERIFIED).values("project").annotate(sum=Total("amount")).values("sum")),
}
_NEXT_DUE = Subquery(_of_project(Milestone.objects.open()).order_by("due_on").values("due_on")[:1])
_WORST_FIRST = [Project.Light.RED, Project.Light.YELLOW, Project.Light.GREY, Project.Light.BLUE, Project.Light.GREEN]

COLUMNS = [
    Column("code", gettext_lazy("项目编号"), lambda line: line.project.code, F("code")),
    Column("name", gettext_lazy("项目名称"), lambda line: line.project.name, F("name"), default=True),
    Column("lead", gettext_lazy("投资方"), lambda line: line.project.lead_party, F("lead_party__name"), default=True),
    Column("track", gettext_lazy("推进路径"), lambda line: TRACKS.get(line.project.track), F("track")),
    Column(
        "stage",
        gettext_lazy("阶段"),
        lambda line: stages.BY_CODE[line.project.stage].label,
        _rank("stage", list(stages.BY_CODE)),
        default=True,
    ),
    Column("status", gettext_lazy("状态"), lambda line: STATUSES[line.project.status], F("status")),
    Column("light", gettext_lazy("灯"), lambda line: light(line.project), _rank("light", _WORST_FIRST), default=True),
    Column("bottleneck", gettext_lazy("卡点"), lambda line: line.bottleneck and line.bottleneck.milestone.name, default=True),
    Column("unit", gettext_lazy("责任单位"), lambda line: line.bottleneck and line.bottleneck.milestone.unit_label, default=True),
    Column(
        "owner",
        gettext_lazy("负责人"),
        lambda line: line.project.owner and line.project.owner.display,
        F("owner__display_name"),
        default=True,
    ),
    Column(
        "stuck",
        gettext_lazy("已卡天数（工作日）"),
        lambda line: line.bottleneck and line.bottleneck.late,
        _NEXT_DUE,
        reverse=True,
        default=True,
        number=True,
    ),
    Column("next_on", gettext_lazy("下一节点日期"), _due_on, _NEXT_DUE),
    Column("heard_on", gettext_lazy("最近有效对接"), lambda line: line.project.heard_on, COMPUTED["heard_on"], needs="heard_on"),
    Column("missing", gettext_lazy("缺凭据（项）"), lambda line: line.project.missing or 0, number=True, needs="missing"),
    Column("amount", gettext_lazy("总投资"), _amount, F("agreement__amount"), default=True, number=True, money=True),
    Column(
        "capital",
        gettext_lazy("到位资金"),
        lambda line: line.amount(line.project.capital),
        number=True,
        money=True,
        needs="capital",
    ),
    Column("signed_on", gettext_lazy("签约日期"), lambda line: signed_on(line.project), F("agreement__signed_on")),
    Column(
        "agreement",
        gettext_lazy("协议类型"),
        lambda line: line.project.agreement and line.project.agreement.get_kind_display(),
        F("agreement__kind"),
    ),
    Column("grade", gettext_lazy("重要程度"), lambda line: line.project.grade, F("grade")),
    Column("park", gettext_lazy("园区"), lambda line: line.project.park, F("park__name")),
    Column("industry", gettext_lazy("行业"), lambda line: INDUSTRY.get(line.project.industry), F("industry")),
    Column("department", gettext_lazy("所属部门"), lambda line: line.project.department, F("department__name")),
    Column("origin", gettext_lazy("数据来由"), lambda line: line.project.get_origin_display(), F("origin")),
]
BY_CODE = {column.code: column for column in COLUMNS}
DEFAULT = [column.code for column in COLUMNS if column.default]
# Beside the amount in a copied table, so that the amount itself stays a number that can be added.
QUALIFIER = Column("amount_qualifier", gettext_lazy("总投资限定"), _qualifier)
READ = [
    *("code", "name", "track", "stage", "status", "light", "light_reason", "light_since_on", "grade", "industry", "origin"),
    *("confidentiality", "lead_party__name", "park__name", "department__name", "owner__display_name", "owner__username"),
    *("agreement__kind", "agreement__amount", "agreement__amount_qualifier", "agreement__signed_on"),
    *("agreement__signed_on_precision", "agreement__signed_on_inferred"),
]
