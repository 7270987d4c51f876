"""驾驶舱: every number is a link, and what it opens counts exactly that many rows."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts import roles
from crm import seeding
from desk.cockpit.numbers import Number, written
from desk.cockpit.parts import PARTS
from desk.templatetags.cockpit import FigureWithoutLink
from events.models import Event
from reports.indicators.quantity import WAN
from reports.models import Target
from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    AnnualPlanFactory,
    CapitalArrivalFactory,
    CompanyFactory,
    DepartmentFactory,
    DirectiveFactory,
    EventFactory,
    InteractionFactory,
    InvestmentProgressFactory,
    MilestoneFactory,
    ProjectFactory,
    ProjectMemberFactory,
    ProjectPartyFactory,
    StageChangeFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a class="figure"\s+href="([^"]+)"[^>]*>([^<]*)</a>')
MOST_QUERIES = 12


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def signed_in(*names, **values) -> Client:
    roles.sync_groups()
    user = UserFactory(roles=names, **values)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def part(client: Client, code: str, query: str = ""):
    return client.get(reverse("desk:cockpit_part", args=[code]) + query, headers={"HX-Request": "true"})


def links(answer) -> list[tuple[str, str]]:
    """Address and text of every number of a page."""
    return [(unescape(address), unescape(text)) for address, text in LINK.findall(answer.content.decode())]


def sign(
    owner, today, *, kind="formal", amount: float | None = 10_000, stage="land.signed", source="domestic", days=10, **values
):
    """A project of this year with its first paper."""
    lead = CompanyFactory(owner=owner, capital_source=source)
    project = ProjectFactory(owner=owner, stage=stage, lead_party=lead, **values)
    AgreementFactory(
        project=project, kind=kind, amount=amount, signed_on=max(today - dt.timedelta(days=days), today.replace(month=1, day=1))
    )
    return project


def fill(today: dt.date, *, scale: int = 1) -> dict[str, object]:
    """Rows of every part; the counts of one part are neither 0 nor equal to another where that can be."""
    centre = DepartmentFactory()
    first, second = (UserFactory(roles=["officer"], department=centre) for _n in range(2))
    for place, (kind, source, amount) in enumerate(
        [
            ("formal", "domestic", 250_000),
            ("tenancy", "hmt", 120_000),
            ("framework", "foreign", 60_000),
            ("intent", "unknown", 12_000),
            ("supplement", "domestic", 500),
            ("unknown", "hmt", None),
        ]
    ):
        for _n in range((place + 1) * scale):
            sign(first if place % 2 else second, today, kind=kind, source=source, amount=amount)
    for place, stage in enumerate(["registered", "started", "completed", "producing", "effective"]):
        for _n in range((place + 1) * scale):
            sign(first, today, stage=f"land.{stage}", amount=7_000 + place)
    for amount, count in [(60_000, 3), (12_000, 4), (None, 7)]:
        for _n in range(count * scale):
            sign(second, today, amount=amount, source="foreign")
    _money(today, sign(first, today, stage="land.started", amount=9_000, land_mu=30), scale)
    made = {"centre": centre, "first": first, "second": second, **_work(today, first, second, scale)}
    tell_the_planner()
    return made


def tell_the_planner() -> None:
    """PostgreSQL looks over the tables of a site as they grow, but not over rows of an open transaction: it would guess."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _money(today, project, scale) -> None:
    """Capital of all origins, verified and not, investment and its plan, land, an upgrade, plans and what began by plan."""
    by = UserFactory()
    proven = {"status": "verified", "verified_at": timezone.now(), "verified_by": by}
    arrived = {"project": project, "arrived_on": today}
    for place, origin in enumerate(["our_city", "other_city", "other_province"]):
        CapitalArrivalFactory.create_batch(scale, origin=origin, amount=100 * 3**place, **arrived, **proven)
        CapitalArrivalFactory.create_batch(scale, origin=origin, amount=7 * 5**place, **arrived)
    CapitalArrivalFactory.create_batch(scale, origin="hmt", amount=None, amount_usd=30, **arrived, **proven)
    CapitalArrivalFactory.create_batch(scale, origin="foreign", amount=None, amount_usd=4, **arrived)
    month = today.replace(day=1)
    InvestmentProgressFactory(project=project, report_month=month, completed=210, cumulative=640, status="submitted")
    AnnualPlanFactory(project=project, year=today.year, planned_investment=700)
    paper = project.agreements.get()
    paper.fixed_investment = 4_200
    paper.save(update_fields=["fixed_investment"])
    project.agreement = paper
    project.save(update_fields=["agreement"])
    lead = CompanyFactory(city="广东深圳")
    ProjectPartyFactory(project=project, company=lead)
    for _n in range(11 * scale):
        old = ProjectFactory(owner=project.owner, stage="land.signed")
        AgreementFactory(project=old, kind="intent", signed_on=today.replace(month=1, day=1) - dt.timedelta(days=30))
        AgreementFactory(project=old, counts_as="upgrade", signed_on=today, amount=8_000)
    for n, stage in enumerate(["started", "completed"] * scale):
        begun = ProjectFactory(stage=f"land.{stage}", planned_start_on=today, planned_completion_on=today if n else None)
        StageChangeFactory(project=begun, from_stage="land.permitting", to_stage="land.started", moved_on=today)
        if stage == "completed":
            StageChangeFactory(project=begun, from_stage="land.started", to_stage="land.completed", moved_on=today)


