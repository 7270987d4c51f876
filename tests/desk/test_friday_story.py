"""Friday: thirty projects reported, watched and accepted in a real browser, every action and request counted."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.periods import week_before, week_of
from projects.models import ProgressReport, Project
from tests.desk.conftest import WIDTHS, Open
from tests.desk.test_pages import AXE, english
from tests.factories import ProgressReportFactory, ProjectFactory, UserFactory
from tests.servers import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("width", WIDTHS)]

MANY = 30
UNCHANGED = range(20, MANY)  # 无变化
WITH_PROBLEM = range(0, 20, 4)  # a problem is told too
MOST_ACTIONS = 4
MOST_LOADS = 40
FILL, STATUS, REVIEW = (reverse(f"desk:progress{name}") for name in ("", "_status", "_review"))


class Hand:
    """What a person does, counted: a touch, a key pressed, or one run of typing."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def touch(self, selector: str) -> None:
        self.actions += 1
        self.page.click(selector)

    def press(self, keys: str) -> None:
        self.actions += 1
        self.page.keyboard.press(keys)

    def type(self, words: str) -> None:
        """Where the cursor stands."""
        self.actions += 1
        self.page.keyboard.insert_text(words)

    def taken(self) -> int:
        """How many actions since the last question."""
        actions, self.actions = self.actions, 0
        return actions


@pytest.fixture
def projects(manager) -> list[Project]:
    """Thirty projects, each with the report of last week."""
    last = week_before(week_of(timezone.now()))
    rows = []
    for n in range(MANY):
        row = ProjectFactory(name=f"测试项目{n:02d}", owner=manager, code=f"2026-{n + 1:03d}")
        period = {"period_start_on": last.start_on, "period_end_on": last.end_on, "revision": 1}
        ProgressReportFactory(project=row, progress=f"第{n}个项目上期完成土地平整", status="accepted", **period)
        rows.append(row)
    return rows


def count_requests(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: None if "/static/" in request.url else asked.append(f"{request.method} {request.url}"))
    return asked


def row(project: Project) -> str:
    return f"#p{project.pk}"


def report(hand: Hand, project: Project, n: int, *, keyboard: bool) -> None:
    """Tell of a changed project; after the first one the cursor already stands in its box."""
    if n == 0:
        hand.touch(f"{row(project)} [name=progress]")
    hand.type(WORDS[n % len(WORDS)] + f"（{n}）")
    if n in WITH_PROBLEM and n:
        hand.touch(f"{row(project)} form > details > summary")
        expect(hand.page.locator(f"{row(project)} [name=problems]")).to_be_focused()
        hand.type("用电容量不足")
    if keyboard:
        hand.press("Control+Enter")
    else:
        hand.touch(f"{row(project)} button[value=submit]")


WORDS = [
    "取得施工许可证，桩基进场",
    "设备招标完成，已签采购合同",
    "环评批复已下达",
    "主体结构封顶，转入装修",
    "企业高管来访并确定选址",
]


def test_last_weeks_report_of_thirty_projects(open_page: Open, manager, projects, width):
    page = open_page("about:blank", width)
    asked, hand = count_requests(page), Hand(page)
    page.goto(FILL)
    assert len(asked) == 1
    expect(page.locator("tbody tr")).to_have_count(MANY)

    for n, project in enumerate(projects):
        before = len(asked)
        if n in UNCHANGED:
            hand.touch(f"{row(project)} button[name=no_change] >> nth={n % 5}")
        else:
            report(hand, project, n, keyboard=width == 1366)
        expect(page.locator(f"{row(project)}[data-state=filed]")).to_be_attached()
        assert hand.taken() <= (1 if n in UNCHANGED else MOST_ACTIONS), project
        assert len(asked) - before == 1, asked[before:]
        if n + 1 < MANY:
            expect(page.locator(f"{row(projects[n + 1])} [name=progress]")).to_be_focused()

    expect(page.locator("#filed")).to_have_text(str(MANY))
    page.click("nav.choice >> text=报送情况")
    expect(page.locator("tfoot")).to_contain_text(str(MANY))
    page.click("nav.choice >> text=审核")
    page.click("text=全部采用（30）")
    expect(page.locator(".messages")).to_contain_text("已采用 30 份")

    assert len(asked) <= MOST_LOADS, len(asked)
    found = ProgressReport.objects.of(week_of(timezone.now()))
    assert found.filter(status="accepted", submitted_by=manager).count() == MANY
    assert found.exclude(no_change_reason="").count() == len(UNCHANGED)
    assert found.filter(problems="用电容量不足").count() == len(WITH_PROBLEM) - 1
    assert {item.project_id: item.progress for item in found}[projects[7].pk] == f"{WORDS[2]}（7）"


