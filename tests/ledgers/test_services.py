"""A ledger from its upload to its undoing, through real files."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from audit.models import AuditEvent
from companies.models import Company
from core.dates import FuzzyDate
from core.models import StaleRow
from documents.models import Document
from ledgers import applying, services
from ledgers.layouts.known import LAYOUTS
from ledgers.models import STUCK_AFTER, ImportJob
from ledgers.sheets import Refused
from ledgers.writing import write_xlsx
from projects.models import Agreement, Project
from tests.factories import NOW, TODAY, UserFactory
from tests.ledgers.rows import applied, context_of, plan_of, signed, wan

pytestmark = pytest.mark.django_db


@pytest.fixture
def workbook(tmp_path, user):
    """Writes rows of T1 as a workbook; a cell that is not a value of its kind makes a bad one."""

    def write(*rows, name="签约项目台账.xlsx"):
        layout = LAYOUTS["T1"]
        empty = dict.fromkeys(column.key for column in layout.columns)
        values = [{**empty, **row.values} for row in rows]
        write_xlsx(tmp_path / name, layout, values, context=context_of(user), unmasked=True)
        return tmp_path / name

    return write


def two_rows():
    return [signed(), signed(7, name="测试装备项目", investor="测试装备有限公司")]


def test_a_workbook_is_imported_once_and_then_changes_nothing(user, workbook, upload):
    path = workbook(*two_rows())

    services.apply(upload(path), by=user, now=NOW)
    again = services.check(upload(path), by=user, today=TODAY)

    assert Project.objects.count() == 2
    assert again.problems == []
    assert again.plan.changes_nothing


def test_a_check_changes_nothing(user, workbook, upload):
    before = AuditEvent.objects.count()

    checked = services.check(upload(workbook(*two_rows())), by=user, today=TODAY)

    assert checked.plan.counts["create"]["projects.Project"] == 2
    assert not Project.objects.exists()
    assert not Company.objects.exists()
    assert list(AuditEvent.objects.values_list("action", flat=True))[: AuditEvent.objects.count() - before] == ["ledger.uploaded"]


def test_one_bad_row_imports_none(user, workbook, upload):
    path = workbook(*two_rows(), signed(8, name="坏行", department="没有的部门"))

    with pytest.raises(ValidationError) as refused:
        services.apply(upload(path), by=user, now=NOW)

    assert refused.value.code == "problems"
    assert not Project.objects.exists()


def test_the_good_rows_are_imported_when_the_person_says_so(user, workbook, upload):
    path = workbook(*two_rows(), signed(8, name="坏行", department="没有的部门"))

    job = services.apply(upload(path), by=user, now=NOW, only_good=True)

    assert job.status == ImportJob.Status.APPLIED
    assert set(Project.objects.values_list("name", flat=True)) == {"测试光电项目", "测试装备项目"}


def test_a_job_is_applied_once(user, workbook, upload):
    job = services.apply(upload(workbook(*two_rows())), by=user, now=NOW)

    with pytest.raises(ValidationError) as refused:
        services.apply(job, by=user, now=NOW)

    assert refused.value.code == "applied"


def test_undoing_gives_back_what_was_and_the_job_says_so(user, workbook, upload):
    job = services.apply(upload(workbook(*two_rows())), by=user, now=NOW)

    undone = services.undo(job, by=user, now=NOW)

    assert undone.refused == []
    assert not Project.objects.exists()
    job.refresh_from_db()
    assert job.status == ImportJob.Status.UNDONE


def test_an_undone_agreement_is_no_longer_the_one_in_force(user, workbook, upload):
    services.apply(upload(workbook(signed())), by=user, now=NOW)
    first = Project.objects.get().agreement
    job = services.apply(upload(workbook(signed(signed_on=FuzzyDate(TODAY)))), by=user, now=NOW)
    assert Project.objects.get().agreement != first

    services.undo(job, by=user, now=NOW)

    assert Project.objects.get().agreement == first


def test_a_row_changed_meanwhile_is_compared_anew(user, workbook, upload, monkeypatch):
    services.apply(upload(workbook(signed())), by=user, now=NOW)
    job = upload(workbook(signed(fixed=signed().get("amount"))))
    write, tries = applying.write, []

    def disturbed(plans, *args, **options):
        plans = list(plans)
        if not tries:
            agreement = Agreement.objects.get()
            agreement.title = "他人改的标题"
            agreement.save()
        tries.append(1)
        return write(plans, *args, **options)

    monkeypatch.setattr(applying, "write", disturbed)

    services.apply(job, by=user, now=NOW)

    assert len(tries) == 2
    assert Agreement.objects.get().title == "他人改的标题"
    assert Agreement.objects.get().fixed_investment == Agreement.objects.get().amount


def test_rows_that_keep_changing_stop_the_import_with_a_sentence(user, workbook, upload, monkeypatch):
    def always_stale(*args, **options):
        raise StaleRow(user)

    monkeypatch.setattr(applying, "write", always_stale)

    with pytest.raises(ValidationError) as refused:
        services.apply(upload(workbook(signed())), by=user, now=NOW)

    assert refused.value.code == "stale"


def test_the_original_is_kept_with_its_hash(user, workbook):
    path = workbook(signed())

    job = services.upload(path.name, ContentFile(path.read_bytes()), by=user)

    document = Document.objects.get()
    assert (document.kind, document.sha256, job.sha256) == ("ledger", job.sha256, document.sha256)
    with document.file.open() as content:
        assert content.read() == path.read_bytes()


def test_who_may_not_import_may_not_upload(workbook):
    leader = UserFactory(roles=["leader"])

    with pytest.raises(PermissionDenied):
        services.upload("台账.xlsx", ContentFile(b"x"), by=leader)


def test_a_workbook_without_a_ledger_is_refused_with_what_to_do(user, tmp_path, upload):
    path = tmp_path / "随笔.csv"
    path.write_text("今天,天气\n晴,好\n", encoding="utf-8")

    with pytest.raises(Refused) as refused:
        services.check(upload(path), by=user, today=TODAY)

    assert refused.value.code == "no_ledger"


def test_a_failed_job_says_why_and_changes_nothing(user, tmp_path, upload):
    path = tmp_path / "随笔.csv"
    path.write_text("今天,天气\n晴,好\n", encoding="utf-8")

    job = services.run(services.start(upload(path), "check", by=user), "check", now=NOW)

    assert (job.status, "没有找到台账" in job.failure) == ("failed", True)


def test_the_last_ledger_of_the_unit_is_compared(user, workbook, upload):
    services.apply(upload(workbook(*two_rows())), by=user, now=NOW)

    checked = services.check(upload(workbook(signed())), by=user, today=TODAY)

    assert [str(found.row) for found in checked.gone] == ["测试装备项目"]


def test_a_row_with_a_problem_is_not_taken_for_gone(user, workbook, upload):
    services.apply(upload(workbook(*two_rows())), by=user, now=NOW)
    bad = signed(7, name="测试装备项目", investor="测试装备有限公司", department="没有的部门")

    checked = services.check(upload(workbook(signed(), bad)), by=user, today=TODAY)

    assert checked.gone == []


def test_what_undoing_could_not_restore_is_kept_with_the_job(user, workbook, upload):
    job = services.apply(upload(workbook(signed())), by=user, now=NOW)
    agreement = Agreement.objects.get()
    agreement.title = "手工改的标题"
    agreement.save(by=user)

    services.run(services.start(job, "undo", by=user), "undo", now=NOW)

    job.refresh_from_db()
    assert job.status == ImportJob.Status.UNDONE
    assert any("投资协议" in sentence or "手工改的标题" in sentence for sentence in job.report["not_restored"])


def test_what_is_no_longer_listed_becomes_a_step_of_its_owner_when_asked(user, workbook, upload):
    services.apply(upload(workbook(*two_rows())), by=user, now=NOW)
    project = Project.objects.get(name="测试装备项目")

    services.apply(upload(workbook(signed()), answers={f"gone:{project.public_id}": "verify"}), by=user, now=NOW)

    assert project.follow_ups.get().assignee == user


def test_the_total_row_stands_beside_the_sum_of_the_rows(user, workbook, upload):
    checked = services.check(upload(workbook(*two_rows())), by=user, today=TODAY)

    total = next(found for found in checked.totals if found.head == "投资额/合同总投资")
    assert (total.stated, total.counted, total.agrees) == (60_000, 60_000, True)


# The command


def test_the_command_checks_in_one_line_of_json(user, workbook, capsys):
    path = workbook(*two_rows(), signed(8, name="坏行", department="没有的部门"))

    call_command("ledger", "check", str(path), "--json", "--as", user.username)

    told = json.loads(capsys.readouterr().out)
    assert (told["template"], told["rows"], told["job"]) == ("T1", 3, None)
    assert told["create"]["projects.Project"] == 2
    assert [(one["code"], one["value"]) for one in told["errors"]] == [("unknown", "没有的部门")]
    assert not ImportJob.objects.exists()


def test_the_command_applies_and_undoes(user, workbook, capsys):
    call_command("ledger", "apply", str(workbook(*two_rows())), "--json", "--as", user.username)
    job = json.loads(capsys.readouterr().out)["job"]
    assert Project.objects.count() == 2

    call_command("ledger", "undo", str(job))

    assert not Project.objects.exists()


def test_the_command_exports_what_imports_again_without_a_change(user, workbook, upload, tmp_path):
    services.apply(upload(workbook(*two_rows())), by=user, now=NOW)

    call_command("ledger", "export", "--template", "T1", "--out", str(tmp_path / "out.xlsx"), "--as", user.username)

    again = services.check(upload(tmp_path / "out.xlsx"), by=user, today=TODAY)
    assert (again.problems, again.plan.rows, again.plan.changes_nothing) == ([], 2, True)


def test_an_export_is_narrowed_by_filters_and_noted(user, workbook, upload, tmp_path, capsys):
    services.apply(upload(workbook(*two_rows())), by=user, now=NOW)

    options = ["--template", "T1", "--out", str(tmp_path / "out.csv"), "--as", user.username]
    call_command("ledger", "export", *options, "--filter", "q=测试光电")

    assert capsys.readouterr().out == "已导出 1 行\n"
    event = AuditEvent.objects.filter(action="ledger.exported").get()
    assert (event.changes["conditions"], event.changes["rows"]) == ({"q": "测试光电"}, 1)


def test_an_applied_ledger_is_neither_checked_nor_applied_again_from_a_page_left_open(user, workbook, upload):
    job = services.apply(upload(workbook(*two_rows())), by=user, now=NOW)

    for act in ("check", "apply"):
        with pytest.raises(ValidationError) as refused:
            services.start(job, act, by=user)
        assert refused.value.code == "state"

    job.refresh_from_db()
    assert job.status == ImportJob.Status.APPLIED


def test_an_act_that_was_interrupted_may_be_begun_again_after_a_while(user, workbook, upload):
    job = services.start(upload(workbook(*two_rows())), "check", by=user)
    with pytest.raises(ValidationError):
        services.start(job, "check", by=user)

    ImportJob.objects.filter(pk=job.pk).update(updated_at=timezone.now() - STUCK_AFTER * 2, version=job.version)
    job.refresh_from_db()

    assert services.start(job, "check", by=user).status == ImportJob.Status.CHECKING


def test_what_changes_costs_the_manager_no_query_a_row(user, workbook, upload, django_assert_max_num_queries):
    rows = [signed(6 + n, name=f"测试项目{n}", investor=f"测试企业{n}有限公司") for n in range(30)]
    applied(*rows, user=user)
    for row in rows:
        row.values["amount"] = wan(12_345)

    with django_assert_max_num_queries(40):
        plan = plan_of(*rows, user=user)

    assert plan.counts["update"] == {"projects.Agreement": 30}
