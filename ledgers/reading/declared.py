"""Which part of an .xlsx holds which of its sheets."""

import posixpath
import zipfile
from typing import BinaryIO
from xml.etree.ElementTree import Element

from defusedxml import ElementTree  # type: ignore[import-untyped]

from ledgers.reading.caps import Stopped

ROOT, WORKBOOK, LINKS = "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def sheet_parts(file: BinaryIO) -> list[str]:
    """The part of each sheet in the order of the workbook, in lower case; raises Stopped ("damaged") where one is missing."""
    with zipfile.ZipFile(file) as package:
        names = {name.lower(): name for name in package.namelist()}
        if not {ROOT, LINKS} <= set(names):
            raise Stopped("damaged")
        root, workbook, links = (ElementTree.fromstring(package.read(names[part])) for part in (ROOT, WORKBOOK, LINKS))
    if not any(_part("/", link) == WORKBOOK for link in root if link.get("Type", "").endswith("/officeDocument")):
        raise Stopped("damaged")  # the workbook would be another part than the one looked at here
    targets = {link.get("Id"): _part("/xl", link) for link in links}
    parts = [targets.get(_link(sheet), "") for sheet in workbook.iter() if _local(sheet) == "sheet"]
    if not parts or not set(parts) <= set(names):
        raise Stopped("damaged")
    return parts


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _link(sheet: Element) -> str:
    """The attribute r:id; its namespace differs between the two kinds of Open XML."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def _part(folder: str, link: Element) -> str:
    return posixpath.normpath(posixpath.join(folder, link.get("Target", ""))).lstrip("/").lower()
