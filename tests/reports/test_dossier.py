"""The dossier of a project: whole, marked, logged, and without what must not travel."""

import datetime as dt
import hashlib
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from accounts import roles
from audit.models import AuditEvent
from reports.services import dossiers
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    AttachmentFactory,
    CapitalArrivalFactory,
    CommitmentFactory,
    DocumentFactory,
    EvidenceFactory,
    MilestoneFactory,
    MilestoneRevisionFactory,
    PersonFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectMemberFactory,
    StageChangeFactory,
    UserFactory,
)
from tests.reports.test_paper import fonts_of

pytestmark = pytest.mark.django_db
MARK = "测试员甲2026-11-2409:00"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    roles.sync_groups()
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"], display_name="测试员甲")


@pytest.fixture
def project():
    return ProjectFactory(name="测试项目甲", code="T-2026-001")


def attach(target, label, *, name=None, content=b"x", **values):
    document = DocumentFactory()
    if name:
        document.file.save(name, ContentFile(content), save=False)
        document.save()
    return AttachmentFactory(target=target, document=document, label=label, **values)


def pages(project, by):
    reader = PdfReader(BytesIO(dossiers.write_pdf(project, by=by, now=NOW)))
    return ["".join(page.extract_text().replace("\0", "").split()) for page in reader.pages]


def text(project, by):
    return "".join(pages(project, by))


def archive(project, by):
    target = BytesIO()
    dossiers.write_archive(project, target, by=by, now=NOW)
    return ZipFile(target)


def furnish(project, count=1):
    for n in range(count):
        AgreementFactory(project=project, title=f"投资协议{n}", amount=Decimal(20_000))
        StageChangeFactory(project=project)
        milestone = MilestoneFactory(project=project, name=f"土地摘牌{n}")
        MilestoneRevisionFactory(milestone=milestone, reason=f"指标未批{n}")
        EvidenceFactory(project=project, label=f"营业执照{n}")
        CommitmentFactory(project=project, text=f"按期开工{n}", fair_review="passed")
        CapitalArrivalFactory(project=project, amount=Decimal(300))
        ProgressReportFactory(
            project=project,
            period_start_on=TODAY - dt.timedelta(days=7 * n + 7),
            period_end_on=TODAY - dt.timedelta(days=7 * n),
            status="accepted",
            progress=f"进场平整{n}",
        )


def test_every_part_is_there_and_the_index_names_them(project, manager):
    furnish(project)
    told = text(project, manager)

    for words in ("投资协议0", "2亿元", "土地摘牌0", "指标未批0", "营业执照0", "按期开工0", "300万元", "进场平整0"):
        assert words in told
    for title in ("一、协议", "二、阶段变化", "三、里程碑", "四、里程碑改期记录", "五、凭据", "十、附件目录", "十一、尚缺"):
        assert told.count(title) == 2  # in the index and over the part


def test_the_index_names_the_page_of_each_part(project, manager):
    furnish(project, 12)
    found = pages(project, manager)
    last = next(n for n, page in enumerate(found, 1) if n > 1 and "十一、尚缺" in page)

    assert last > 2
    assert f"十一、尚缺{len(dossiers.preview(project, manager)[0][-1].rows)}{last}" in found[0]


def test_every_page_bears_name_and_minute(project, manager):
    furnish(project, 12)
    found = pages(project, manager)

    assert len(found) > 2
    assert all(MARK in page for page in found)


def test_the_font_is_embedded(project, manager):
    fonts = fonts_of(PdfReader(BytesIO(dossiers.write_pdf(project, by=manager, now=NOW))))

    assert fonts
    assert all("/FontFile3" in font["/FontDescriptor"] for font in fonts)


def test_a_promise_under_review_is_never_printed_as_agreed(project, manager):
    CommitmentFactory(project=project, text="承诺甲", fair_review="pending", status="kept")
    CommitmentFactory(project=project, text="承诺乙", fair_review="passed", status="kept")

    told = text(project, manager)

    assert "【待公平竞争审查，尚未约定】承诺甲" in told
    assert "不作为已约定或已承诺的内容" in told
    assert "】承诺乙" not in told
    assert told.count("已兑现") == 1


def test_mobile_numbers_are_left_out_wherever_somebody_wrote_them(project, manager):
    person = PersonFactory(name="联系人00017", mobile="13800000017")
    ProjectMemberFactory(project=project, user=None, person=person)
    ProgressReportFactory(project=project, status="accepted", progress="已联系13800000018、138-0000-0019。")

    told = text(project, manager)

    assert "联系人00017" in told
    assert not [number for number in ("13800000017", "13800000018", "138-0000-0019") if number in told]
    assert "手机号略" in told


