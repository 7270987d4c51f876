"""The page of an event: announced against recorded, who came in what order, who was followed up, what was signed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from projects.services import refresh_project
from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    AttachmentFactory,
    AttendanceFactory,
    CitationFactory,
    CompanyFactory,
    EventFactory,
    EventPromotionFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    InteractionFactory,
    MilestoneFactory,
    ParticipationFactory,
    ProjectFactory,
    ProjectPartyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 27  # one of them for the orders that came of the agenda
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _groups():
    roles.sync_groups()


def signed_in(*names):
    user = UserFactory(roles=names)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def page(client, event):
    return client.get(reverse("desk:event", args=[event.pk]))


def followed(event, client=None):
    """Company name → what the page says of it."""
    rows = page(client or signed_in("manager"), event).context["followed"]
    return {row.company.name: row for row in rows}


def signed(event, owner):
    project = ProjectFactory(owner=owner)
    company = CompanyFactory(owner=owner)
    ProjectPartyFactory(project=project, company=company)
    AgreementFactory(project=project, event=event)
    MilestoneFactory(project=project)
    return refresh_project(project)


def furnish(event, count):
    """So many of everything that belongs to an event."""
    for n in range(count):
        company = CompanyFactory(owner=event.owner)
        AgendaItemFactory(event=event)
        ParticipationFactory(event=event, company=company, rank=n)
        EventPromotionFactory(event=event)
        EventFactory(parent=event, owner=event.owner)
        signed(event, event.owner)
        contact = InteractionFactory(event=event, owner=event.owner)
        InteractionCompanyFactory(interaction=contact, company=company)
        AttendanceFactory(interaction=contact)
        FollowUpFactory(event=event, company=company, owner=event.owner)
        AttachmentFactory(target=event)
        CitationFactory(target=event, fields=["name"])


@pytest.mark.parametrize("role", ["officer", "head", "manager"])
def test_the_page_asks_the_same_few_queries_however_much_there_is(role):
    client = signed_in(role)
    few, many = (EventFactory(owner=client.user, announced_signed_count=14) for _n in range(2))
    furnish(few, 3)
    furnish(many, 30)
    page(client, few)  # fills the caches of the process

    with CaptureQueriesContext(connection) as at_three:
        page(client, few)
    with CaptureQueriesContext(connection) as at_thirty:
        page(client, many)

    assert len(at_thirty) == len(at_three) <= MOST_QUERIES


def test_an_event_of_another_department_is_not_found():
    assert page(signed_in("officer"), EventFactory()).status_code == 404


def test_announced_stands_against_recorded_and_the_gap_is_not_filled():
    event = EventFactory(announced_signed_count=14, announced_signed_investment=Decimal(1_420_000))
    signed(event, UserFactory())
    AgreementFactory(event=event, amount=None)

    shown = page(signed_in("manager"), event).content.decode()

    assert "2/14" in shown
    assert "1/142" in shown
    assert "12 个未具名" in shown


def test_an_event_that_announced_nothing_shows_what_is_recorded():
    event = EventFactory()
    signed(event, UserFactory())

    shown = page(signed_in("manager"), event).content.decode()

    assert "1/—" in shown
    assert "没有登记对外公布的数字" in shown


def test_guests_keep_their_given_order():
    event = EventFactory()
    for rank, name in enumerate(["张三", "阿甲", "李四"], 1):
        ParticipationFactory(event=event, company=None, name=name, side="ours", rank=rank, title_then="局长")

    ((_label, rows),) = page(signed_in("manager"), event).context["sides"]

    assert [row.name for row in rows] == ["张三", "阿甲", "李四"]


def test_a_company_counts_as_followed_up_by_a_contact_after_the_event_or_a_promise():
    event = EventFactory(starts_on=timezone.localdate() - 30 * DAY)
    before, after, promised, nothing = (ParticipationFactory(event=event, company=CompanyFactory()).company for _n in range(4))
    InteractionCompanyFactory(company=before, interaction=InteractionFactory(happened_on=event.starts_on))
    InteractionCompanyFactory(company=after, interaction=InteractionFactory(happened_on=event.starts_on + DAY))
    FollowUpFactory(company=promised, event=event, due_on=event.starts_on)
    FollowUpFactory(company=nothing, event=event, status="cancelled")

    rows = followed(event)

    assert {name: row.followed for name, row in rows.items()} == {
        before.name: False,
        after.name: True,
        promised.name: True,
        nothing.name: False,
    }
    assert rows[after.name].last_on == event.starts_on + DAY


def test_several_contacts_are_counted_once_each_and_the_last_is_named():
    event = EventFactory(starts_on=timezone.localdate() - 30 * DAY)
    company = ParticipationFactory(event=event, company=CompanyFactory()).company
    for n in (1, 2, 3):
        InteractionCompanyFactory(company=company, interaction=InteractionFactory(happened_on=event.starts_on + n * DAY))
    FollowUpFactory(company=company, due_on=event.starts_on + 9 * DAY)
    FollowUpFactory(company=company, due_on=event.starts_on + 5 * DAY)

    row = followed(event)[company.name]

    assert (row.contacts, row.last_on) == (3, event.starts_on + 3 * DAY)
    assert (row.promises, row.next_on) == (2, event.starts_on + 5 * DAY)


def test_our_own_units_are_not_to_be_followed_up_but_signers_and_those_met_are():
    event = EventFactory()
    ours = ParticipationFactory(event=event, company=CompanyFactory(), side="ours").company
    project = signed(event, UserFactory())
    met = InteractionCompanyFactory(interaction=InteractionFactory(event=event)).company

    assert set(followed(event)) == {project.lead_party.name, met.name}
    assert ours.name not in followed(event)


def test_contacts_of_others_do_not_count_for_who_may_not_see_them():
    client = signed_in("officer")
    event = EventFactory(owner=client.user, starts_on=timezone.localdate() - 30 * DAY)
    company = ParticipationFactory(event=event, company=CompanyFactory()).company
    InteractionCompanyFactory(company=company, interaction=InteractionFactory())

    assert followed(event, client)[company.name].followed is False
    assert followed(event, client)[company.name].open is False
    assert followed(event)[company.name].followed is True


def test_what_was_signed_stands_with_its_light_and_what_it_waits_for():
    event = EventFactory()
    project = signed(event, UserFactory())

    response = page(signed_in("manager"), event)

    (item,) = response.context["signed"].rows
    assert item.bottleneck.milestone.name == "测试节点"
    assert f'href="{project.get_absolute_url()}"' in response.content.decode()


def test_agreements_of_projects_the_person_may_not_see_are_left_out():
    client = signed_in("officer")
    event = EventFactory(owner=client.user)
    foreign = signed(event, UserFactory())

    assert foreign.name not in page(client, event).content.decode()


def test_buttons_are_those_the_person_may_use():
    event = EventFactory()

    manager, leader = (page(signed_in(role), event).content.decode() for role in ("manager", "leader"))

    edit, log = reverse("admin:events_event_change", args=[event.pk]), f"{reverse('desk:log')}?event={event.pk}"
    assert (edit in manager, log in manager) == (True, True)
    assert (edit in leader, log in leader) == (False, False)
