"""The plan as a picture: everything on the sheet, everything readable on A4 landscape."""

import datetime as dt
import itertools
import re

import pytest

from desk import gantt
from desk.gantt import Row, Scale

TODAY = dt.date(2026, 11, 24)
PAPER_MM, PAPER_HEIGHT_MM, HEADING_MM = 277, 190, 14  # A4 landscape without margins of 10 mm; title and legend
POINT_MM = 25.4 / 72
SMALLEST_PRINT = 6.5  # points: 小六号
LONG = "施工图审查合格并取得消防人防意见书及配套手续齐全的证明文件与全部材料清单原件及复印件"  # over forty characters


def row(offset=0, *, slip=0, late=None, label="测试节点"):
    due = TODAY + dt.timedelta(days=offset + slip)
    done = None if late is None else due + dt.timedelta(days=late)
    return Row(label, TODAY + dt.timedelta(days=offset), due, done)


def many(count):
    return [row(14 * n - 200, slip=n % 40, late=n % 9 - 4 if n < 20 else None, label=LONG) for n in range(count)]


def points(line):
    """Every coordinate pair of the shapes of a line."""
    shapes = [line.due_shape, line.original_shape]
    return [(float(x), float(y)) for shape in shapes for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", shape)]


def test_sixty_milestones_fit_one_a4_sheet_in_print_that_can_be_read():
    (sheet,) = gantt.sheets(many(60), today=TODAY)

    mm = PAPER_MM / sheet.width
    assert len(sheet.lines) == 60
    assert sheet.height * mm <= PAPER_HEIGHT_MM - HEADING_MM
    assert sheet.font * mm / POINT_MM >= SMALLEST_PRINT
    assert sheet.row_height >= sheet.font


def test_the_sixty_first_milestone_begins_a_second_sheet_of_the_same_scale():
    first, second = gantt.sheets(many(61), today=TODAY)

    assert (len(first.lines), len(second.lines)) == (60, 1)
    assert (first.today, first.ticks) == (second.today, second.ticks)


@pytest.mark.parametrize("count", [1, 2, 17, 60])
def test_nothing_lies_outside_the_sheet(count):
    (sheet,) = gantt.sheets(many(count), today=TODAY)

    xs = [sheet.today, *(x for x, _name in sheet.ticks), *(x for line in sheet.lines for x, _y in points(line))]
    xs += [x for line in sheet.lines for x in (line.original, line.actual) if x is not None]
    ys = [y for line in sheet.lines for _x, y in points(line)] + [line.base for line in sheet.lines]
    assert min(xs) >= sheet.left
    assert max(xs) <= sheet.width
    assert min(ys) >= sheet.head
    assert max(ys) <= sheet.height


def test_todays_line_stands_where_a_mark_of_today_stands():
    (sheet,) = gantt.sheets([row(-30), row(0), row(90)], today=TODAY)

    assert sheet.today == sheet.lines[1].due
    assert sheet.lines[0].due < sheet.today < sheet.lines[2].due


def test_today_is_on_the_sheet_when_every_date_is_long_past():
    (sheet,) = gantt.sheets([row(-2200)], today=TODAY)

    assert sheet.lines[0].due < sheet.today <= sheet.width
    assert sheet.today_anchor == "end"


def test_a_slip_of_the_pen_such_as_the_year_9999_is_drawn_too():
    (sheet,) = gantt.sheets([Row("测试节点", TODAY, dt.date.max)], today=TODAY)

    assert sheet.lines[0].due <= sheet.width
    assert len(sheet.ticks) <= gantt.MOST_TICKS


def test_days_are_drawn_in_proportion():
    scale = Scale(dt.date(2026, 1, 1), dt.date(2026, 1, 11))

    assert scale.x(dt.date(2026, 1, 6)) == (gantt.LEFT + gantt.RIGHT) / 2


def test_one_milestone_has_a_sheet_of_one_row():
    (sheet,) = gantt.sheets([row()], today=TODAY)

    assert (len(sheet.lines), sheet.font) == (1, gantt.LARGEST_FONT)
    assert sheet.ticks != []


def test_no_milestone_has_no_sheet():
    assert gantt.sheets([], today=TODAY) == []
    assert gantt.screen([], today=TODAY) is None


def test_on_the_screen_sixty_rows_keep_their_height():
    picture = gantt.screen(many(60), today=TODAY)

    assert (len(picture.lines), picture.row_height, picture.font) == (60, gantt.TALLEST_ROW, gantt.LARGEST_FONT)
    assert max(y for line in picture.lines for _x, y in points(line)) <= picture.height


def test_an_original_date_is_marked_only_when_the_plan_moved():
    (sheet,) = gantt.sheets([row(), row(slip=9)], today=TODAY)

    kept, moved = sheet.lines
    assert kept.original is None
    assert moved.original is not None
    assert moved.original < moved.due


def test_a_label_of_forty_characters_is_cut_to_its_room():
    for count in (1, 60):
        line = gantt.sheets(many(count), today=TODAY)[0]

        assert gantt.text_width(line.lines[0].label, line.font) <= gantt.LEFT - line.font
        assert line.lines[0].label.endswith("…")
    assert gantt.fitted("开工", 300, 13) == "开工"


@pytest.mark.parametrize("days", [1, 30, 200, 400, 1100, 4000, 30_000])
def test_the_axis_is_never_crowded(days):
    scale = Scale.over([TODAY, TODAY + dt.timedelta(days=days)])

    places = [x for x, _name in scale.ticks()]
    assert len(places) <= gantt.MOST_TICKS + 1
    assert all(b - a > gantt.text_width("2026-11", gantt.AXIS_FONT) for a, b in itertools.pairwise(places))


def test_on_a_phone_the_labels_leave_more_room_for_the_dates():
    day = dt.date(2026, 11, 24)
    rows = [gantt.Row("建设用地规划许可证", day, day + dt.timedelta(days=300))]

    wide, narrow = gantt.screen(rows, today=day), gantt.phone(rows, today=day)

    assert (wide.left, narrow.left) == (gantt.LEFT, gantt.NARROW)
    assert narrow.today < wide.today
    assert gantt.text_width(narrow.lines[0].label, narrow.font) <= gantt.NARROW
