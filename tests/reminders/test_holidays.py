"""Holidays come from a file: all or nothing, each fault with its line, the same file twice changes nothing."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from core.models import Holiday
from core.working_days import Calendar
from reminders import holidays
from tests.factories import HolidayFactory

pytestmark = pytest.mark.django_db
CSV = "date,kind,name\n2027-01-01,放假,元旦\n2027-01-03,上班,元旦调休\n"
NEW_YEAR, SUNDAY = dt.date(2027, 1, 1), dt.date(2027, 1, 3)


@pytest.fixture
def file(tmp_path):
    def write(content: str | bytes, name: str = "holidays.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def run(path, *options) -> None:
    call_command("import_holidays", path, *options)


def test_a_file_makes_days_free_and_working(file):
    run(file(CSV))

    days = Calendar.load()
    assert (days.is_working_day(NEW_YEAR), days.is_working_day(SUNDAY)) == (False, True)
    assert days.has_data(2027)
    assert Holiday.objects.get(date=NEW_YEAR).name == "元旦"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("日期,类别,名称\n2027/1/1,放假,元旦\n2027年1月3日,调休上班,元旦调休\n".encode("gb18030"), "holidays.csv"),
        ("\ufeffname,kind,date,source_doc\n元旦,holiday,2027.1.1,测试\n,,,\n元旦调休,workday,2027-01-03,\n", "HOLIDAYS.CSV"),
        (
            json.dumps(
                [
                    {"date": "2027-01-01", "kind": "放假", "name": "元旦"},
                    {"日期": "2027-01-03", "类别": "上班", "名称": "元旦调休"},
                ]
            ),
            "holidays.json",
        ),
    ],
)
def test_csv_and_json_with_chinese_or_english_heads_say_the_same(file, content, name):
    run(file(content, name))

    rows = list(Holiday.objects.order_by("date").values_list("date", "kind", "name"))
    assert rows == [(NEW_YEAR, "holiday", "元旦"), (SUNDAY, "workday", "元旦调休")]


def test_the_same_file_twice_changes_nothing_and_is_recorded_once(file, capsys):
    run(file(CSV))
    run(file(CSV))

    assert "新增 0 天，更改 0 天；2 天相同" in capsys.readouterr().out
    assert Holiday.objects.count() == 2
    event = AuditEvent.objects.get(action="holidays.imported")
    assert event.changes == {"years": ["2027"], "rows": 2}


def test_a_check_writes_nothing_and_says_what_it_would_do(file, capsys):
    run(file(CSV), "--check")

    out = capsys.readouterr().out
    assert "将新增 2 天" in out
    assert "2027 年：放假 1 天，调休上班 1 天" in out
    assert not Holiday.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_day_that_changed_is_changed_and_others_stay(file, capsys):
    HolidayFactory(date=NEW_YEAR, kind="workday", name="旧")
    HolidayFactory(date=dt.date(2027, 5, 1))

    run(file(CSV))

    assert Holiday.objects.get(date=NEW_YEAR).kind == "holiday"
    assert Holiday.objects.filter(date=dt.date(2027, 5, 1)).exists()
    assert "表中另有 1 天不在此文件里" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "name", "faults"),
    [
        (
            "date,kind,name\n2027-13-01,放假,元旦\n2027-01-02,也许,元旦\n",
            "h.csv",
            ["第 2 行：日期“2027-13-01”", "第 3 行：类别“也许”"],
        ),
        ("date,kind\n2027-01-01,放假\n2027-01-01,上班\n", "h.csv", ["第 3 行：2027-01-01 已在第 2 行出现"]),
        ("date,name\n2027-01-01,元旦\n", "h.csv", ["第 1 行：标题缺少 类别"]),
        ("date,kind\n2900-01-01,放假\n", "h.csv", ["第 2 行：年份 2900"]),
        ("date,kind,name\n2027-01-01,放假," + "长" * 41 + "\n", "h.csv", ["第 2 行：名称超过 40 个字"]),
        ("date,kind\n", "h.csv", ["没有任何一天"]),
        ("", "h.csv", ["第 1 行：标题缺少 日期"]),
        ('[\n{"date": "2027-01-01",\n]', "h.json", ["第 3 行：不是有效的 JSON"]),
        ('{"date": "2027-01-01"}', "h.json", ["第 1 行：JSON 应是一个列表"]),
        ('[\n{"date": "2027-01-01", "kind": "放假"},\n{"kind": "放假"}\n]', "h.json", ["第 3 行：日期“”读不懂"]),
        ('["2027-01-01"]', "h.json", ["不是一个对象"]),
    ],
)
def test_each_fault_is_named_with_its_line_and_nothing_is_written(file, content, name, faults):
    HolidayFactory()

    with pytest.raises(CommandError) as error:
        run(file(content, name))

    for fault in faults:
        assert fault in str(error.value)
    assert Holiday.objects.count() == 1


def test_one_bad_line_keeps_the_good_ones_out_too(file):
    with pytest.raises(CommandError):
        run(file(CSV + "2027-02-30,放假,春节\n"))

    assert not Holiday.objects.exists()


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="读不了"):
        run(tmp_path / "none.csv")


def test_bytes_that_are_no_text_are_refused():
    assert "编码" in holidays.read(b"\xff\xff\xff\x81", file_name="h.csv").faults[0]
