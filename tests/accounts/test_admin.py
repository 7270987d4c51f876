"""Every admin page keeps to what a person may see, costs the same at any size, and loses nothing typed."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import roles
from accounts.models import Share, User
from accounts.scope import visible
from accounts.scoped import ScopedAdmin
from accounts.services import reassign
from activities.models import FollowUp, Interaction
from companies.models import Company
from core.models import DomainModel
from documents.models import Document, Sourced
from events.models import Event
from parks import services as parks
from projects import services as projects
from projects.models import Project
from tests.factories import (
    AttachmentFactory,
    CitationFactory,
    CompanyFactory,
    DepartmentFactory,
    InteractionCompanyFactory,
    ParkFactory,
    ParkStaffFactory,
    ProjectFactory,
    ProjectMemberFactory,
    ProjectPartyFactory,
    TenancyFactory,
    UserFactory,
    build_one,
)
from tests.reference import load_press

pytestmark = pytest.mark.django_db

LISTS = sorted(admin.site._registry, key=lambda model: model._meta.label)
MOST_QUERIES = 12
SOURCED = [model for model in apps.get_models() if issubclass(model, Sourced)]


@pytest.fixture(autouse=True)
def _groups(db: None) -> None:
    roles.sync_groups()


def signed_in(*names: str, **fields: Any) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=list(names), **fields), backend="django.contrib.auth.backends.ModelBackend")
    return client


def who(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def list_url(model: type) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def typed(html: str) -> dict[str, str]:
    """What a browser would send back from the change form."""
    form = html[html.index("<form", html.index('id="content"')) :]
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="(\w+)"', tag)
        if not name or not kind or kind[1] in {"submit", "file"} or (kind[1] == "checkbox" and "checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        data[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        data[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea name="([^"]+)".*?>(.*?)</textarea>', form, re.S):
        data[name] = body.strip()
    return {name: value for name, value in data.items() if "__prefix__" not in name}


def test_every_page_is_a_scoped_one():
    assert all(isinstance(page, ScopedAdmin) for page in admin.site._registry.values())


def test_only_the_ledgers_have_addresses_that_import_or_export():
    def names(patterns: list[URLPattern | URLResolver]) -> list[str]:
        found = []
        for item in patterns:
            found += names(item.url_patterns) if isinstance(item, URLResolver) else [f"{item.name} {item.pattern}"]
        return found

    assert [name for name in names(get_resolver().url_patterns) if re.search("import|export", name)] == [
        "export export/<str:code>/",
        "export_list export/<str:app_label>/<str:model_name>/",
    ]


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_asks_at_most_twelve_times_and_the_same_for_many_rows(model):
    client = signed_in("manager", "sysadmin")
    signed_in("auditor")
    if model._meta.label == "audit.AuditEvent":
        client = signed_in("auditor")
    client.get(list_url(model))
    counts = []
    for n in (5, 25):
        for _n in range(n):
            build_one(model)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(list_url(model)).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[1] <= MOST_QUERIES


@pytest.mark.parametrize("model", [Company, Project, Event, Interaction, FollowUp], ids=lambda model: model.__name__)
def test_an_officer_sees_his_own_rows_and_nobody_elses(model):
    client = signed_in("officer")
    mine, other = build_one(model), build_one(model)
    reassign(mine, owner=who(client), by=who(client))

    seen = set(model.objects.visible_to(User.objects.get(pk=who(client).pk)))
    page = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[other.pk]))
    history = client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[other.pk]))

    assert seen == {mine}
    assert page.status_code == 302
    assert history.status_code == 404


def test_the_page_of_a_company_lists_no_contact_that_is_anothers():
    client = signed_in("officer")
    company = CompanyFactory()
    reassign(company, owner=who(client), by=who(client))
    InteractionCompanyFactory(company=company, interaction__summary="别人谈的内容")
    mine = InteractionCompanyFactory(company=company, interaction__summary="我谈的内容")
    reassign(mine.interaction, owner=who(client), by=who(client))

    html = client.get(reverse("admin:companies_company_change", args=[company.pk])).content.decode()

    assert "我谈的内容" in html
    assert "别人谈的内容" not in html


def test_a_head_sees_his_department_and_what_is_below_it():
    above = DepartmentFactory()
    below = DepartmentFactory(parent=above)
    inside, outside = ProjectFactory(department=below), ProjectFactory()
    head = UserFactory(roles=["head"], department=above)

    assert set(Project.objects.visible_to(head)) == {inside}
    assert outside.pk


@pytest.mark.parametrize("role", ["sysadmin", "security"])
def test_administering_the_system_shows_no_business(role):
    ProjectFactory()

    assert not Project.objects.visible_to(UserFactory(roles=[role])).exists()


def test_a_member_sees_and_changes_the_project_and_loses_just_that():
    user = UserFactory(roles=["officer"])
    party = ProjectPartyFactory()
    member = ProjectMemberFactory(project=party.project, user=user)
    by_hand = Share.objects.create(user=user, target=party.project, reason="manual")
    projects.keep_shares(party.project)
    assert Project.objects.visible_to(User.objects.get(pk=user.pk)).get() == party.project
    assert Company.objects.visible_to(User.objects.get(pk=user.pk)).get() == party.company

    assert projects.keep_shares(party.project) == 0
    member.user = UserFactory()
    member.save()
    projects.keep_shares(party.project)

    assert list(Share.objects.filter(user=user)) == [by_hand]


def test_park_staff_see_the_companies_of_their_park_while_they_are_there():
    staff = ParkStaffFactory(user=UserFactory(roles=["operator"]))
    tenancy = TenancyFactory(park=staff.park)
    TenancyFactory(park=ParkFactory())
    parks.keep_shares(staff.park)
    assert Company.objects.visible_to(User.objects.get(pk=staff.user.pk)).get() == tenancy.company

    tenancy.until_on = tenancy.since_on or staff.created_at.date()
    tenancy.save()
    parks.keep_shares(staff.park)

    assert not Company.objects.visible_to(User.objects.get(pk=staff.user.pk)).exists()


def test_a_second_persons_stale_form_is_refused_and_nothing_typed_is_lost():
    client = signed_in("manager")
    company = CompanyFactory(city="广东深圳")
    url = reverse("admin:companies_company_change", args=[company.pk])
    data = typed(client.get(url).content.decode())
    fresh = Company.objects.get(pk=company.pk)
    fresh.city = "河南焦作"
    fresh.save(by=company.owner)

    refused = client.post(url, {**data, "note": "我写了很久的备注"})

    html = refused.content.decode()
    assert refused.status_code == 200
    assert "本次没有保存" in html
    assert "我写了很久的备注" in html
    assert "河南焦作" in html
    assert Company.objects.get(pk=company.pk).note == ""

    again = client.post(url, {**typed(html), "note": "我写了很久的备注"})

    assert again.status_code == 302
    assert Company.objects.get(pk=company.pk).note == "我写了很久的备注"


def test_a_duplicate_is_refused_with_a_sentence():
    client = signed_in("manager", "sysadmin")
    DepartmentFactory(name="测试同名部门")

    page = client.post(reverse("admin:accounts_department_add"), {"name": "测试同名部门", "kind": "bureau"})

    assert page.status_code == 200
    assert "已有同名部门" in page.content.decode()


def test_a_new_project_on_a_track_starts_at_its_first_stage():
    project = Project(name="测试新项目", track="tenancy", owner=UserFactory(roles=["officer"]))
    project.fill_department(None)
    project.full_clean()

    assert project.stage == "tenancy.lead"


def test_an_amount_takes_its_word_as_the_qualifier():
    client = signed_in("manager")
    party = ProjectPartyFactory()
    url = reverse("admin:projects_project_change", args=[party.project.pk])
    data = typed(client.get(url).content.decode())
    data |= {"agreements-TOTAL_FORMS": "1", "agreements-0-kind": "formal", "agreements-0-counts_as": "new"}
    data |= {
        "agreements-0-signed_on_precision": "day",
        "agreements-0-amount": "约3亿元",
        "agreements-0-amount_qualifier": "exact",
        "agreements-0-fixed_investment": "近1亿元",
        "agreements-0-fixed_investment_qualifier": "exact",
    }

    response = client.post(url, data)

    assert response.status_code == 302, re.findall(r'class="errorlist.*?</ul>', response.content.decode(), re.S)
    agreement = party.project.agreements.get()
    assert (str(agreement.amount), agreement.amount_qualifier) == ("30000.0000", "about")
    assert (str(agreement.fixed_investment), agreement.fixed_investment_qualifier) == ("10000.0000", "near")
    party.project.refresh_from_db()
    assert party.project.agreement == agreement


@pytest.mark.parametrize("held", [["sysadmin", "auditor"], ["security", "auditor"], ["sysadmin", "security"]])
def test_no_two_of_the_three_administrators_are_one_person(held):
    client = signed_in("sysadmin")
    user = UserFactory(roles=["officer"])
    data = {"username": user.username, "email": user.email, "digest_at": "08:40", "is_active": "on", "role_names": held}

    page = client.post(reverse("admin:accounts_user_change", args=[user.pk]), data)

    assert "必须由不同的人担任" in page.content.decode()
    assert [group.name for group in user.groups.all()] == ["officer"]


def test_separate_duties_makes_the_mix_of_business_and_system_an_error(settings):
    settings.SEPARATE_DUTIES = True
    client = signed_in("sysadmin")
    user = UserFactory(roles=["officer"])
    data = {"username": user.username, "email": user.email, "digest_at": "08:40", "is_active": "on"}

    page = client.post(reverse("admin:accounts_user_change", args=[user.pk]), {**data, "role_names": ["officer", "sysadmin"]})

    assert "职责分离" in page.content.decode()


def test_a_row_deleted_in_the_admin_leaves_softly_with_one_audit_event():
    client = signed_in("manager")
    project = ProjectFactory()

    client.post(reverse("admin:projects_project_delete", args=[project.pk]), {"post": "yes"})

    gone: DomainModel = Project.all_objects.get(pk=project.pk)
    assert gone.deleted_at is not None
    assert not Project.objects.exists()


def test_an_unknown_lookup_on_a_hidden_column_is_refused():
    client = signed_in("officer")

    assert client.get(list_url(Company) + "?search_text__startswith=yd").status_code in {302, 400}
    assert client.get(list_url(Project) + "?owner__password__startswith=a").status_code in {302, 400}


def test_history_shows_labels_and_no_inline_style():
    client = signed_in("manager")
    project = ProjectFactory(track="tenancy", stage="tenancy.lead", grade="B")
    project.grade, project.track, project.stage = "A", "land", "land.lead"
    project.save(by=who(client))

    html = client.get(reverse("admin:projects_project_history", args=[project.pk])).content.decode()
    table = html[html.index('id="change-history"') :]

    assert "入驻 → 供地" in table
    assert "land.lead" not in table
    assert "style=" not in html


PAGES = ["desk:home", "desk:reminders", "desk:report_ups", "desk:reconciliation", "accounts:profile", "admin:index"]
ENGLISH = re.compile(r">\s*([A-Z][a-z]+(?: [a-z]+)+)\s*<")


@pytest.mark.parametrize("name", [*PAGES, *(f"list:{model._meta.label}" for model in LISTS)])
def test_no_english_is_left_on_a_chinese_page(name):
    client = signed_in("manager", "sysadmin")
    if name == "list:audit.AuditEvent":
        client = signed_in("auditor")
    label = name.removeprefix("list:")
    url = list_url(next(m for m in LISTS if m._meta.label == label)) if label != name else reverse(name)

    html = client.get(url).content.decode()

    assert ENGLISH.findall(re.sub(r"<script.*?</script>", "", html, flags=re.S)) == []


@pytest.mark.parametrize("role", ["officer", "liaison", "operator", "leader", "sysadmin"])
def test_each_role_opens_every_page_of_the_shenzhen_rows(role):
    load_press()
    press = Document.objects.get(kind="press")
    CitationFactory(document=press, target=press)  # a document may speak of itself
    client = signed_in(role)
    person = who(client)
    opened = set()
    for model, page in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        first = visible(model, person).first()
        if model in (Company, Project, Event) and first is None:
            first = model.objects.earliest("pk")
            reassign(first, owner=person, by=person)
        addresses = [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        addresses += [reverse(f"{name}_change", args=[first.pk])] if first else []
        for address in addresses:
            status = client.get(address).status_code
            assert status in {200, 302, 403}, (address, status, page)
            opened |= {address} if status == 200 else set()

    assert len(opened) > 2


def test_a_document_tied_to_rows_of_every_kind_is_found(db: None):
    person = UserFactory(roles=["officer"])
    for model in SOURCED:
        CitationFactory(target=build_one(model), document__kind="minutes")
        AttachmentFactory(target=build_one(model))
    mine = CompanyFactory(owner=person)
    tied = AttachmentFactory(target=mine).document

    assert tied in Document.objects.visible_to(person)
    assert Document.objects.visible_to(person).count() < Document.objects.count()
