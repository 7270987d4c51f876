"""The pages of ledgers: brought step by step, taken with filters, each by its permission."""

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from audit.models import AuditEvent
from ledgers import services
from ledgers.layouts.known import LAYOUTS
from ledgers.models import HeaderMapping, ImportJob
from ledgers.writing import write_xlsx
from projects.models import Project
from tests.factories import CompanyFactory, PersonFactory, PositionFactory, ProjectFactory, UserFactory
from tests.ledgers.rows import context_of, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client(user):
    return signed_in(user)


@pytest.fixture
def workbook(tmp_path, user):
    def write(*rows):
        layout = LAYOUTS["T1"]
        empty = dict.fromkeys(column.key for column in layout.columns)
        write_xlsx(tmp_path / "台账.xlsx", layout, [{**empty, **row.values} for row in rows], context=context_of(user))
        return tmp_path / "台账.xlsx"

    return write


def bring(client, path, **told):
    with path.open("rb") as content:
        return client.post(reverse("ledgers:ledgers"), {"file": content, "layout": "", **told}, follow=True)


def test_an_uploaded_ledger_is_checked_and_shown_before_anything_is_written(client, workbook):
    page = bring(client, workbook(signed()))

    assert "检查通过" in page.content.decode()
    assert "导入全部 1 行" in page.content.decode()
    assert not Project.objects.exists()


def test_the_button_imports_and_the_next_one_takes_it_back(client, workbook):
    bring(client, workbook(signed()))
    job = ImportJob.objects.get()

    client.post(reverse("ledgers:apply", args=[job.pk]))
    assert Project.objects.count() == 1
    page = client.post(reverse("ledgers:undo", args=[job.pk]), follow=True)

    assert not Project.objects.exists()
    assert "已撤销" in page.content.decode()


def test_a_bad_cell_is_listed_and_marked_in_the_workbook_given_back(client, workbook):
    page = bring(client, workbook(signed(), signed(7, name="坏行", department="没有的部门"))).content.decode()
    job = ImportJob.objects.get()

    marked = client.get(reverse("ledgers:marked", args=[job.pk]))

    assert "没有的部门" in page
    assert "导入无误的 1 行，退回 1 行" in page
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(marked.streaming_content))).active
    assert any("没有的部门" in str(cell.value) for row in sheet.iter_rows() for cell in row if "导入" not in str(cell.value))
    assert any(cell.comment and "没有的部门" in cell.comment.text for row in sheet.iter_rows() for cell in row)


def test_the_good_rows_are_imported_by_their_own_button(client, workbook):
    bring(client, workbook(signed(), signed(7, name="坏行", department="没有的部门")))

    client.post(reverse("ledgers:apply", args=[ImportJob.objects.get().pk]), {"only_good": "1"})

    assert [row.name for row in Project.objects.all()] == ["测试光电项目"]


def test_a_head_that_is_not_known_is_mapped_by_hand_and_remembered(client, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["项目名称", "投资方/名称", "签约日期", "签约情况/合同类型", "落在哪里"],
        ["测试项目", "测试企业有限公司", "2026-03-05", "意向书", "测试路1号"],
    ):
        book.active.append([value.rpartition("/")[2] if value != "投资方/名称" else "投资方" for value in row])
    book.save(tmp_path / "手工.xlsx")
    page = bring(client, tmp_path / "手工.xlsx", layout="T1")
    job = ImportJob.objects.get()
    heads = job.report["tables"][0]["heads"]
    assert "落在哪里" in page.content.decode()
    told = {f"head-0-{column}": key for column, _path, key in heads}
    place = next(column for column, path, _key in heads if path == "落在哪里")
    investor = next(column for column, path, _key in heads if path == "投资方")

    client.post(reverse("ledgers:heads", args=[job.pk]), {**told, f"head-0-{place}": "site", f"head-0-{investor}": "investor"})
    client.post(reverse("ledgers:apply", args=[job.pk]))

    assert Project.objects.get().site == "测试路1号"
    assert HeaderMapping.objects.get().mapping["落在哪里"] == "site"
    bring(client, tmp_path / "手工.xlsx")
    assert ImportJob.objects.latest("pk").report["unchanged"]["projects.Project"] == 1


def test_the_preview_lists_the_first_new_rows_of_each_kind_with_what_tells_them_apart(client, workbook):
    rows = [signed(6 + n, name=f"测试{n:02d}项目", investor=f"测试{n:02d}光电有限公司") for n in range(22)]

    page = bring(client, workbook(*rows))

    created = {str(table): (len(listed), others) for table, listed, others in page.context["created"]}
    assert created[str(Project._meta.verbose_name)] == (20, 2)
    text = page.content.decode()
    assert "测试00项目" in text
    assert "协议（合同）总投资 3亿元" in text
    assert "另有 2 项" in text
    assert not Project.objects.exists()


def test_the_preview_lists_no_telephone(client, workbook):
    page = bring(client, workbook(signed(contact=[("联系人00017", "13800000017")])))

    assert "联系人00017" in page.content.decode()
    assert "13800000017" not in page.content.decode()


def test_what_is_no_file_of_ours_says_what_to_do(client, tmp_path):
    (tmp_path / "台账.et").write_bytes(b"x")

    page = bring(client, tmp_path / "台账.et")

    assert "请在 WPS 另存为 .xlsx" in page.content.decode()


def test_an_empty_form_names_its_field(client):
    page = client.post(reverse("ledgers:ledgers"), {"layout": ""})

    assert page.status_code == 422
    assert page.context["form"].errors["file"]