def test_what_was_typed_survives_a_lost_line_and_a_reload(open_page: Open, complaints, projects, width):
    page = open_page(FILL, width)
    box, plan = (f"{row(projects[3])} [name={name}]" for name in ("progress", "next_plan"))
    page.fill(box, "写了一半的进展")
    page.click(f"{row(projects[3])} form > details > summary")
    page.fill(plan, "写了一半的计划")
    page.context.set_offline(True)
    page.click(f"{row(projects[3])} button[value=submit]")
    expect(page.locator("#problem")).to_contain_text("网络断开")
    assert page.input_value(box) == "写了一半的进展"

    page.context.set_offline(False)
    page.reload()
    assert (page.input_value(box), page.input_value(plan)) == ("写了一半的进展", "写了一半的计划")
    page.click(f"{row(projects[3])} button[value=submit]")
    expect(page.locator(f"{row(projects[3])}[data-state=filed]")).to_be_attached()

    until(lambda: page.evaluate("Object.keys(localStorage).length") == 0, what="until the draft is forgotten")
    page.reload()
    assert ProgressReport.objects.get(next_plan="写了一半的计划").progress == "写了一半的进展"
    complaints.clear()  # the browser itself reports what was provoked here


def test_a_refused_row_keeps_its_words_and_a_returned_one_says_why(open_page: Open, manager, projects, width):
    page = open_page(FILL, width)
    first = row(projects[0])
    page.click(f"{first} form > details > summary")
    page.fill(f"{first} [name=problems]", "只写了问题")
    page.click(f"{first} button[value=submit]")
    expect(page.locator(f"{first} [role=alert]")).to_contain_text("请填写“本期进展”")
    assert page.input_value(f"{first} [name=problems]") == "只写了问题"

    page.fill(f"{first} [name=progress]", "有了进展")
    page.click(f"{first} button[value=submit]")
    expect(page.locator(f"{first}[data-state=filed]")).to_be_attached()
    page.goto(REVIEW)
    page.click("tbody tr >> text=其他原因")
    page.keyboard.insert_text("请写明时间")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_contain_text("已退回")

    page.goto(FILL)
    expect(page.locator(f"{first}[data-state=returned]")).to_contain_text("请写明时间")


def test_the_three_pages_and_the_correction_are_accessible_and_chinese(open_page: Open, complaints, manager, projects, width):
    week = week_of(timezone.now())
    period = {"period_start_on": week.start_on, "period_end_on": week.end_on, "revision": 1, "submitted_at": timezone.now()}
    states = [("submitted", None), ("submitted", 95), ("accepted", None), ("returned", None), ("draft", None)]
    rows = [
        ProgressReportFactory(project=project, progress="测试进展" * 9, status=status, likeness=likeness, **period)
        for project, (status, likeness) in zip(projects, states, strict=False)
    ]
    other = ProjectFactory(owner=UserFactory(roles=["officer"]), name="别人的测试项目")
    Project.objects.filter(pk=other.pk).update(created_at=timezone.now() - dt.timedelta(days=30))
    correct = reverse("desk:progress_correct", args=[rows[2].pk])
    page = open_page("/", width)
    wrong = {}
    for address in (
        FILL,
        f"{FILL}?who=all&left=1",
        STATUS,
        f"{STATUS}?state=missing",
        REVIEW,
        correct,
        projects[2].get_absolute_url(),
    ):
        assert page.goto(address).status == 200
        page.evaluate(AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        serious = [(item["id"], item["nodes"][0]["html"][:200]) for item in found if item["impact"] in {"serious", "critical"}]
        wide = page.evaluate("document.documentElement.scrollWidth") - width
        for name, fault in (("axe", serious), ("console", [*complaints]), ("wide", max(wide, 0)), ("english", english(page))):
            if fault:
                wrong[f"{address} {name}"] = fault
        complaints.clear()

    assert wrong == {}
