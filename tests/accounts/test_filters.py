"""Lists are filtered by a range: bounds included, nonsense said, everything else of the address kept."""

import datetime as dt
import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts.services import reassign
from activities.models import FollowUp, Interaction
from audit.models import AuditEvent
from events.models import PromotedProject
from tests.factories import UserFactory, build_one

pytestmark = pytest.mark.django_db

CONTACTS = reverse("admin:activities_interaction_changelist")
OPPORTUNITIES = reverse("admin:events_promotedproject_changelist")


@pytest.fixture(autouse=True)
def _groups(db: None) -> None:
    roles.sync_groups()


def signed_in(role: str = "manager") -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[role]), backend="django.contrib.auth.backends.ModelBackend")
    return client


def contacts(*days: int) -> list[Interaction]:
    """A contact on each of these days of November 2026."""
    rows = [build_one(Interaction) for _day in days]
    for row, day in zip(rows, days, strict=True):
        row.happened_on = dt.date(2026, 11, day)
        row.save(by=row.owner)
    return rows


def shown(client: Client, address: str, **query: str) -> set[int]:
    response = client.get(address, query)
    assert response.status_code == 200
    return {row.pk for row in response.context["cl"].result_list}


def test_both_bounds_are_included():
    client = signed_in()
    _before, first, last, _after = contacts(9, 10, 20, 21)

    found = shown(client, CONTACTS, happened_on__gte="2026-11-10", happened_on__lte="2026-11-20")

    assert found == {first.pk, last.pk}


@pytest.mark.parametrize(("bound", "kept"), [("happened_on__gte", 1), ("happened_on__lte", 0)])
def test_one_bound_alone_is_open_on_the_other_side(bound, kept):
    client = signed_in()
    rows = contacts(10, 20)

    assert shown(client, CONTACTS, **{bound: "2026-11-15"}) == {rows[kept].pk}


@pytest.mark.parametrize("typed", ["昨天", "2026-02-30", "0026-11-20", "9999999", "' OR 1=1"])
def test_what_is_no_date_is_said_and_filters_nothing(typed):
    client = signed_in()
    rows = contacts(10, 20)

    response = client.get(CONTACTS, {"happened_on__gte": typed})

    assert {row.pk for row in response.context["cl"].result_list} == {row.pk for row in rows}
    assert f"看不懂日期“{typed}”" in html.unescape(response.content.decode())


def test_a_range_that_runs_backwards_is_said_and_filters_nothing():
    client = signed_in()
    rows = contacts(10, 20)

    response = client.get(CONTACTS, {"happened_on__gte": "2026-11-20", "happened_on__lte": "2026-11-10"})

    assert len(response.context["cl"].result_list) == len(rows)
    assert "“从”不能大于“到”" in response.content.decode()


def test_the_last_day_there_is_may_be_asked_for():
    client = signed_in("auditor")
    build_one(AuditEvent)

    assert shown(client, reverse("admin:audit_auditevent_changelist"), at__gte="1900-01-01", at__lte="9999-12-31")


def test_of_a_moment_the_whole_day_counts():
    client = signed_in("auditor")
    event = build_one(AuditEvent)
    midnight = dt.datetime(2026, 11, 20, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    days = {"at__gte": "2026-11-20", "at__lte": "2026-11-20"}

    for at, seen in ((0, True), (24 * 60 - 1, True), (-1, False), (24 * 60, False)):
        AuditEvent.objects.filter(pk=event.pk).update(at=midnight + dt.timedelta(minutes=at))
        assert (event.pk in shown(client, reverse("admin:audit_auditevent_changelist"), **days)) is seen


def test_amounts_are_typed_as_people_write_them():
    client = signed_in()
    small, middle, large, unstated = (build_one(PromotedProject) for _n in range(4))
    for row, amount in ((small, 14_999), (middle, 15_000), (large, 30_000), (unstated, None)):
        row.investment = amount
        row.save(by=row.owner)

    assert shown(client, OPPORTUNITIES, investment__gte="1.5亿", investment__lte="29999") == {middle.pk}
    assert shown(client, OPPORTUNITIES, investment__isnull="True") == {unstated.pk}


@pytest.mark.parametrize("typed", ["许多", "1 2", "300万美元", "NaN"])
def test_what_is_no_amount_is_said_and_filters_nothing(typed):
    client = signed_in()
    row = build_one(PromotedProject)

    response = client.get(OPPORTUNITIES, {"investment__gte": typed})

    assert [found.pk for found in response.context["cl"].result_list] == [row.pk]
    assert 'role="alert"' in response.content.decode()


def test_the_form_and_its_links_keep_every_other_parameter_but_the_page():
    client = signed_in()
    contacts(10)

    page = client.get(CONTACTS, {"kind__exact": "call", "q": "甲", "o": "1", "p": "1", "happened_on__gte": "2026-11-01"})

    form = re.search(r'<form method="get" class="range".*?</form>', page.content.decode(), re.S)[0]
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))
    assert carried == {"kind__exact": "call", "q": "甲", "o": "1"}
    spec = next(spec for spec in page.context["cl"].filter_specs if spec.field_path == "happened_on")
    for choice in spec.choices(page.context["cl"]):
        query = parse_qs(urlsplit(choice["query_string"]).query)
        assert query["kind__exact"] == ["call"]
        assert query["q"] == ["甲"]


def test_clearing_takes_both_bounds_away():
    client = signed_in()
    page = client.get(CONTACTS, {"happened_on__gte": "2026-11-01", "happened_on__lte": "2026-11-02", "kind__exact": "call"})

    spec = next(spec for spec in page.context["cl"].filter_specs if spec.field_path == "happened_on")
    clear = next(iter(spec.choices(page.context["cl"])))

    assert clear["query_string"] == "?kind__exact=call"
    assert not clear["selected"]


def test_a_range_shows_nobody_more_than_his_own():
    client = signed_in("officer")
    mine, _others = contacts(10, 10)
    officer = UserFactory._meta.model.objects.get(pk=client.session["_auth_user_id"])
    reassign(mine, owner=officer, by=officer)

    assert shown(client, CONTACTS, happened_on__gte="2026-11-10", happened_on__lte="2026-11-10") == {mine.pk}
    assert shown(client, CONTACTS, happened_on__gte="昨天") == {mine.pk}


def test_a_field_that_matters_only_beside_another_says_so_on_its_input():
    client = signed_in()

    page = client.get(reverse("admin:projects_project_add")).content.decode()

    tag = re.search(r'<input[^>]*name="land_mu"[^>]*>', page)[0]
    assert 'data-shown-when="land_mode"' in tag
    assert 'data-shown-for="sale lease other"' in tag


def test_an_empty_list_teaches_and_a_filtered_one_says_that_it_is_filtered():
    client = signed_in()
    address = reverse("admin:activities_followup_changelist")

    assert "还没有待办事项" in client.get(address).content.decode()
    build_one(FollowUp)
    filtered = client.get(address, {"due_on__gte": "2099-01-01"}).content.decode()
    assert "没有符合条件的待办事项" in filtered
    assert "还没有待办事项" not in filtered
