"""Figures outside the cockpit: in the headings of lists, beside targets, over changes. Each opens the rows it counts."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from accounts import roles
from reports.models import Snapshot
from reports.services import snapshots
from tests.factories import (
    AgreementFactory,
    CapitalArrivalFactory,
    InvestmentProgressFactory,
    MilestoneFactory,
    ProjectFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a class="figure"\s+href="([^"]+)"\s+title="([^"]*)"[^>]*>([^<]*)</a>')
DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?| 年)")
LISTS = ["/agreements/", "/milestones/", "/capital/"]
AS_OF = "?as_of=2026-06-30"
PAGES = [*LISTS, *(url + AS_OF for url in ["/projects/", *LISTS]), "/reports/changes/", "/reports/targets/"]


class Loose(HTMLParser):
    """Figures of headings and of columns of figures that stand in no link; dates are none."""

    def __init__(self, cells: bool) -> None:
        super().__init__()
        self.cells, self.inside, self.linked, self.found = cells, 0, 0, []

    def handle_starttag(self, tag, attrs):
        number = self.cells and tag == "td" and "number" in (dict(attrs).get("class") or "")
        self.inside += tag in {"h1", "h2"} or number or (self.inside and tag == "td")
        self.linked += tag == "a"

    def handle_endtag(self, tag):
        self.inside -= bool(self.inside) and tag in {"h1", "h2", "td"}
        self.linked -= tag == "a"

    def handle_data(self, text):
        if self.inside and not self.linked and re.search(r"\d", DAY.sub("", text)):
            self.found.append(text.strip())


def loose(page, *, cells: bool = False) -> list[str]:
    walk = Loose(cells)
    walk.feed(page.text)
    return walk.found


def figures(page) -> list[tuple[str, str, str]]:
    """Address, title and text of every figure."""
    return [tuple(unescape(part) for part in found) for found in LINK.findall(page.text)]


def take(day: dt.date) -> Snapshot:
    snapshot = snapshots.take_snapshot("manual", now=timezone.now())
    Snapshot.objects.filter(pk=snapshot.pk).update(as_of_on=day)
    return snapshot


@pytest.fixture
def client():
    roles.sync_groups()
    client = Client()
    client.force_login(UserFactory(roles=["manager"]), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def filled():
    """Every figure of these pages is neither 0, unknown, nor that of its neighbour."""
    first = ProjectFactory(origin="entered", stage="land.signed", land_mu=10)
    _papers(first)
    _steps(first)
    _capital(first)
    stays = ProjectFactory.create_batch(2, stage="land.signed")
    going = ProjectFactory()
    take(dt.date(2026, 6, 1))
    for row in (first, *stays):
        row.stage = "land.registered"
        row.save()
    paper = first.agreement
    paper.amount = Decimal(31_000)
    paper.save()
    for row in ProjectFactory.create_batch(4, expected_sign_on=None):
        row.expected_sign_on = timezone.localdate()
    first.expected_sign_on, first.planned_start_on = dt.date(2026, 9, 1), dt.date(2026, 9, 1)
    first.save()
    going.__class__.all_objects.filter(pk=going.pk).update(deleted_at=timezone.now())
    take(dt.date(2026, 6, 8))
    for place, code in enumerate(["signing", "signing_amount"]):
        TargetFactory(indicator=code, year=timezone.localdate().year, value=Decimal(7 + place))
    return first


def _papers(project) -> None:
    day = timezone.localdate().replace(month=1, day=1)
    amounts = {"formal": (30_000, 500), "framework": (20_000,), "intent": (5_000,), "mou": (700,), "supplement": (90,)}
    for kind, sums in amounts.items():
        for amount in sums:
            paper = AgreementFactory(project=project, kind=kind, amount=Decimal(amount), signed_on=day)
            if amount == 30_000:
                project.agreement = paper
    AgreementFactory(project=project, kind="formal", amount=None)
    project.save()


def _steps(project) -> None:
    MilestoneFactory(project=project, status="done", completed_on=dt.date(2026, 5, 1))
    MilestoneFactory.create_batch(2, project=project, status="planned")
    MilestoneFactory.create_batch(3, project=project, status="to_confirm", confirmed_at=None, confirmed_by=None)


def _capital(project) -> None:
    proven = {"status": "verified", "verified_at": timezone.now(), "verified_by": UserFactory()}
    for amount in (70, 8):
        CapitalArrivalFactory(project=project, amount=Decimal(amount), **proven)
    CapitalArrivalFactory(project=project, amount=Decimal(5), status="submitted")
    CapitalArrivalFactory(project=project, amount=Decimal(9), status="returned")
    CapitalArrivalFactory(project=project, amount=None, amount_usd=Decimal(3), **proven)
    CapitalArrivalFactory(project=project, amount=None, amount_usd=Decimal(2), status="draft")
    InvestmentProgressFactory(project=project, report_month=dt.date(2026, 1, 1), completed=Decimal(4), status="submitted")


@pytest.mark.parametrize("url", PAGES)
def test_no_figure_stands_without_a_link(client, filled, url):
    page = client.get(url)

    assert page.status_code == 200
    assert figures(page)
    assert loose(page, cells="targets" in url) == []


def test_a_figure_without_a_link_is_found_by_these_tests():
    class Answer:
        text = '<h1>协议 <a href="?">4</a> 3亿元 2026-06-01</h1><table><tr><td class="number"><b>7</b></td></tr></table>'

    assert loose(Answer, cells=True) == ["3亿元 2026-06-01", "7"]


@pytest.mark.parametrize("url", [*LISTS, *(url + AS_OF for url in ["/projects/", *LISTS])])
def test_a_figure_of_a_heading_opens_exactly_the_rows_it_counts(client, filled, url):
    page = client.get(url)
    kind = page.context["kind"]
    values = {item.code: page.context["sheet"].found[item.code] for item in kind.sums}

    assert len({str(value) for value in values.values()}) == len(values), values
    assert not {0, None} & {*values.values()}, values
    for item, (address, title, text) in zip(kind.sums, figures(page), strict=True):
        opened = client.get(url.split("?")[0] + address)
        assert str(item.definition) in title
        assert re.search(r"截至 \d{4}-\d\d-\d\d", title)
        assert len(opened.context["lines"]) == opened.context["sheet"].count > 0
        assert _shown(opened, item) == values[item.code], address
        assert text in [said for _address, _title, said in figures(opened)]


def _shown(opened, item):
    """What the rows on the page add up to, read from their cells."""
    if not item.column:
        return len(opened.context["lines"])
    cells = [cell.text for line in opened.context["lines"] for cell in line.cells if cell.column.key == item.column]
    if not cells:  # a sum of the snapshot whose column is not shown
        return opened.context["sheet"].found[item.code]
    return sum(Decimal(text.replace(",", "").replace("亿元", "E4").replace("亿", "E4")) for text in cells)


def test_a_list_says_of_what_it_shows_a_part_and_keeps_it_while_filtering(client, filled):
    page = client.get("/agreements/?of=framework")

    assert "只列计入“框架协议”的" in page.text
    assert '<input type="hidden" name="of" value="framework">' in page.text
    assert len(page.context["lines"]) == 1
    assert len(client.get("/agreements/?of=nonsense").context["lines"]) == 7


def test_a_count_of_changes_opens_the_rows_it_counts(client, filled):
    page = client.get("/reports/changes/")
    counts = {part.code: part.lines.count for part in page.context["parts"]}

    assert counts == {"added": 4, "gone": 1, "stage": 3, "amount": 1, "date": 2}
    assert page.context["found"].total == sum(counts.values())
    for part in page.context["parts"]:
        opened = client.get("/reports/changes/" + part.number.url)
        (only,) = opened.context["parts"]
        assert (only.code, len(only.lines.rows)) == (part.code, part.lines.count)
        assert opened.text.count('<th scope="row">') == part.lines.count
        assert "2026-06-01 → 2026-06-08" in part.number.title
        assert part.definition in part.number.title


def test_a_figure_beside_a_target_opens_the_rows_it_counts(client, filled):
    page = client.get("/reports/targets/")
    (group,) = page.context["page"].groups

    rows = [*group.rows, *group.unset]
    assert {row.indicator.code for row in rows} > {"signing", "signing_amount"}
    assert {row.done.text for row in group.rows} == {"1", "3.1亿元"}
    for row in rows:
        opened = client.get(row.done.url)
        assert opened.status_code == 200, row.done.url
        assert opened.context["number"].text == row.done.text
        if opened.context["behind"].quantity.amount is None:
            assert str(opened.context["total"]) == row.done.text
        assert str(opened.context["behind"].quantity.name) in opened.text
    for row in group.rows:
        assert row.target.text in client.get(row.target.url).text
        assert {row.rate.url, row.ahead.url, row.gap.url} == {row.done.url}


def test_a_month_without_data_is_unknown_and_no_zero(client, filled):
    told = client.get("/figures/invested_in_period/?start=2026-01-01&end=2026-01-31")
    silent = client.get("/figures/invested_in_period/?start=2026-02-01&end=2026-02-28")

    assert (told.context["total"], silent.context["total"]) == (1, 0)
    assert silent.context["number"].text == "—"
    assert "这个数是 0 或未知" in silent.text
