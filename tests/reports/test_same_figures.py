"""Figures that are read many at once are those that each question, asked plainly and by itself, gives: on rows made at random."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db.models import Q
from django.utils import timezone

from core.amounts import YI
from projects.models import Agreement, CapitalArrival, Evidence, Milestone, Project, StageChange
from projects.stages import BY_CODE
from reports.indicators import QUANTITIES, Asked, Window, measure, measure_codes, states
from reports.indicators import signed as rows_signed
from reports.indicators.dimensions import BAND, KIND, ORIGIN
from tests.factories import (
    TODAY,
    AgreementFactory,
    CapitalArrivalFactory,
    CompanyFactory,
    DepartmentFactory,
    EvidenceFactory,
    MilestoneFactory,
    ProjectFactory,
    StageChangeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
YEAR, WEEK = Window.year_to(TODAY), Window(TODAY - dt.timedelta(days=4), TODAY)
STATUSES = ["active", "active", "on_hold", "terminated"]


@pytest.fixture(params=[1, 2, 3])
def asked(request) -> Asked:
    """Fifty projects of all stages, with none to three of everything that hangs on them."""
    dice, by = random.Random(request.param), UserFactory()
    departments = [DepartmentFactory() for _n in range(3)]
    companies = [CompanyFactory(capital_source=source) for source in ("domestic", "hmt", "foreign", "unknown")]
    for _n in range(50):
        land = [code for code in BY_CODE if code.startswith("land.")]
        ended = {"status_reason": "测试", "review_on": TODAY}
        project = ProjectFactory(
            stage=dice.choice(land),
            status=dice.choice(STATUSES),
            department=dice.choice(departments),
            lead_party=dice.choice([*companies, None]),
            land_mu=dice.choice([None, 20]),
            origin=dice.choice(["entered", "imported", "press"]),
            **ended,
        )
        _hang(dice, project, by)
    return Asked(Project.objects.exclude(origin="press"), YEAR)


def _hang(dice: random.Random, project: Project, by) -> None:
    for _n in range(dice.randrange(1, 4)):
        AgreementFactory(
            project=project,
            kind=dice.choice(["formal", "formal", "tenancy", *Agreement.Kind.values]),
            counts_as=dice.choice(["new", "new", *Agreement.CountsAs.values]),
            signed_on=dice.choice([None, TODAY - dt.timedelta(days=dice.randrange(700))]),
            amount=(amount := dice.choice([None, dice.randrange(1, 300_000)])),
            fixed_investment=dice.choice([None, amount]),
            increment=dice.choice([None, 0, 70]),
            amount_qualifier=dice.choice(["exact", "about"]),
        )
    for _n in range(dice.randrange(3)):
        status = dice.choice(CapitalArrival.Status.values)
        proven = {"verified_at": timezone.now(), "verified_by": by} if status == "verified" else {}
        day = TODAY - dt.timedelta(days=dice.randrange(500))
        CapitalArrivalFactory(
            project=project,
            status=status,
            arrived_on=day,
            report_month=dice.choice([None, day.replace(day=1)]),
            amount=dice.choice([None, dice.randrange(1, 900)]),
            amount_usd=dice.randrange(1, 90),
            origin=dice.choice(CapitalArrival.Origin.values),
            side=dice.choice(CapitalArrival.Side.values),
            **proven,
        )
    for n in range(dice.randrange(4)):
        due = TODAY - dt.timedelta(days=dice.randrange(-20, 20))
        done = {"status": "done", "completed_on": TODAY - dt.timedelta(days=dice.randrange(9))}
        confirmed = timezone.now() - dt.timedelta(days=400)
        MilestoneFactory(
            project=project, code=f"T{n}", due_on=due, confirmed_at=confirmed, **(done if dice.random() < 0.4 else {})
        )
    if dice.random() < 0.4:
        EvidenceFactory(project=project, code="land.permitting.land_deal", status=dice.choice(["missing", "provided"]))
    if dice.random() < 0.4:
        day = TODAY - dt.timedelta(days=dice.randrange(9))
        StageChangeFactory(project=project, from_stage="land.lead", to_stage=project.stage, moved_on=day)


def said(rows, amount="") -> tuple[int, Decimal | None]:
    """Counted and added up row by row."""
    found = list(rows)
    values = [getattr(row, amount) for row in found if getattr(row, amount) is not None] if amount else []
    return len(found), sum(values, Decimal()) if values else None


def test_each_quantity_at_once_is_what_its_own_rows_say(asked):
    found = measure_codes(QUANTITIES, asked)

    for code, quantity in QUANTITIES.items():
        by_itself = measure([(code, quantity, asked)])[code]
        assert found[code] == by_itself, code
        assert found[code].count == quantity.rows(asked).count(), code
    assert sum(measured.count > 0 for measured in found.values()) > len(found) / 3


def test_how_far_projects_came_is_what_was_asked_before(asked):
    """The questions as they stood before parts were read together."""
    found = measure_codes(QUANTITIES, asked)
    reached = {name: getattr(states, name.upper()) for name in ("performed", "started", "completed", "producing", "effective")}

    for name, stages in reached.items():
        papers = asked.signings().filter(project__in=asked.projects.filter(stage__in=stages))
        assert found[name].count == asked.batch(stage__in=stages).count()
        assert (found[f"{name}_amount"].count, found[f"{name}_amount"].total) == said(papers, "amount")
    deal = Evidence.objects.filter(status="provided", code__endswith=".land_deal")
    tenancy = Agreement.objects.filter(kind="tenancy", terminated_on=None).exclude(signed_on=None)
    ground = Q(pk__in=deal.values("project")) | Q(pk__in=tenancy.values("project")) | Q(stage__in=states.STARTED)
    landed = asked.projects.filter(ground, stage__in=states.PERFORMED)
    assert found["landed"].count == asked.batch().filter(ground, stage__in=states.PERFORMED).count()
    papers = asked.signings().filter(project__in=landed.values("pk"))
    assert (found["landed_amount"].count, found["landed_amount"].total) == said(papers, "amount")


def test_what_was_signed_is_what_was_asked_before(asked):
    found = measure_codes(QUANTITIES, asked)
    first, added = rows_signed.signed(asked), rows_signed.signed_amount(asked)

    for name, kinds in (("contracts", rows_signed.CONTRACT), ("frameworks", ("framework",)), ("intents", rows_signed.INTENT)):
        assert found[f"signed_{name}"].count == first.filter(kind__in=kinds).count()
        papers = [row.amount if row.counts_as == "new" else row.increment for row in added.filter(kind__in=kinds)]
        stated = [value for value in papers if value is not None]
        assert (found[f"signed_{name}_amount"].count, found[f"signed_{name}_amount"].stated) == (len(papers), len(stated))
        assert found[f"signed_{name}_amount"].total == (sum(stated) if stated else None)
    over = first.filter(kind__in=("formal", "tenancy"), amount__gte=YI)
    assert (found["over_one_yi_amount"].count, found["over_one_yi_amount"].total) == said(over, "amount")


def test_cases_told_apart_together_are_the_rows_of_each(asked):
    quantity = QUANTITIES["signed_contracts_amount"]
    cases = {name: case for dimension in (KIND, BAND, ORIGIN) for name, case in dimension.items()}

    found = measure((key, quantity.part(key, key, lambda case=case: case.holds), asked) for key, case in cases.items())

    for key, case in cases.items():
        assert found[key].count == quantity.rows(asked).filter(case.holds).count(), key


def test_capital_is_what_was_asked_before(asked):
    found = measure_codes(QUANTITIES, asked)
    rows = CapitalArrival.objects.counted_in(*YEAR.days).filter(project__in=asked.projects)
    places = {
        "other_provinces": ["other_province"],
        "outside_city": ["other_city", "other_province"],
        "abroad": ["hmt", "foreign"],
    }

    assert (found["capital"].count, found["capital"].total) == said(rows.verified(), "amount")
    assert (found["capital_unverified"].count, found["capital_unverified"].total) == said(rows.unverified(), "amount")
    for name, origins in places.items():
        money = "amount_usd" if name == "abroad" else "amount"
        paid = rows.filter(side="investor", origin__in=origins)
        assert (found[name].count, found[name].total) == said(paid.verified(), money)
        assert (found[f"{name}_unverified"].count, found[f"{name}_unverified"].total) == said(paid.unverified(), money)


def test_who_is_stuck_and_who_moved_is_what_was_asked_before(asked):
    week = Asked(asked.projects, WEEK)
    running = set(asked.projects.filter(status="active").values_list("pk", flat=True))
    moved = {
        row.project_id
        for row in StageChange.objects.all()
        if WEEK.start <= row.moved_on <= WEEK.end and row.from_stage != row.to_stage
    }
    moved |= {row.project_id for row in Milestone.objects.filter(status="done") if WEEK.start <= row.completed_on <= WEEK.end}
    first: dict[int, Milestone] = {}
    for row in Milestone.objects.open().order_by("due_on", "code"):
        first.setdefault(row.project_id, row)

    assert set(QUANTITIES["still"].rows(week).values_list("pk", flat=True)) == running - moved
    stuck = {row.pk for row in first.values() if row.project_id in running and row.due_on < WEEK.end}
    assert set(QUANTITIES["stuck"].rows(week).values_list("pk", flat=True)) == stuck
    assert stuck