def _work(today, first, second, scale) -> dict[str, object]:
    unit = DepartmentFactory()
    _late(today, first, unit, scale)
    for _n in range(3 * scale):
        project = ProjectFactory(owner=second, stage="land.registered")
        StageChangeFactory(project=project, from_stage="land.signed", to_stage="land.registered", moved_on=today, moved_by=second)
    for n in range(4 * scale):
        project = ProjectFactory(owner=second, stage="land.signed" if n % 4 == 0 else "land.filed")
        AgreementFactory(project=project, signed_on=today - dt.timedelta(days=250), amount=3)
    until = dt.date(today.year, 12, 31)
    ProjectFactory.create_batch(2 * scale, owner=first, stage="land.negotiating", expected_sign_on=until)
    passed = today - dt.timedelta(days=5)
    ProjectFactory.create_batch(5 * scale, owner=first, stage="land.pre_sign", expected_sign_on=passed)
    InteractionFactory.create_batch(7 * scale, owner=first, happened_on=today)
    return {"unit": unit, **_events(today, first, scale), **_leader(first, scale)}


def _late(today, owner, unit, scale) -> None:
    """Projects late for three lengths of time, for two units."""
    confirmed = timezone.now() - dt.timedelta(days=400)
    for place, days in enumerate([3, 12, 60]):
        for n in range((place + 2) * scale):
            project = ProjectFactory(owner=owner, stage="land.permitting")
            named = {"responsible_unit": unit} if n % 2 else {"responsible_unit_name": "测试住建单位"}
            MilestoneFactory(project=project, due_on=today - dt.timedelta(days=days), confirmed_at=confirmed, **named)
            MilestoneFactory(project=project, due_on=today + dt.timedelta(days=90))


def _events(today, owner, scale) -> dict[str, object]:
    """A meeting of which 6 orders came, 4 of them open and 3 late, and a batch of 3."""
    meeting = EventFactory(kind="meeting", owner=owner)
    item = AgendaItemFactory(event=meeting, title="议题", decision="同意")
    AgendaItemFactory(event=meeting, title="另一议题", decision="研究")
    late = today - dt.timedelta(days=2)
    DirectiveFactory.create_batch(3 * scale, agenda_item=item, due_on=late, owner=owner)
    DirectiveFactory.create_batch(scale, agenda_item=item, due_on=today, owner=owner)
    DirectiveFactory.create_batch(2 * scale, agenda_item=item, status="closed", due_on=late, owner=owner)
    batch = EventFactory(announced_signed_count=14, announced_signed_investment=1_420_000, owner=owner)
    for project in ProjectFactory.create_batch(3 * scale, owner=owner, stage="land.registered"):
        AgreementFactory(project=project, event=batch, amount=100, signed_on=today - dt.timedelta(days=250))
    return {"meeting": meeting, "batch": batch}


def _leader(owner, scale) -> dict[str, object]:
    leader = UserFactory(roles=["leader"])
    for n in range(2 * scale):
        ProjectMemberFactory(project=ProjectFactory(owner=owner), user=leader, role="leader", rank=n + 1)
    return {"leader": leader}


def targets(today: dt.date) -> None:
    TargetFactory(indicator="signing", year=today.year, value=500)
    TargetFactory(indicator="signing_amount", year=today.year, value=9_000_000)


@pytest.fixture
def filled(today):
    made = fill(today)
    targets(today)
    return made


# Every number


def figure_pages(client: Client, code: str) -> Iterator[tuple[str, str, object]]:
    for address, text in links(part(client, code)):
        yield address, text, client.get(address)


