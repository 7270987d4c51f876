"""企业联系人 and 联系方式: people and their numbers in two columns beside each other."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from companies.models import Person, Position
from ledgers.layouts import parts
from ledgers.layouts.base import Record, Row, record

type Pairs = list[tuple[str, dict[str, str]]]  # name, and what fields its numbers go to


def contacts(row: Row, company: Record) -> Iterator[Record]:
    """The company's people; says so when it cannot be told whose number is whose."""
    for name, told in _paired(row):
        columns = {"name": "contact", "mobile": "phone", "phone": "phone"}
        person = record(Person, row, {"name": name, "company": company}, columns=columns, fixed=told)
        yield person
        place = {"person": person, "company": company}
        yield record(Position, row, place, columns={"person": "contact"}, initial={"is_primary": True})


def _paired(row: Row) -> Pairs:
    """One person may have two numbers; several have one each, or none of them has any."""
    names, numbers = row.get("contact") or [], row.get("phone") or []
    if numbers and not names:
        row.refuse("phone", "no_name", _("有联系方式却没有联系人：请在“企业联系人”一列补上姓名"))
        return []
    if len(names) == 1:
        return _of_one(row, names[0], numbers)
    if numbers and len(numbers) != len(names):
        text = _("%(names)d 位联系人对着 %(numbers)d 个号码，分不清谁是谁的：请每人各填一个，次序一致")
        row.refuse("phone", "pairs", text % {"names": len(names), "numbers": len(numbers)})
        return []
    if not numbers:
        return [(name, {}) for name in names]
    return [(name, parts.contact_fields([number])) for name, number in zip(names, numbers, strict=True)]


def _of_one(row: Row, name: str, numbers: Sequence[str]) -> Pairs:
    """The first mobile (beside another number it may be one from abroad), and one number more of any kind."""
    likely = [number for number in numbers if number.startswith("1")]
    likely = likely or [number for number in numbers if number.startswith("+") and len(numbers) > 1]
    mobile = likely[0] if likely else ""
    others = [number for number in numbers if number != mobile]
    if len(others) > 1:
        text = _("%(name)s有 %(count)d 个号码，系统里一人只记一个手机、一个座机：请留下两个，其余写到进度、备注里")
        row.refuse("phone", "too_many", text % {"name": name, "count": len(numbers)})
        return []
    told = {"mobile": mobile, "phone": others[0] if others else ""}
    return [(name, {field: number for field, number in told.items() if number})]


def written(people: Sequence[Person]) -> tuple[list[str] | None, list[str] | None]:
    """Names and numbers so that they can be told apart again, each name once: (names, numbers)."""
    people = list({person.name: person for person in reversed(people)}.values())[::-1]
    if len(people) == 1:
        numbers = [number for number in (people[0].mobile, people[0].phone) if number]
        return [people[0].name], numbers or None
    numbered = {person.mobile or person.phone: person.name for person in reversed(people)}
    numbered.pop("", None)
    if numbered:
        return list(numbered.values())[::-1], list(numbered)[::-1]
    return [person.name for person in people] or None, None
