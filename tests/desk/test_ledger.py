"""项目台账: the address is the view, the sums are the database's, an act on many can be taken back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.models import Share
from activities.models import FollowUp
from audit import changesets
from audit.models import ChangeSet
from core.working_days import Calendar
from desk import bulk, saved_views
from desk.columns import COLUMNS
from desk.ledger import Ledger
from desk.models import SavedView
from projects import services
from projects.models import Milestone, Plan, Project
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    CapitalArrivalFactory,
    CompanyFactory,
    DepartmentFactory,
    EvidenceFactory,
    FollowUpFactory,
    InteractionFactory,
    MilestoneFactory,
    MilestoneTemplateFactory,
    MilestoneTemplateItemFactory,
    ProjectFactory,
    ProjectPartyFactory,
    SavedViewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/projects/"
EVERYTHING = "cols=" + ",".join(column.code for column in COLUMNS)


def client_of(*names, **values):
    roles.sync_groups()
    client = Client()
    client.user = UserFactory(roles=list(names), **values)
    client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client():
    return client_of("manager")


def ledger(query, user):
    return Ledger(QueryDict(query), user=user, today=TODAY)


def signed(amount, **values):
    project = ProjectFactory()
    AgreementFactory(project=project, amount=amount, **values)
    return services.refresh_project(project)


def page(client, query=""):
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def names(query, user):
    return [line.project.name for line in ledger(query, user).lines(0, 50)]


# What is shown


def test_a_row_says_where_it_is_stuck_who_must_act_for_how_long_and_why_the_light_burns(client):
    project = ProjectFactory(
        name="测试光电项目", light="red", light_reason="土地摘牌 应于 11-16，逾期 6 工作日", light_since_on=dt.date(2026, 11, 16)
    )
    unit = DepartmentFactory(name="测试资规局")
    early = NOW - dt.timedelta(days=90)
    MilestoneFactory(project=project, name="土地摘牌", due_on=dt.date(2026, 11, 16), responsible_unit=unit, confirmed_at=early)
    MilestoneFactory(project=project, name="开工", due_on=dt.date(2027, 1, 4), confirmed_at=early)

    cells = {head.column.code: text for head, text in client.get(URL).context["rows"][0][1]}
    text = page(client)

    late = Calendar.load().working_days_between(dt.date(2026, 11, 16), timezone.localdate())  # the page reads the clock
    assert (cells["bottleneck"], cells["unit"], cells["stuck"]) == ("土地摘牌", "测试资规局", str(late))
    assert cells["light"] == "红：土地摘牌 应于 11-16，逾期 6 工作日（亮红灯自 2026-11-16）"
    assert reverse("desk:project", args=[project.pk]) in text
    assert "其后 1 个节点受影响" in text


def test_what_is_unknown_is_a_dash_and_never_zero(client):
    ProjectFactory(owner=None)

    cells = {head.column.code: text for head, text in client.get(f"{URL}?{EVERYTHING}").context["rows"][0][1]}

    unknown = {"code", "lead", "bottleneck", "unit", "stuck", "next_on", "heard_on", "amount", "capital", "signed_on", "park"}
    assert {code for code, text in cells.items() if text == "—"} >= unknown | {"owner", "agreement"}
    assert cells["missing"] == "0"


def test_computed_columns_tell_contact_evidence_and_verified_capital(client):
    project = signed(Decimal(30_000), amount_qualifier="about")
    InteractionFactory(project=project, happened_on=dt.date(2026, 11, 3))
    InteractionFactory(project=project, outcome="greeting")
    EvidenceFactory.create_batch(2, project=project)
    EvidenceFactory(project=project, status="provided")
    by = {"status": "verified", "verified_at": NOW, "verified_by": UserFactory()}
    CapitalArrivalFactory(project=project, amount=Decimal(5_000), **by)
    CapitalArrivalFactory(project=project, amount=Decimal(7_000))

    rows = client.get(f"{URL}?{EVERYTHING}").context["rows"]

    cells = {head.column.code: text for head, text in rows[0][1]}
    assert (cells["heard_on"], cells["missing"], cells["capital"]) == ("2026-11-03", "2", "0.5")
    assert (cells["amount"], cells["signed_on"], cells["agreement"]) == ("约3", "2026-11-24", "投资协议（正式合同）")


def test_the_columns_are_those_of_the_address_and_the_name_is_always_there(client):
    ProjectFactory()

    heads = client.get(f"{URL}?cols=park,light").context["heads"]

    assert [head.column.code for head in heads] == ["name", "light", "park"]


# Order


@pytest.mark.parametrize("column", [column.code for column in COLUMNS if column.sort is not None])
def test_every_column_with_an_order_sorts_both_ways(column, client):
    signed(Decimal(100))
    MilestoneFactory(project=ProjectFactory())

    for sign in ("", "-"):
        heads = client.get(f"{URL}?{EVERYTHING}&sort={sign}{column}").context["heads"]
        assert {head.column.code: head.aria for head in heads}[column] == ("descending" if sign else "ascending")


def test_the_unknown_comes_last_in_either_order(client):
    small, large, none = signed(Decimal(100)).name, signed(Decimal(200)).name, ProjectFactory().name

    assert names("sort=amount", client.user) == [small, large, none]
    assert names("sort=-amount", client.user) == [large, small, none]


def test_the_longest_stuck_come_first(client):
    early = NOW - dt.timedelta(days=90)
    a_week = MilestoneFactory(due_on=TODAY - dt.timedelta(days=7), confirmed_at=early).project.name
    a_month = MilestoneFactory(due_on=TODAY - dt.timedelta(days=30), confirmed_at=early).project.name

    assert names("sort=-stuck", client.user) == [a_month, a_week]


def test_stages_sort_as_a_project_passes_them(client):
    for stage in ("land.completed", "land.signed", "land.lead"):
        ProjectFactory(stage=stage, name=stage)

    assert names("sort=stage", client.user) == ["land.lead", "land.signed", "land.completed"]


# Sums


def test_sums_are_those_of_all_filtered_projects_in_one_unit_named_in_the_head(client):
    for amount in (Decimal("0.1001"), Decimal(15_000), None):
        signed(amount)
    ProjectFactory()

    wan, yi = (page(client, f"unit={unit}") for unit in ("wan", "yi"))

    assert "总投资（万元）" in wan
    assert "15,000.1001" in wan
    assert "总投资（亿元）" in yi
    assert "2 个有金额" in yi
    assert "合计 4 个" in yi


def test_a_sum_with_a_vague_part_says_about_and_one_of_nothing_is_a_dash(client):
    ProjectFactory()
    assert total("amount", client) == "—"

    signed(Decimal(20_000))
    assert total("amount", client) == "2"

    signed(Decimal(10_000), amount_qualifier="over")
    assert total("amount", client) == "约3"


def total(code, client, query=EVERYTHING):
    return next(head.total for head in client.get(f"{URL}?{query}").context["heads"] if head.column.code == code)


def test_children_are_added_once_and_only_those_of_filtered_projects(client):
    by = {"status": "verified", "verified_at": NOW, "verified_by": UserFactory()}
    project, other = signed(Decimal(10_000)), signed(Decimal(10_000))
    for row in (project, project, other):
        CapitalArrivalFactory(project=row, amount=Decimal(5_000), **by)
        EvidenceFactory(project=row)
    query = f"{EVERYTHING}&q={project.name}"

    assert [total(code, client, query) for code in ("amount", "capital", "missing")] == ["1", "1", "2"]


# The address


@pytest.mark.parametrize(
    "query",
    [
        "track=nonsense&stage=1&light=%00&owner=abc&amount_from=%F0%9F%98%80&signed_from=x&silent=x",
        "sort=nonsense",
        "sort=-",
        "sort=deleted_at",
        "cols=nonsense,,;drop",
        "unit=dollars",
        "page=nonsense",
        "page=-5",
        "page=99999999999999999999",
        "page=٣",
        "format=nonsense",
        "event=99999999999999999999999",
        "view=12",
    ],
)
def test_nonsense_in_the_address_shows_the_page_with_a_sentence_and_never_an_error(query, client):
    ProjectFactory(name="测试项目甲")

    text = page(client, query)

    assert "测试项目甲" in text
    silent = query.startswith(("page", "format", "view"))
    assert ('role="alert"' in text.replace('id="problem" class="note error" role="alert"', "")) != silent


def test_the_error_stands_at_its_field(client):
    field = next(field for field in client.get(f"{URL}?amount_from=很多钱").context["fields"] if field.name == "amount_from")

    assert "看不懂金额" in str(field.errors)


def test_a_filter_at_work_is_a_chip_that_takes_only_itself_away(client):
    ProjectFactory(light="red", grade="A")

    chips = client.get(f"{URL}?light=red&grade=A&sort=name&unit=wan").context["chips"]

    said = {(str(chip.label), chip.text): chip.query for chip in chips}
    assert said == {("灯", "红"): "grade=A&sort=name&unit=wan", ("重要程度", "A"): "light=red&sort=name&unit=wan"}


def test_the_canonical_address_leaves_out_what_is_usual(client):
    asked = "q=&track=&unit=&cols=" + ",".join(column.code for column in COLUMNS if column.default)

    assert ledger(asked, client.user).query() == ""


def test_a_page_beyond_the_last_is_the_last(client):
    ProjectFactory.create_batch(51, owner=client.user)

    assert len(client.get(f"{URL}?page=7").context["rows"]) == 1


def test_an_empty_ledger_teaches_and_an_empty_filter_offers_to_drop_a_condition(client):
    assert "新建项目" in page(client)

    ProjectFactory()

    assert "去掉一个条件" in page(client, "light=red")


# Who sees what


def test_a_person_sees_counts_and_adds_only_his_own(client):
    officer = client_of("officer")
    mine = signed(Decimal(10_000))
    Project.objects.filter(pk=mine.pk).update(owner=officer.user)
    signed(Decimal(10_000))

    assert names("", officer.user) == [mine.name]
    assert total("amount", officer) == "1"
    assert total("amount", client) == "2"


def test_who_may_only_look_is_offered_no_act():
    ProjectFactory()

    assert 'id="bulk"' not in page(client_of("leader"))
    assert 'id="bulk"' in page(client_of("manager"))


def fill(client, count):
    early = NOW - dt.timedelta(days=90)
    for _n in range(count):
        project = ProjectFactory(owner=UserFactory(), park=None)
        ProjectPartyFactory(project=project)
        AgreementFactory(project=project)
        services.refresh_project(project)
        MilestoneFactory.create_batch(2, project=project, responsible_unit=DepartmentFactory(), confirmed_at=early)
        EvidenceFactory(project=project)
        SavedViewFactory(shared=True)


@pytest.mark.parametrize("role", ["manager", "officer", "head"])
@pytest.mark.parametrize("query", ["", EVERYTHING, "q=测试&overdue=on&missing=on&sort=-stuck&silent=1"])
def test_three_projects_and_thirty_cost_the_same_queries_at_most_twelve(role, query):
    client = client_of(role)
    counts = []
    for number in (3, 27):
        fill(client, number)
        Project.objects.all().update(owner=client.user, department=client.user.department)
        client.get(f"{URL}?{query}")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{URL}?{query}")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 12


# Copying


def test_a_copied_table_has_what_is_shown_with_one_unit_and_bare_numbers(client):
    signed(Decimal(123_456_789), amount_qualifier="about")

    answer = client.get(f"{URL}?cols=name,amount&unit=wan&format=tsv")

    assert answer["Content-Type"] == "text/tab-separated-values; charset=utf-8"
    head, row = answer.content.decode().rstrip("\n").split("\n")
    assert head == "项目名称\t总投资（万元）\t总投资限定"
    assert row.split("\t")[1:] == ["123456789", "约"]


@pytest.mark.parametrize("name", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "＝1"])
def test_a_cell_that_would_be_a_formula_is_guarded(name, client):
    ProjectFactory(name=name)

    cell = client.get(f"{URL}?cols=name&format=tsv").content.decode().split("\n")[1]

    assert not cell.startswith(("=", "+", "-", "@", "\t"))


def test_all_filtered_projects_are_copied_not_only_the_page(client):
    ProjectFactory.create_batch(60, owner=client.user, light="red")
    ProjectFactory(light="green")

    lines = client.get(f"{URL}?light=red&format=tsv").content.decode().rstrip("\n").split("\n")

    assert len(lines) == 61


def test_the_text_for_a_chat_has_no_amount_and_names_no_sensitive_project(client):
    project = signed(Decimal(98_765))
    secret = ProjectFactory(confidentiality="sensitive")

    text = client.get(f"{URL}?format=text").content.decode()

    assert project.name in text
    assert "9.8765" not in text
    assert secret.name not in text
    assert "另有 1 个未列出" in text


# Saved views


def save(client, name, query="light=red", **values):
    return client.post(reverse("desk:save_view"), {"name": name, "query": query, **values}, follow=True)


def test_a_view_is_kept_under_a_name_with_its_canonical_address(client):
    save(client, "  我的红灯 ", "light=red&q=&page=3&format=tsv&unit=wan")

    view = SavedView.objects.get()
    assert (view.owner, view.name, view.query, view.shared) == (client.user, "我的红灯", "light=red&unit=wan", False)
    assert "我的红灯" in page(client)


def test_saving_under_the_same_name_replaces_the_view_and_another_person_may_use_the_name(client):
    save(client, "红灯")
    save(client, "红灯", "light=yellow")
    save(client_of("officer"), "红灯")

    assert sorted(SavedView.objects.values_list("query", flat=True)) == ["light=red", "light=yellow"]


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_view_without_a_usable_name_is_refused_with_a_sentence(name, client):
    answer = save(client, name)

    assert SavedView.objects.count() == 0
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_a_shared_view_is_seen_by_all_and_a_private_one_is_not(client):
    other = client_of("officer")
    save(client, "共享的红灯", shared="on")
    save(client, "私人的红灯")

    text = page(other)

    assert "共享的红灯" in text
    assert "私人的红灯" not in text


def test_a_view_is_renamed_shared_and_deleted_by_its_owner(client):
    view = SavedViewFactory(owner=client.user)
    url = reverse("desk:change_view", args=[view.pk])

    client.post(url, {"name": "新名称", "shared": "on"})
    changed = SavedView.objects.get()
    client.post(url, {"name": "新名称", "delete": "1"})

    assert (changed.name, changed.shared) == ("新名称", True)
    assert not SavedView.objects.exists()


def test_a_view_of_another_is_not_changed(client):
    shared, private = SavedViewFactory(shared=True), SavedViewFactory()

    answer = client.post(reverse("desk:change_view", args=[shared.pk]), {"name": "我的", "delete": "1"}, follow=True)

    assert "请另存为自己的视图" in answer.content.decode()
    assert client.post(reverse("desk:change_view", args=[private.pk]), {"delete": "1"}).status_code == 404
    assert SavedView.objects.count() == 2


def test_a_taken_name_is_refused(client):
    first, second = SavedViewFactory.create_batch(2, owner=client.user)

    with pytest.raises(ValidationError):
        saved_views.change_view(second, name=first.name, shared=False, by=client.user)


# Acts on many


def act(client, code, step="run", **values):
    return client.post(reverse("desk:bulk"), {"act": code, "step": step, **values}, follow=True)


def undo(client):
    changeset = ChangeSet.objects.latest("pk")
    changesets.undo(changeset, by=client.user, now=NOW + dt.timedelta(hours=1))


def test_many_are_reassigned_and_taken_back(client):
    rows, heir = ProjectFactory.create_batch(4), UserFactory(roles=["officer"])
    before = {(row.pk, row.owner_id, row.department_id) for row in rows}

    answer = act(client, "reassign", project=[row.pk for row in rows], owner=heir.pk)

    assert set(Project.objects.values_list("owner", "department")) == {(heir.pk, heir.department_id)}
    assert f"等 4 个项目：改由{heir.display}负责" in answer.content.decode()
    assert "撤销" in answer.content.decode()
    undo(client)
    assert set(Project.objects.values_list("pk", "owner", "department")) == before


def test_the_preview_changes_nothing_and_says_who_is_left_out_and_why(client):
    heir = UserFactory(roles=["officer"])
    his, other = ProjectFactory(owner=heir), ProjectFactory()

    answer = act(client, "reassign", "preview", project=[his.pk, other.pk], owner=heir.pk)

    text = answer.content.decode()
    assert f"1 个项目：改由{heir.display}负责" in text
    assert f"1 个不处理（已由{heir.display}负责）" in text
    assert not ChangeSet.objects.exists()
    assert Project.objects.get(pk=other.pk).owner == other.owner


def test_a_project_one_may_only_see_is_left_out_with_its_owner_named():
    officer = client_of("officer")
    mine, seen = ProjectFactory(owner=officer.user), ProjectFactory()
    Share(user=officer.user, target=seen, level=Share.Level.VIEW, source_type="test", source_id=1).save()
    hidden = ProjectFactory()
    heir = UserFactory(roles=["officer"])

    answer = act(officer, "reassign", project=[mine.pk, seen.pk, hidden.pk], owner=heir.pk)

    assert Project.objects.get(pk=mine.pk).owner == heir
    assert {Project.objects.get(pk=row.pk).owner for row in (seen, hidden)} == {seen.owner, hidden.owner}
    assert f"请联系{seen.owner.display}" in answer.content.decode()
    assert hidden.name not in answer.content.decode()


def test_each_gets_a_follow_up_of_its_owner_and_it_is_taken_back(client):
    project = ProjectFactory()
    ProjectPartyFactory(project=project, company=CompanyFactory())
    project = services.refresh_project(project)

    act(client, "follow_up", project=project.pk, title="报送进展", due_on="2026-12-01")

    row = FollowUp.objects.get()
    assert (row.title, row.due_on, row.assignee, row.project) == ("报送进展", dt.date(2026, 12, 1), project.owner, project)
    assert (row.company, row.department) == (project.lead_party, project.department)
    undo(client)
    assert not FollowUp.objects.exists()


def test_a_template_is_applied_to_many_but_not_twice_and_taken_back(client):
    template = MilestoneTemplateFactory()
    first = MilestoneTemplateItemFactory(template=template)
    MilestoneTemplateItemFactory(template=template, anchor=first)
    done, fresh = ProjectFactory.create_batch(2)
    services.apply_template(done, template, TODAY, by=client.user, today=TODAY)
    values = {"project": [done.pk, fresh.pk], "template": template.pk, "base_on": "2026-11-24"}

    answer = act(client, "template", **values)

    assert Milestone.objects.filter(project=fresh).count() == 2
    assert "已套用此模板" in answer.content.decode()
    undo(client)
    assert not Milestone.objects.filter(project=fresh).exists()
    assert Plan.objects.get().project == done


def test_what_a_rule_refuses_stays_as_it_is_and_says_why(client):
    item = MilestoneTemplateItemFactory(code="S1")
    clash, fresh = ProjectFactory.create_batch(2)
    MilestoneFactory(project=clash, code="S1")

    changeset, choice = bulk.run(bulk.ApplyTemplate(item.template, TODAY), [clash, fresh], by=client.user, now=NOW)

    assert choice.able == [fresh]
    assert list(choice.left.values()) == [[clash]]
    assert "S1" in next(iter(choice.left))
    assert changeset.changes.count() == 2


def test_the_preview_of_a_template_shows_every_date(client):
    item = MilestoneTemplateItemFactory(offset=30)

    answer = act(client, "template", "preview", project=ProjectFactory().pk, template=item.template.pk, base_on="2026-11-24")

    assert "2026-12-24" in answer.content.decode()
    assert not Milestone.objects.exists()


def test_all_filtered_projects_can_be_chosen_at_once(client):
    ProjectFactory.create_batch(55, owner=client.user, light="red")
    other = ProjectFactory(light="green")

    first = client.post(reverse("desk:bulk"), {"act": "reassign", "all": "1", "query": "light=red"})

    keys = first.context["keys"].split(",")
    assert (len(keys), str(other.pk) in keys) == (55, False)


def test_nothing_chosen_and_too_many_are_refused_with_a_sentence(client, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    rows = ProjectFactory.create_batch(3)

    none = act(client, "reassign")
    many = act(client, "reassign", project=[row.pk for row in rows], owner=UserFactory().pk)

    assert "请先勾选项目" in none.content.decode()
    assert "一次最多处理 2 个" in many.content.decode()
    assert not ChangeSet.objects.exists()


def test_a_wrong_form_keeps_what_was_typed_and_changes_nothing(client):
    answer = act(client, "follow_up", project=ProjectFactory().pk, title="报送进展", due_on="某天")

    assert "报送进展" in answer.content.decode()
    assert answer.context["form"].errors.keys() == {"due_on"}
    assert not FollowUp.objects.exists()


def test_an_act_without_the_permission_is_refused():
    leader = client_of("leader")

    assert act(leader, "reassign", project=ProjectFactory().pk, owner=UserFactory().pk).status_code == 403


def test_an_unknown_act_and_a_plain_visit_lead_back_to_the_ledger(client):
    assert act(client, "nonsense", project="1").redirect_chain[0][0].startswith(URL)
    assert client.get(reverse("desk:bulk")).status_code == 302


def test_the_text_for_a_chat_says_each_thing_once_and_whose_turn_it_is(client):
    owner = UserFactory(display_name="测试员乙")
    reason = "土地摘牌 应于 11-16，逾期 6 工作日"
    red = ProjectFactory(name="测试光电项目", owner=owner, light="red", light_reason=reason)
    due_on, early = timezone.localdate() - dt.timedelta(days=9), NOW - dt.timedelta(days=90)
    MilestoneFactory(project=red, name="土地摘牌", due_on=due_on, confirmed_at=early, responsible_unit_name="资规")

    line = client.get(f"{URL}?format=text").content.decode().splitlines()[1]

    assert line.startswith("1. 测试光电项目：红灯，土地摘牌 应于")
    assert line.endswith("责任单位 资规，负责人 测试员乙")
    assert line.count("土地摘牌") == line.count("逾期") == 1


def test_without_an_order_the_worst_stands_first_among_what_is_red_or_late(client):
    late = [ProjectFactory(name=name, light=light) for name, light in (("红", "red"), ("黄", "yellow"), ("最红", "red"))]
    for days, project in zip((10, 90, 50), late, strict=True):
        due_on = timezone.localdate() - dt.timedelta(days=days)
        MilestoneFactory(project=project, due_on=due_on, confirmed_at=NOW - dt.timedelta(days=99))

    assert names("overdue=on", client.user) == ["最红", "红", "黄"]
    assert names("light=red", client.user) == ["最红", "红"]
    assert names("overdue=on&sort=stuck", client.user)[-1] == "黄"
    assert names("", client.user) == ["最红", "黄", "红"]


def test_a_filter_at_work_is_not_offered_a_second_time(client):
    offered = [label for label, _address in client.get(f"{URL}?mine=1&light=red").context["quick"]]

    assert offered == ["有逾期节点", "缺凭据", "30 天没有有效对接"]
    assert ledger("mine=1", client.user).query() == ledger("mine=on", client.user).query() == "mine=on"


def test_whoever_is_responsible_stands_beside_the_unit_and_what_is_mostly_empty_is_left_out():
    usual = [column.code for column in COLUMNS if column.default]

    assert usual[usual.index("unit") + 1] == "owner"
    assert "code" not in usual


def test_the_field_of_an_amount_says_its_unit(client):
    assert "只写数字是万元" in page(client)


def test_the_preview_names_the_old_owner_and_what_becomes_of_his_promises(client):
    old = UserFactory(display_name="测试员乙")
    project, heir = ProjectFactory(owner=old), UserFactory(roles=["officer"], display_name="测试员丙")
    FollowUpFactory(project=project)

    text = act(client, "reassign", "preview", project=[project.pk], owner=heir.pk).content.decode()

    assert "原负责人 测试员乙 → 测试员丙：1 个" in text
    assert "1 条未办的待办，仍由原承办人办理" in text


def test_only_who_works_on_projects_can_become_their_owner(client):
    UserFactory(roles=["sysadmin"], display_name="测试管理员")
    officer = UserFactory(roles=["officer"], display_name="测试员丙")
    project = ProjectFactory()

    choices = (
        client.post(reverse("desk:bulk"), {"act": "reassign", "project": project.pk}).context["form"].fields["owner"].queryset
    )

    assert officer in choices
    assert "测试管理员" not in [user.display for user in choices]


def test_from_the_page_of_a_project_its_owner_is_changed_and_one_comes_back_to_it(client):
    project, heir = ProjectFactory(name="测试光电项目"), UserFactory(roles=["officer"])
    address = project.get_absolute_url()
    assert 'value="reassign"' in client.get(address).content.decode()

    asked = {"act": "reassign", "step": "run", "project": project.pk, "owner": heir.pk}
    answer = client.post(reverse("desk:bulk"), {**asked, "next": address}, follow=True)

    assert answer.redirect_chain[-1][0] == address
    assert f"“测试光电项目”：改由{heir.display}负责" in answer.content.decode()
