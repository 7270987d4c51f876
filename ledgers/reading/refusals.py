"""Why a file is not read, as sentences."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from ledgers.sheets import Refused

# What follows a dot is another sentence of the same code.
SENTENCES = {
    "extension": _("这里不读 %(suffix)s 文件：请在 Excel 或 WPS 中另存为 .xlsx 再上传"),
    "extension.none": _("文件名没有扩展名：请在 Excel 或 WPS 中另存为 .xlsx 再上传"),
    "extension.et": _("这里不读 .et 文件：请在 WPS 另存为 .xlsx 再上传"),
    "extension.macros": _("这里不收带宏的 .xlsm 文件：请另存为 .xlsx（不带宏）再上传"),
    "empty": _("文件是空的：请确认选对了文件，并等它保存完再上传"),
    "too_big": _("文件超过 %(limit)s MB：请删去图片和多余的表，或分成几份上传"),
    "not_a_workbook": _("文件内容与扩展名 %(suffix)s 不符：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    "not_a_workbook.page": _("这其实是网页文件，不是 %(suffix)s 表格：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    "not_a_workbook.xls": _("这其实是旧版 .xls 文件：请把扩展名改为 .xls，或另存为 .xlsx 再上传"),
    "not_a_workbook.xlsx": _("这其实是 .xlsx 文件：请把扩展名改为 .xlsx 再上传"),
    "encrypted": _("文件有打开密码：请取消密码后再上传"),
    "macros": _("文件里有宏：请另存为 .xlsx（不带宏）再上传"),
    "nested": _("文件里嵌有别的文件（%(part)s）：请删去嵌入的附件，另存为 .xlsx 再上传"),
    "zip_entries": _("文件里的部件超过 %(limit)s 个：请删去图片和多余的表，或分成几份上传"),
    "zip_names": _("文件里有不安全的部件名：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    "zip_ratio": _("文件解压后大得不正常：请用 Excel 或 WPS 打开，删去多余的行列后另存为 .xlsx 再上传"),
    "zip_sizes": _("文件里登记的大小与实际不符：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    "inflated": _("文件解压后超过 %(limit)s MB：请删去多余的行列和图片，或分成几份上传"),
    "doctype": _("文件里有表格不该有的声明（DOCTYPE）：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    "rows": _("内容到了第 %(found)s 行，最多读 %(limit)s 行：请分成几份上传，或删去下面多余的行"),
    "rows.sqlite": _(
        "内容到了第 %(found)s 行，最多读 %(limit)s 行：请分成几份上传，或删去下面多余的行；"
        "要一次导入更多，请管理员改用 PostgreSQL 数据库"
    ),
    "columns": _("内容到了 %(found)s 列，最多读 %(limit)s 列：请删去右边多余的列再上传"),
    "cells": _("有内容的区域超过 %(limit)s 格：请删去多余的行列，或分成几份上传"),
    "sheets": _("工作簿超过 %(limit)s 张表：请只留台账，或分成几份上传"),
    "strings": _("文件里的文字超过 %(limit)s 条：请分成几份上传"),
    "text": _("有单元格超过 %(limit)s 个字：请把长文改放附件再上传"),
    "characters": _("文字总量超过 %(limit)s 字：请分成几份上传"),
    "control": _("有单元格含有看不见的控制字符：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    "merges": _("合并单元格互相重叠或太多：请取消合并后另存为 .xlsx 再上传"),
    "damaged": _("文件已损坏或不完整：请用 Excel 或 WPS 打开、另存为 .xlsx 再上传"),
    "damaged.quotes": _("第 %(line)s 行附近引号不成对，无法分列：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    "encoding": _("认不出文件的文字编码，或文件末尾不完整：请用 Excel 或 WPS 打开后另存为 .xlsx 再上传"),
    "time": _("读这个文件用时太长：请删去多余的行列，或分成几份上传"),
    "memory": _("读这个文件占用内存太多：请删去多余的行列，或分成几份上传"),
}


def refusal(reason: str, **details: str | int) -> Refused:
    """The refusal for a reason of SENTENCES: its code, and the sentence with `details` filled in."""
    if reason == "rows" and connection.vendor == "sqlite":
        reason = "rows.sqlite"
    return Refused(reason.partition(".")[0], str(SENTENCES[reason]) % details)