@pytest.mark.parametrize("code", [code for code in PARTS if code not in ("company", "targets", "batches", "rates")])
def test_every_number_opens_exactly_the_rows_it_counts(filled, today, code):
    client = signed_in("manager")
    found = list(figure_pages(client, code))

    assert found
    for address, text, answer in found:
        assert answer.status_code == 200, address
        counted = answer.context["behind"].quantity
        assert address.startswith("/figures/")
        if counted.amount is None:
            assert text == f"{answer.context['total']:,}", address
        else:
            about, summed = text.startswith("约"), answer.context["number"].plain
            assert text in {written(summed, WAN, about=about), written(summed, WAN, about=about, bare=True)}, address


@pytest.mark.parametrize("code", ["rates", "targets", "batches"])
def test_every_figure_opens_a_page_that_says_the_same(filled, today, code):
    client = signed_in("manager")

    for address, text, answer in figure_pages(client, code):
        assert answer.status_code == 200, address
        said = answer.content.decode()
        if address.startswith("/figures/") and code != "targets":
            assert text in said, address


def test_the_data_of_these_tests_shows_no_zero_and_hardly_a_dash(filled, today):
    """Otherwise a figure that counts nothing, or the wrong rows, would open exactly its rows too."""
    client = signed_in("manager")
    codes = ("stuck", "week", "signed", "rates", "meetings", "unstarted")
    shown = {code: [text for _address, text in links(part(client, code))] for code in codes}

    for code, texts in shown.items():
        assert not {"0", "0万元", "0.00%"} & set(texts), (code, texts)
    assert {code: texts.count("—") for code, texts in shown.items()} == {
        **dict.fromkeys(codes, 0),
        "signed": 2,
    }  # 类型待核、未填金额
    kinds = [count.text for _label, count, _amount in part(client, "signed").context["tables"][0]["lines"]]
    assert len(set(kinds)) == len(kinds)
    assert len(set(shown["meetings"][:4])) == 4
    assert len(set(shown["stuck"][2:5])) == 3


def test_a_picture_says_what_its_table_says(filled):
    for table in part(signed_in("manager"), "signed").context["tables"]:
        drawn = json.loads(table["chart"])

        assert drawn["names"] == [label for label, _count, _amount in table["lines"]]
        assert [f"{value:.0f}" for value in drawn["values"]] == [count.text for _label, count, _amount in table["lines"]]


def test_the_rows_of_a_figure_are_turned_by_page(today):
    client = signed_in("manager")
    for _n in range(53):
        sign(client.user, today)

    first = client.get(reverse("desk:figure", args=["signed"]))
    second = client.get(f"{reverse('desk:figure', args=['signed'])}?{first.context['following']}")

    assert (first.context["total"], len(first.context["lines"]), len(second.context["lines"])) == (53, 50, 3)
    assert second.context["following"] == ""


def test_a_rate_shows_its_two_parts_and_opens_either(filled, today):
    client = signed_in("manager")

    whole = client.get(reverse("desk:figure", args=["performance"]) + "?variant=count")
    other = client.get(reverse("desk:figure", args=["performance"]) + "?variant=count&part=denominator")

    names = [name for name, _quantity, _number in whole.context["parts"]]
    assert names == ["numerator", "denominator"]
    assert whole.context["total"] < other.context["total"]
    rate = Decimal(whole.context["total"] * 100) / other.context["total"]
    assert whole.context["rate"].text == f"{rate:.2f}%"


@pytest.mark.parametrize(
    "address", ["nonsense/", "signed/?start=yesterday", "signed/?kind=nonsense", "stuck/?unit=x", "start/?variant=z"]
)
def test_an_address_somebody_typed_is_not_found(address):
    assert signed_in("manager").get(f"/figures/{address}").status_code == 404


def test_a_number_without_a_link_is_refused():
    template = Template("{% load cockpit %}{% figure number %}")

    with pytest.raises(FigureWithoutLink):
        template.render(Context({"number": Number("12")}))


def test_what_is_unknown_is_a_dash_and_no_number():
    template = Template("{% load cockpit %}{% figure number %}")

    assert ">—<" in template.render(Context({"number": None}))


# Who sees what


def test_an_officer_sees_no_officers_figures(filled):
    client = signed_in("officer")

    assert part(client, "officers").status_code == 403
    assert "officers" not in [row.code for row in client.get(reverse("desk:cockpit")).context["parts"]]
    assert not part(client, "week").context["people"]


def test_a_statistician_sees_no_officers_figures_and_all_else(filled):
    client = signed_in("statistician")

    assert part(client, "officers").status_code == 403
    assert part(client, "signed").status_code == 200


def test_a_head_sees_the_officers_of_his_departments_only(filled):
    head = signed_in("head", department=filled["centre"])
    other = signed_in("head")

    assert {row.user for row in part(head, "officers").context["officers"]} == {filled["first"], filled["second"]}
    assert part(other, "officers").context["officers"] == []


