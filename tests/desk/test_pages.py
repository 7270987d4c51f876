"""Every page in a real browser, at both widths: reachable by all, nothing that the policy forbids, no English, light."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page

from activities.models import Interaction
from companies.models import Company
from events.models import Event
from projects.models import Project
from tests.desk.conftest import WIDTHS, Open
from tests.factories import FollowUpFactory, InteractionCompanyFactory, MilestoneFactory
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (ROOT / "tests/vendor/axe/axe.min.js").read_text()
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
}


@pytest.fixture
def shenzhen(manager) -> dict[str, int]:
    """The press rows, and enough of one's own to fill every page."""
    call_command("seed", verbosity=0)
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


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_quiet_and_chinese(open_page: Open, complaints: list[str], shenzhen, width: int):
    page = open_page("/", width)
    wrong: dict[str, object] = {}
    for address in addresses(shenzhen):
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

    assert wrong == {}, "\n".join(f"{where}: {fault}" for where, fault in wrong.items())


def test_the_first_load_is_light(open_page: Open, shenzhen):
    page = open_page("about:blank")
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))

    page.goto("/")
    page.wait_for_load_state("networkidle")

    assert 0 < len(sizes) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_BYTES
