"""What a check tells of the changes it would make."""

import pytest

from ledgers import planning, report
from ledgers.findings import Findings
from ledgers.layouts.known import LAYOUTS
from ledgers.planning import Part
from ledgers.recognise import recognise
from ledgers.report import Checked
from ledgers.sheets import Sheet
from tests.ledgers.rows import applied, context_of, signed

pytestmark = pytest.mark.django_db


def told(user, *rows):
    """The changed fields of the projects: label, before, after."""
    plan = planning.plan([Part(LAYOUTS["T1"], rows, context_of(user))])
    changes = report.of(Checked(tables(), Findings.of(plan), [], [], []))["changes"]
    return [(one["label"], one["before"], one["after"]) for found in changes for one in found["fields"]]


def tables():
    """What the report names of the sheet, which is nothing to the changes."""
    return [
        recognise(Sheet("签约", [["项目名称", "投资方/名称", "建设地点"], ["测试", "测试", "测试"]]), [LAYOUTS["T1"]], {}, {})
    ]


def test_a_change_of_columns_without_a_field_is_told_by_their_heads(user):
    applied(signed(remark="园区配套", site="测试路1号"), user=user)

    found = told(user, signed(remark="自建", site="测试路1号"))

    assert found == [("台账附加列", "备注：园区配套", "备注：自建")]