def test_a_figure_counts_only_what_its_reader_may_see(filled, today):
    stranger, manager = signed_in("officer"), signed_in("manager")
    sign(stranger.user, today)
    address = reverse("desk:figure", args=["signed"])

    assert stranger.get(address).context["total"] == 1
    assert manager.get(address).context["total"] > 1


# The questions


def test_the_projects_of_a_leader_stand_in_their_given_order(filled, today):
    leader = Client()
    leader.force_login(filled["leader"], backend="django.contrib.auth.backends.ModelBackend")
    early = ProjectFactory(name="测试项目甲")
    ProjectMemberFactory(project=early, user=filled["leader"], role="leader", rank=9)

    shown = [item.project for item in part(leader, "sponsored").context["led"].rows]

    assert shown[-1] == early
    assert len(shown) == 3


def test_a_former_leader_leads_nothing(filled, today):
    filled["leader"].memberships.all().update(until_on=today - dt.timedelta(days=1))
    client = signed_in("manager")

    shown = part(client, "sponsored", f"?leader=user:{filled['leader'].pk}").context

    assert not shown["led"].rows
    assert shown["number"].text == "0"


def test_a_leader_leads_until_his_last_day(filled, today):
    filled["leader"].memberships.all().update(until_on=today + dt.timedelta(days=1))

    shown = part(signed_in("manager"), "sponsored", f"?leader=user:{filled['leader'].pk}").context

    assert (len(shown["led"].rows), shown["number"].text) == (2, "2")


def test_a_target_is_compared_with_what_was_done(filled, today):
    client = signed_in("manager")

    lines = {line.reached.target.indicator: line for line in part(client, "targets").context["targets"]}

    counted = client.get(lines["signing"].done.url).context
    assert (counted["behind"].quantity.code, lines["signing"].done.text) == ("signed_contracts", f"{counted['total']}")
    assert lines["signing"].target.text == "500"
    stated = client.get(lines["signing"].target.url)
    assert "500" in stated.content.decode()


def test_without_targets_there_is_no_rate(today):
    answer = part(signed_in("manager"), "targets")

    assert "还没有下达目标" in answer.content.decode()
    assert not Target.objects.exists()


def test_a_part_without_scripts_is_a_page(filled):
    answer = signed_in("manager").get(reverse("desk:cockpit_part", args=["stuck"]))

    assert "<h1>" in answer.content.decode()


# What it costs


@pytest.mark.parametrize("code", [code for code in PARTS if code != "company"])
def test_a_part_asks_as_much_of_many_projects_as_of_few(code, today):
    client = signed_in("manager")
    fill(today)
    targets(today)
    counts = []
    for again in (0, 2):
        if again:
            fill(today, scale=again)
        ContentType.objects.clear_cache()
        part(client, code)
        with CaptureQueriesContext(connection) as asked:
            part(client, code)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= MOST_QUERIES, [query["sql"][:160] for query in asked]


def test_a_page_of_rows_asks_as_much_of_many_as_of_few(today):
    client = signed_in("manager")
    counts = []
    for number in (2, 30):
        for _n in range(number):
            sign(client.user, today)
        client.get(reverse("desk:figure", args=["signed"]))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("desk:figure", args=["signed"]))
        counts.append(len(asked))

    assert counts[0] == counts[1] <= MOST_QUERIES


# Shenzhen


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        seeding.sync_roles()
        seeding.seed(press=True)
        yield
        transaction.set_rollback(True)


def test_the_shenzhen_batch_shows_what_was_announced_and_what_is_recorded(seeded):
    event = Event.objects.get(announced_signed_count=14)
    client = signed_in("leader")

    answer = client.get(reverse("desk:batch", args=[event.pk]))
    shown = {name: number.text for name, number in answer.context["batch"].numbers.items()}

    assert shown["announced_signed"] == "14"
    assert shown["announced_investment"] == "142亿元"
    assert shown["recorded"] == "12"
    assert shown["allocated"] == "0万元"
    assert answer.context["batch"].unnamed == 2
    assert {number.text for _figure, number in answer.context["rates"]} == {"—"}
    assert "0.00%" not in answer.content.decode()
    named = client.get(answer.context["batch"].numbers["recorded"].url)
    assert named.context["total"] == 12


def test_what_the_press_told_is_not_signed_this_year(seeded):
    client = signed_in("leader")

    assert part(client, "signed").context["total"]["signed"].text == "0"
    assert part(client, "unstarted").context["lists"][1][0].text == "0"


def test_the_cockpit_leads_to_the_batch_in_two_taps(seeded):
    event = Event.objects.get(announced_signed_count=14)

    assert reverse("desk:batch", args=[event.pk]) in part(signed_in("leader"), "batches").content.decode()