def test_verified_and_unverified_capital_are_summed_apart_and_corrections_named(project, manager):
    wrong = CapitalArrivalFactory(project=project, amount=Decimal(300), status="verified", verified_at=NOW, verified_by=manager)
    fixed = {"status": "verified", "verified_at": NOW, "verified_by": manager, "corrects": wrong}
    CapitalArrivalFactory(project=project, amount=Decimal(-100), **fixed)
    CapitalArrivalFactory(project=project, amount=Decimal(70), status="submitted")

    told = text(project, manager)

    assert "已核实合计200万元；未核实（草稿、已报送）合计70万元" in told
    assert f"更正{wrong.arrived_on}一笔" in told


def test_what_is_missing_is_said(project, manager):
    AgreementFactory(project=project, title="投资协议", amount=None)
    EvidenceFactory(project=project, label="环评批复", status="missing")
    CapitalArrivalFactory(project=project)
    attach(project, "丢失的文件")

    rows = [row[1] for row in dossiers.preview(project, manager)[0][-1].rows]

    assert "协议“投资协议”：总投资未填" in rows
    assert "凭据：环评批复 待补" in rows
    assert "没有登记项目公司" in rows
    assert "“丢失的文件”只有登记，没有文件" in rows
    assert any(row.startswith("到位资金") and row.endswith("没有凭证") for row in rows)


def test_the_archive_holds_the_files_under_safe_and_distinct_names(project, manager):
    attach(project, "../../营业执照", name="a.pdf", content=b"first")
    agreement = AgreementFactory(project=project)
    attach(agreement, "合同|正本", name="b.docx", content=b"second")

    with archive(project, manager) as file:
        names = file.namelist()

        assert names[0] == "测试项目甲 一项一档.pdf"
        assert sorted(names[1:]) == ["附件/001 营业执照.pdf", "附件/002 合同_正本.docx"]
        assert {file.read(name) for name in names[1:]} == {b"first", b"second"}


def test_a_file_that_is_not_what_was_filed_is_named(project, manager):
    whole = attach(project, "立项备案", name="a.pdf", content=b"first").document
    altered = attach(project, "营业执照", name="b.pdf", content=b"second").document
    for document, filed in ((whole, b"first"), (altered, b"something else")):
        document.sha256 = hashlib.sha256(filed).hexdigest()
        document.save()

    with archive(project, manager) as file:
        said = file.read("校验不符.txt").decode()

    assert "营业执照.pdf" in said
    assert "立项备案" not in said
    assert len(AuditEvent.objects.filter(action="dossier.taken").latest("pk").changes["altered"]) == 1


def test_files_of_other_projects_are_not_in_it(project, manager):
    attach(ProjectFactory(), "别的项目", name="a.pdf")

    with archive(project, manager) as file:
        assert len(file.namelist()) == 1


def test_a_file_the_person_may_not_see_is_not_in_it(project):
    officer = UserFactory(roles=["officer"])
    project.owner = officer
    project.save()
    foreign = attach(ProjectFactory(), "别处的凭据", name="a.pdf")
    EvidenceFactory(project=project, attachment=foreign, status="provided")

    with archive(project, officer) as file:
        assert len(file.namelist()) == 1


def test_who_may_not_see_the_project_or_take_things_away_gets_nothing(project):
    for role in ("officer", "operator"):
        with pytest.raises(PermissionDenied):
            dossiers.write_pdf(project, by=UserFactory(roles=[role]), now=NOW)

    assert not AuditEvent.objects.filter(action="dossier.taken").exists()


def test_taking_it_is_logged_with_the_files(project, manager):
    attach(project, "营业执照", name="a.pdf")
    archive(project, manager).close()
    dossiers.write_pdf(project, by=manager, now=NOW)

    logged = [event.changes for event in AuditEvent.objects.filter(action="dossier.taken").order_by("id")]
    assert [(change["kind"], change.get("files")) for change in logged] == [("zip", ["附件/001 营业执照.pdf"]), ("pdf", None)]


def test_it_costs_the_same_for_little_and_for_much(project, manager):
    def count():
        with CaptureQueriesContext(connection) as queries:
            dossiers.preview(project, manager)
        return len(queries)

    furnish(project)
    count()
    few = count()
    for n in range(1, 5):
        AgreementFactory(project=project)
        MilestoneRevisionFactory(milestone=MilestoneFactory(project=project))
        EvidenceFactory(project=project, code=f"E{n}")
        attach(project, f"附件{n}")

    assert count() == few <= 20