def test_another_person_sees_no_job_of_mine_and_acts_on_none(client, workbook):
    bring(client, workbook(signed()))
    job = ImportJob.objects.get()
    other, inspector = signed_in(UserFactory(roles=["officer"])), signed_in(UserFactory(roles=["inspector"]))

    assert other.get(reverse("ledgers:job", args=[job.pk])).status_code == 404
    assert inspector.get(reverse("ledgers:job", args=[job.pk])).status_code == 200
    assert inspector.post(reverse("ledgers:apply", args=[job.pk])).status_code == 403
    assert not Project.objects.exists()


def test_who_may_not_import_finds_no_form_and_is_refused(workbook):
    leader = signed_in(UserFactory(roles=["leader"]))

    assert "上传并检查" not in leader.get(reverse("ledgers:ledgers")).content.decode()
    assert bring(leader, workbook(signed())).status_code == 403


def test_who_may_not_export_is_refused():
    roles.sync_groups()
    operator = signed_in(UserFactory(roles=["operator"]))

    assert operator.get(reverse("ledgers:export", args=["T1"])).status_code == 403


def test_an_export_is_narrowed_by_the_filters_of_the_ledger(client, user):
    ProjectFactory(name="测试光电项目", owner=user)
    ProjectFactory(name="别的项目", owner=user)

    answer = client.get(reverse("ledgers:export", args=["T1"]), {"q": "光电", "sort": "-amount"})

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    values = {cell.value for row in sheet.iter_rows() for cell in row}
    assert "测试光电项目" in values
    assert "别的项目" not in values
    assert "%E7%AD%BE%E7%BA%A6%E9%A1%B9%E7%9B%AE%E5%8F%B0%E8%B4%A6" in answer["Content-Disposition"]


def test_a_filter_that_makes_no_sense_says_so(client):
    page = client.get(reverse("ledgers:export", args=["T1"]), {"amount_from": "很多钱"}, follow=True)

    assert "看不懂金额" in page.content.decode()


def test_an_unknown_ledger_is_not_found(client):
    assert client.get(reverse("ledgers:export", args=["T99"])).status_code == 404


def test_a_list_of_the_admin_is_taken_with_its_filters(client, user):
    ProjectFactory(name="测试光电项目", owner=user, light="red")
    ProjectFactory(name="别的项目", owner=user, light="green")
    page = client.get("/admin/projects/project/", {"light__exact": "red"}).content.decode()
    address = reverse("ledgers:export_list", args=["projects", "project"])

    answer = client.get(address, {"light__exact": "red"})

    assert f"{address}?light__exact=red" in page
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert "别的项目" not in {cell.value for row in sheet.iter_rows() for cell in row}
    assert AuditEvent.objects.filter(action="ledger.exported").get().changes["conditions"] == {"light__exact": "red"}


@pytest.mark.parametrize(("role", "shown"), [("manager", "13800001234"), ("officer", "138****1234")])
def test_telephones_are_whole_only_for_who_may_take_them(role, shown):
    roles.sync_groups()
    user = UserFactory(roles=[role])
    company = CompanyFactory(owner=user)
    project = ProjectFactory(name="测试光电项目", owner=user)
    PositionFactory(person=PersonFactory(name="联系人甲", mobile="13800001234"), company=company, is_primary=True)
    Project.objects.filter(pk=project.pk).update(lead_party=company)

    answer = signed_in(user).get(reverse("ledgers:export", args=["T1"]))

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert any(shown in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_a_masked_telephone_brought_back_changes_nothing(client, user, tmp_path):
    company = CompanyFactory(owner=user, name="测试光电有限公司")
    person = PersonFactory(name="联系人甲", mobile="13800001234")
    PositionFactory(person=person, company=company, is_primary=True)

    bring(client, _with_contact(tmp_path, user, "联系人甲 138****1234"))

    assert ImportJob.objects.get().report["error_count"] == 0
    assert ImportJob.objects.get().report["unchanged"]["companies.Person"] == 1


def _with_contact(folder, user, text):
    layout = LAYOUTS["T1"]
    empty = dict.fromkeys(column.key for column in layout.columns)
    values = {**empty, **signed().values, "contact": [(text.split()[0], "13800001234")]}
    write_xlsx(folder / "电话.xlsx", layout, [values], context=context_of(user), unmasked=False)
    return folder / "电话.xlsx"


def test_a_large_undoing_is_left_to_the_worker(client, workbook, monkeypatch):
    bring(client, workbook(signed()))
    job = ImportJob.objects.get()
    client.post(reverse("ledgers:apply", args=[job.pk]))
    monkeypatch.setattr(services, "SLOW_UNDO", 1)
    asked = []
    monkeypatch.setattr("ledgers.tasks.undo.delay", asked.append)

    page = client.post(reverse("ledgers:undo", args=[job.pk]), follow=True)

    assert asked == [job.pk]
    assert "撤销中" in page.content.decode()


def test_a_large_ledger_is_left_to_the_worker_and_shows_its_progress(client, workbook, monkeypatch):
    monkeypatch.setattr(services, "LARGE", 10)
    asked = []
    monkeypatch.setattr("ledgers.tasks.check.delay", asked.append)

    page = bring(client, workbook(signed()))

    job = ImportJob.objects.get()
    assert (asked, job.status) == ([job.pk], "checking")
    assert reverse("ledgers:progress", args=[job.pk]) in page.content.decode()
    services.run(job, "check", now=job.created_at)
    assert client.get(reverse("ledgers:progress", args=[job.pk]))["HX-Refresh"] == "true"
