"""A .csv in any usual encoding is read right or refused (I5)."""

from pathlib import Path

import pytest

from ledgers import reading
from ledgers.reading import csv_text
from ledgers.reading.caps import Caps, Stopped
from ledgers.sheets import Refused, Workbook
from ledgers.writing.plain import guarded
from tests.ledgers import bombs

RARE = "𠀀𠮷㐂䶮"  # extension B and A
ROWS = [["项目名称", "联系人", "总投资（亿元）"], ["测试光电有限公司一期", "测试员甲", "1.5"], ["二期", "联系人00017", "约3亿元"]]
TEXT = "\r\n".join(",".join(row) for row in ROWS) + "\r\n"
ENCODINGS = {
    "utf-8": TEXT.encode(),
    "utf-8-sig": TEXT.encode("utf-8-sig"),
    "gb18030": TEXT.encode("gb18030"),
    "gbk": TEXT.encode("gbk"),
    "gb2312": TEXT.encode("gb2312"),
    "utf-16-le with BOM": b"\xff\xfe" + TEXT.encode("utf-16-le"),
    "utf-16-be with BOM": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "utf-16-le": TEXT.encode("utf-16-le"),
    "utf-16-be": TEXT.encode("utf-16-be"),
}


def read(folder: Path, content: bytes) -> Workbook:
    return reading.read(bombs.saved(folder, "a.csv", content), "台账.csv", caps=Caps())


def rows_of(text: str) -> list[list[str | None]]:
    return list(csv_text.rows(text, Caps()))


def fits(content: bytes, encoding: str) -> bool:
    return content.decode(encoding, "replace").count("\ufffd") == 0


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_encoding_is_found_and_told(encoding: str, tmp_path: Path):
    workbook = read(tmp_path, ENCODINGS[encoding])

    assert workbook.sheets[0].rows == ROWS
    assert workbook.encoding in {encoding, "gb18030", "utf-16"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_rare_characters_survive(encoding: str):
    text, _ = csv_text.decode(f"姓名,电话\n{RARE},1380000000\n".encode(encoding))

    assert text == f"姓名,电话\n{RARE},1380000000\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("text", ["名称,联系人", "甲", f"姓名{RARE}", TEXT + "末"])
def test_a_character_cut_off_at_the_end_is_refused(text: str, encoding: str, tmp_path: Path):
    with pytest.raises(Refused) as caught:
        read(tmp_path, text.encode(encoding)[:-1])

    assert caught.value.code == "encoding"


def test_damaged_utf_8_is_not_read_as_gb18030_even_where_that_fits():
    content = "招商引资签约项目台账\n测试光电有限公司\n".encode()
    damaged = [content[:at] + content[at + width :] for at in range(len(content)) for width in (1, 2)]
    fitting = [text for text in damaged if fits(text, "gb18030") and not fits(text, "utf-8")]
    assert len(fitting) > 5

    for text in fitting:
        with pytest.raises(Stopped) as caught:
            csv_text.decode(text)
        assert caught.value.reason == "encoding"


@pytest.mark.parametrize("word", [row for line in ROWS for row in line if not row.isascii()] + ["联通", "名称", "招商引资台账"])
def test_short_texts_in_gb18030_are_not_taken_for_damaged_utf_8(word: str):
    assert csv_text.decode(word.encode("gb18030")) == (word, "gb18030")


def test_two_encodings_that_both_fit_are_not_chosen_from():
    with pytest.raises(Stopped) as caught:
        csv_text.decode("约,元\n".encode("gb18030"))  # also “Լ,Ԫ” in UTF-8

    assert caught.value.reason == "encoding"


def test_a_text_that_another_program_has_already_lost_is_refused():
    with pytest.raises(Stopped):
        csv_text.decode("名称,\ufffd\ufffd公司\n".encode())


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str):
    text = delimiter.join(["名称", "备注, 其他; 两项"]) if delimiter == "\t" else delimiter.join(["名称", "备注"])

    assert len(rows_of(f"{text}\n{text}\n")[0]) == 2


def test_a_single_column_needs_no_delimiter():
    assert rows_of("名称\n甲\n乙\n") == [["名称"], ["甲"], ["乙"]]


def test_quotes_hold_delimiters_breaks_and_quotes():
    assert rows_of('a,"b, ""c""\nd"\n') == [["a", 'b, "c"\nd']]


def test_empty_lines_keep_their_number_and_empty_fields_are_none():
    assert rows_of("a,,b\n\n,,\nc\n") == [["a", None, "b"], [], [], ["c"]]


def test_texts_that_look_like_numbers_stay_texts():
    assert rows_of("007,1.50,2026-03-05\n") == [["007", "1.50", "2026-03-05"]]


@pytest.mark.parametrize("content", ['a,"b\n', 'a,"b"c\n'])
def test_quotes_that_do_not_pair_are_refused_with_their_line(content: str):
    with pytest.raises(Stopped) as caught:
        rows_of(content)

    assert (caught.value.reason, caught.value.details) == ("damaged.quotes", {"line": 1})


def test_a_long_file_is_read_from_its_beginning(tmp_path: Path):
    content = "".join(f"{number},甲\n" for number in range(10_000))

    rows = read(tmp_path, content.encode()).sheets[0].rows

    assert (len(rows), rows[0], rows[-1]) == (10_000, ["0", "甲"], ["9999", "甲"])


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "==1+1", "+86 1380000000", "-5", "@甲", "|x", "\t=1", "\r=1", "\n=1", "  =1", "\u3000=1", "\u00a0=1", "＝1", "＋1",
        "－1", "＠1", "'=1", "''=1", "甲\n=1", "甲\r\n+1", "'", "'甲", "甲", "a=b", "1-2", "'=", "", "\u200b=1", "\ufeff=1", " '=1",
    ],
)  # fmt: skip
def test_the_apostrophe_of_our_export_is_taken_away_and_no_other(text: str):
    assert csv_text.unguarded(guarded(text)) == text
