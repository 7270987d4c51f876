"""On which track a new project goes: what the ledger states decides, else the person is asked; nothing is presumed."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from ledgers.layouts.known import LAYOUTS
from ledgers.models import ImportJob
from ledgers.resources import tracks
from ledgers.writing import write_xlsx
from projects.models import Project
from tests.ledgers.rows import applied, context_of, plan_of, signed

UNTOLD = {"stage": "开工", "land_mode": None}


def untold(number: int = 6, **values: object):
    """A row that says 开工 and nothing of its track."""
    found = signed(number, **{**UNTOLD, **values})
    return type(found)(
        found.sheet, number, {key: value for key, value in found.values.items() if value is not None}, found.addresses
    )


@pytest.mark.parametrize(
    ("said", "track"),
    [
        ({"track": "M-B"}, "tenancy.signed"),
        ({"track": "供地（M-A）", "stage": "开工"}, "land.started"),
        ({"track": "增资扩产/技改", "stage": "开工"}, "expansion.started"),
        ({"land_mode": "sale", "stage": "开工"}, "land.started"),
        ({"land_mode": "lease", "stage": "公司注册"}, "tenancy.registered"),
        ({"kind": "tenancy", "stage": "公司注册"}, "tenancy.registered"),
        ({"land_mu": Decimal(50), "stage": "公司注册"}, "land.registered"),
        ({"stage": "主体封顶"}, "land.topped_out"),
        ({"stage": "进场装修"}, "tenancy.fitting_out"),
    ],
)
def test_what_the_ledger_states_decides(user, said, track):
    applied(untold(**{"stage": "签约", **said}), user=user)

    assert Project.objects.get().stage == track


def test_a_stage_of_several_tracks_is_asked_about_and_never_presumed(user):
    plan = plan_of(untold(name="测试装备项目"), user=user)

    [problem] = plan.problems
    assert (problem.code, problem.row) == ("track:", 6)
    assert "测试装备项目" in problem.message
    assert "供地" in problem.message


@pytest.mark.parametrize(
    ("said", "suggested"),
    [({"summary": "技改项目"}, "expansion"), ({"stage": "公司注册", "floor_m2": Decimal(800)}, "tenancy"), ({}, "")],
)
def test_what_only_points_to_a_track_is_suggested(user, said, suggested):
    [problem] = plan_of(untold(**said), user=user).problems

    assert problem.code == f"track:{suggested}"


def test_the_answer_for_a_row_comes_before_the_one_for_all(user):
    answers = {tracks.ALL: "land", tracks.key_of("签约", 7): "expansion"}

    applied(untold(6, name="测试一期项目"), untold(7, name="测试二期项目"), user=user, answers=answers)

    assert dict(Project.objects.values_list("name", "track")) == {"测试一期项目": "land", "测试二期项目": "expansion"}


def test_an_answer_whose_track_has_no_such_stage_says_what_may_be_written(user):
    [problem] = plan_of(untold(), user=user, answers={tracks.ALL: "tenancy"}).problems

    assert problem.code == "stage"
    assert "进场装修" in problem.message


@pytest.fixture
def workbook(tmp_path, user):
    layout = LAYOUTS["T1"]
    empty = dict.fromkeys(column.key for column in layout.columns)
    rows = [{**empty, **untold(name=name).values} for name in ("测试一期项目", "测试二期项目")]
    write_xlsx(tmp_path / "台账.xlsx", layout, rows, context=context_of(user))
    return tmp_path / "台账.xlsx"


def test_the_preview_asks_and_goes_on_with_the_answer(user, workbook):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with workbook.open("rb") as content:
        page = client.post(reverse("ledgers:ledgers"), {"file": content, "layout": ""}, follow=True)
    assert "2 个新项目的台账没有写项目类型，按哪条路径登记？" in page.content.decode()
    job = ImportJob.objects.get()

    client.post(reverse("ledgers:answers", args=[job.pk]), {tracks.ALL: "land"})
    page = client.post(reverse("ledgers:apply", args=[job.pk]), follow=True)

    assert "已导入" in page.content.decode()
    assert set(Project.objects.values_list("stage", flat=True)) == {"land.started"}


def test_the_command_names_the_rows_or_takes_the_track(user, workbook):
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("ledger", "apply", str(workbook), user=user.username, stdout=out)
    call_command("ledger", "apply", str(workbook), user=user.username, track="expansion", stdout=StringIO())

    assert "测试一期项目" in out.getvalue()
    assert "测试二期项目" in out.getvalue()
    assert set(Project.objects.values_list("stage", flat=True)) == {"expansion.started"}
