"""Every page in a real browser, at both widths: reachable by all, nothing that the policy forbids, no English, light."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from activities.models import Interaction
from companies.models import Company
from events.models import Event
from projects.models import Project
from reports.services import snapshots, writing
from tests.desk.conftest import WIDTHS, Open
from tests.factories import (
    AgreementFactory,
    CapitalArrivalFactory,
    CommitmentFactory,
    DepartmentFactory,
    DirectiveFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    InvestmentProgressFactory,
    MilestoneFactory,
    ProgressReportFactory,
    ProjectFactory,
    TargetFactory,
)
from tests.reference import load_press
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (ROOT / "tests/vendor/axe/axe.min.js").read_text()
DAY = dt.timedelta(days=1)
MOST_BYTES = 200 * 1024
MOST_REQUESTS = 30
# Words that stand in English on a Chinese page: names of things that have no other.
ENGLISH = {
    "english",
    "excel",
    "word",
    "wps",
    "pdf",
    "csv",
    "xlsx",
    "xls",
    "tsv",
    "sha",
    "message",
    "id",
    "gb",
    "tab",
    "ctrl",
    "django",
    "bgde",
    "yundie",
    "tick",  # commands that the banner of deliveries names
    "serve",
}


@pytest.fixture
def shenzhen(manager) -> dict[str, int]:
    """The press rows, and enough of one's own to fill every page."""
    load_press()
    project = Project.objects.get(name="（名称待核）广州云蝶科技有限公司签约项目")
    MilestoneFactory.create_batch(8, project=project)
    InteractionCompanyFactory(interaction__project=project, company=project.lead_party)
    FollowUpFactory(project=project, company=project.lead_party)
    event = Event.objects.exclude(announced_signed_count=None).first()
    step, contact = project.milestones.all()[0], Interaction.objects.filter(project=project)[0]
    return {"project": project.pk, "company": project.lead_party_id, "event": event.pk, "step": step.pk, "contact": contact.pk}


def addresses(keys: dict[str, int]) -> list[str]:
    project, company, event = [keys["project"]], [keys["company"]], [keys["event"]]
    named = [
        "desk:home",
        "desk:log",
        "desk:projects",
        "desk:reminders",
        "desk:report_ups",
        "desk:reconciliation",
        "desk:cockpit",
        "ledgers:ledgers",
    ]
    found = [reverse(name) for name in [*named, "accounts:profile", "admin:index"]]
    found += [reverse(name, args=project) for name in ("desk:project", "projects:plan", "projects:apply", "projects:status")]
    found += [reverse(name, args=company) for name in ("desk:company", "desk:company_one_page")]
    found += [reverse("projects:milestone", args=[keys["step"]]), reverse("desk:contact", args=[keys["contact"]])]
    found += [reverse("desk:cockpit_part", args=[code]) for code in ("signed", "rates", "officers", "sponsored")]
    found += [reverse("desk:batch", args=event), reverse("desk:figure", args=["performance"]) + "?variant=count"]
    found += [reverse("desk:event", args=event), reverse("desk:search") + "?q=yundie"]
    others = Company.objects.exclude(pk=keys["company"]).values_list("pk", flat=True)
    found.append(f"{reverse('companies:merge')}?keep={keys['company']}&drop={others[0]}")
    for model, key in ((Project, project), (Company, company), (Event, event)):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=key), reverse(f"{name}_history", args=key)]
    return [*found, reverse("admin:activities_interaction_add")]


def english(page: Page) -> set[str]:
    """Latin words a reader sees, but for values that are names, addresses and codes."""
    text = page.evaluate("document.body.innerText")
    return {word.lower() for word in re.findall(r"(?<![\w@./_-])[A-Za-z]{3,}(?![\w@./_-])", text)} - ENGLISH


@pytest.fixture
def reported(manager) -> dict[str, int]:
    """What the pages of reports show: figures, two snapshots, a report waiting, an order, a promise, a written report."""
    project = ProjectFactory(name="测试光电项目", owner=manager, origin="entered", stage="land.signed", track="land")
    paper = AgreementFactory(project=project, kind="formal", amount=30_000, signed_on=timezone.localdate())
    MilestoneFactory.create_batch(3, project=project)
    CapitalArrivalFactory(project=project, status="submitted")
    InvestmentProgressFactory(project=project, status="submitted")
    CommitmentFactory(project=project)
    TargetFactory(indicator="signing", year=timezone.localdate().year, value=4)
    ProgressReportFactory(
        project=project, status="submitted", progress="主体封顶", submitted_at=timezone.now(), submitted_by=manager
    )
    order = DirectiveFactory(
        project=project, source="problem", lead_unit=DepartmentFactory(), due_on=timezone.localdate() - DAY * 60
    )
    snapshots.take_snapshot("weekly", now=timezone.now() - DAY * 7)
    paper.amount = 31_000
    paper.save()
    snapshot = snapshots.take_snapshot("weekly", now=timezone.now())
    report = writing.draft(snapshot, by=manager)
    return {"project": project.pk, "order": order.pk, "report": report.pk}


def report_addresses(keys: dict[str, int]) -> list[str]:
    named = ("agreements", "milestones", "capital", "investment", "changes", "months", "targets", "weekly", "directives")
    found = [reverse(f"desk:{name}") for name in (*named, "directive_issue", "progress", "progress_status", "progress_review")]
    found += [reverse(f"desk:{name}", args=[keys["order"]]) for name in ("directive", "directive_slip")]
    found += [reverse("desk:dossier", args=[keys["project"]]), reverse("desk:weekly_report", args=[keys["report"]])]
    found += [reverse("desk:cockpit_part", args=[code]) for code in ("stuck", "week", "targets", "unstarted", "meetings")]
    day = timezone.localdate().isoformat()
    lists = ("projects", "agreements")
    return found + [f"{reverse(f'desk:{name}')}?as_of={day}" for name in lists] + [reverse("desk:figure", args=["signed"])]


def faults(page: Page, addresses: list[str], width: int, complaints: list[str]) -> dict[str, object]:
    """What is wrong with each of the pages: closed, not accessible, noisy, too wide, English."""
    wrong: dict[str, object] = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, (address, answer.status)
        page.evaluate(AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        serious = [
            (item["id"], [node["html"][:160] for node in item["nodes"]][:3])
            for item in found["violations"]
            if item["impact"] in {"serious", "critical"}
        ]
        wide = page.evaluate("document.documentElement.scrollWidth") - width
        for name, fault in (("axe", serious), ("console", [*complaints]), ("wide", max(wide, 0)), ("english", english(page))):
            if fault:
                wrong[f"{address} {name}"] = fault
        complaints.clear()
    return wrong


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_quiet_and_chinese(open_page: Open, complaints: list[str], shenzhen, width: int):
    wrong = faults(open_page("/", width), addresses(shenzhen), width, complaints)

    assert wrong == {}, "\n".join(f"{where}: {fault}" for where, fault in wrong.items())


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_reports_is_accessible_quiet_and_chinese(open_page: Open, complaints: list[str], reported, width: int):
    wrong = faults(open_page("/", width), report_addresses(reported), width, complaints)

    assert wrong == {}, "\n".join(f"{where}: {fault}" for where, fault in wrong.items())


def test_the_first_load_is_light(open_page: Open, shenzhen):
    page = open_page("about:blank")
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))

    page.goto("/")
    page.wait_for_load_state("networkidle")

    assert 0 < len(sizes) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_BYTES
