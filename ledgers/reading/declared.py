"""Which part of an .xlsx holds which of its sheets."""

import posixpath
import zipfile
from typing import BinaryIO
from xml.etree.ElementTree import Element

from defusedxml import ElementTree  # type: ignore[import-untyped]

from ledgers.reading.caps import Stopped

WORKBOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def sheet_parts(file: BinaryIO) -> list[str]:
    """The part of each sheet in the order of the workbook, in lower case; raises Stopped ("damaged") where one is missing."""
    with zipfile.ZipFile(file) as package:
        names = {name.lower(): name for name in package.namelist()}
        if LINKS not in names:
            raise Stopped("damaged")
        workbook, links = (ElementTree.fromstring(package.read(names[part])) for part in (WORKBOOK, LINKS))
    targets = {link.get("Id"): link.get("Target", "") for link in links.iter() if _local(link) == "Relationship"}
    parts = [_part(targets.get(_link(sheet), "")) for sheet in workbook.iter() if _local(sheet) == "sheet"]
    if not parts or not set(parts) <= set(names):
        raise Stopped("damaged")
    return parts


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _link(sheet: Element) -> str:
    """The attribute r:id; its namespace differs between the two kinds of Open XML."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def _part(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower()
