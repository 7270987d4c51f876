import pytest

from core.files import LONGEST, distinct, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("合同:甲|乙?.pdf", "合同_甲_乙_.pdf"),
        ("C:\\temp\\照片.jpg", "C_temp_照片.jpg"),
        ("  . ", "文件"),
        ("CON.txt", "_CON.txt"),
        ("营业执照\u202egpj.exe", "营业执照gpj.exe"),
        ("第一行\r\n第二行", "第一行_第二行"),
    ],
)
def test_a_name_leads_out_of_no_folder_and_is_taken_by_every_system(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_ending():
    name = safe_name("长" * 300 + ".pdf")

    assert name.endswith("长.pdf")
    assert len(name) <= LONGEST + 1


def test_two_files_of_one_name_are_told_apart_whatever_their_case():
    taken = set()

    assert [distinct(name, taken) for name in ("A.pdf", "a.PDF", "A.pdf", "无尾", "无尾")] == [
        "A.pdf",
        "a（2）.PDF",
        "A（3）.pdf",
        "无尾",
        "无尾（2）",
    ]
