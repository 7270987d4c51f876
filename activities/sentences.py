"""One sentence as people say it: “今天和联系人甲谈了厂房面积，下周三回访” → with whom, when, and what comes next.

Nothing is saved and nothing is guessed silently: what is not certain becomes a question.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Interaction
from companies.models import Company, CompanyAlias, Person, Position
from core import phrases
from core.phrases import Spoken
from core.working_days import Calendar
from events.models import Event
from projects.models import Project

Kind = Interaction.Kind
SHORTEST = 2  # characters of a name that may stand in a sentence
MOST_TEXT = 500  # characters that are looked through
WORDS = [  # the first that occurs decides
    (Kind.RECEPTION, "来访|来区|来焦|接待|到访"),
    (Kind.SITE_VISIT, "考察|选址|看厂房|看地|踏勘"),
    (Kind.VISIT, "拜访|上门|登门|走访"),
    (Kind.ONLINE, "微信|视频|线上|腾讯会议|钉钉"),
    (Kind.FORUM, "座谈|对接会"),
    (Kind.RESEARCH, "调研"),
    (Kind.TALKS, "会谈|会见|面谈|洽谈|见面|见了"),
    (Kind.CALL, "电话|通话|打给|来电"),
]
NEXT_CLAUSE = re.compile(r"[，,；;。\n]|然后|之后再")
LEADING = re.compile(r"^(?:再|去|要|我|我们|前|之前|左右|约|约好|准备|计划|安排|请|和|与|跟|给)*")
UNKNOWN = re.compile(
    r"(?:和|与|跟|同|给)的?(?P<name>[\u4e00-\u9fff]{2,5}?)(?:先生|女士)?(?=通话|谈|聊|见|沟通|打|交流|商|对接|视频|开会|联系(?!人))"
)
NO_NAMES = re.compile("对方|客商|企业|公司|他们|我们|客户|厂家|老板")


@dataclass(frozen=True)
class Step:
    """What comes next; without a day the page asks for one."""

    title: str
    due_on: dt.date | None


@dataclass
class Understood:
    """What a sentence says. `kind` is empty when it does not; `unknown_people` are names nobody has entered yet."""

    kind: str
    happened_on: dt.date
    companies: list[Company] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    unknown_people: list[str] = field(default_factory=list)
    project: Project | None = None
    event: Event | None = None
    next_step: Step | None = None
    questions: list[str] = field(default_factory=list)


def understand(text: str, user: User, *, today: dt.date, days: Calendar) -> Understood:
    """Read a sentence for a person: only names he may know are found in it."""
    text = text[:MOST_TEXT]
    spoken = phrases.find(text, today=today, days=days, prefer="future")
    step, questions = _next_step(text, spoken, today)
    said = Understood(kind=_kind(text), happened_on=_happened_on(text, spoken, today, days), next_step=step, questions=questions)
    _name_companies(text, user, said)
    _name_people(text, user, said)
    said.project = _only(_named(text, Project.objects.visible_to(user).running().values_list("pk", "name")), Project)
    said.event = _only(_named(text, Event.objects.visible_to(user).values_list("pk", "name")), Event)
    return said


def _kind(text: str) -> str:
    return next((kind for kind, words in WORDS if re.search(words, text)), "")


def _happened_on(text: str, spoken: list[Spoken], today: dt.date, days: Calendar) -> dt.date:
    """The first past day that is named; today when none is."""
    past = phrases.find(text, today=today, days=days, prefer="past")
    known = [found.on for found in past if found.certain and found.on and found.on <= today]
    ahead = {found.start for found in spoken if found.on and found.on > today and "周" in found.phrase}
    first = [found.on for found in past if found.on in known and (found.start not in ahead or found.start < 2)]
    return first[0] if first and first[0] is not None else today


def _next_step(text: str, spoken: list[Spoken], today: dt.date) -> tuple[Step | None, list[str]]:
    """The clause with the last future day, or a question when that day is not one day."""
    ahead = [found for found in spoken if found.on is None or found.on > today]
    if not ahead:
        return None, []
    last = ahead[-1]
    title = _title(text, last)
    if not last.certain or last.on is None:
        asked = _("下一步“%(phrase)s”是哪一天？") % {"phrase": last.phrase}
        return Step(title, None), [asked]
    return Step(title, last.on), []


def _title(text: str, spoken: Spoken) -> str:
    """What is to be done: the rest of the clause the day stands in."""
    start = max((match.end() for match in NEXT_CLAUSE.finditer(text, 0, spoken.start)), default=0)
    ending = NEXT_CLAUSE.search(text, spoken.end)
    end = ending.start() if ending else len(text)
    rest = text[spoken.end : end].strip() or text[start : spoken.start].strip()
    return LEADING.sub("", rest).strip(" 。.！!") or _("回访")


def _name_companies(text: str, user: User, said: Understood) -> None:
    """The longest names that stand in the sentence; a name two companies share is a question."""
    names: dict[str, set[int]] = {}
    rows = Company.objects.named_for(user).values_list("pk", "name", "short_name")
    for pk, name, short in rows:
        for word in (name, short):
            if word and len(word) >= SHORTEST and word in text:
                names.setdefault(word, set()).add(pk)
    for pk, alias in CompanyAlias.objects.filter(company__deleted_at=None).values_list("company", "name"):
        if len(alias) >= SHORTEST and alias in text:
            names.setdefault(alias, set()).add(pk)
    keys: list[int] = []
    for word in _longest(names, text):
        if len(names[word]) > 1:
            said.questions.append(_("有 %(n)d 家企业叫“%(name)s”，是哪一家？") % {"n": len(names[word]), "name": word})
        else:
            keys += names[word]
    found = Company.objects.named_for(user).in_bulk(keys)
    said.companies = [found[key] for key in dict.fromkeys(keys)]


def _name_people(text: str, user: User, said: Understood) -> None:
    names: dict[str, set[int]] = {}
    for pk, name in Person.objects.visible_to(user).values_list("pk", "name"):
        if len(name) >= SHORTEST and name in text:
            names.setdefault(name, set()).add(pk)
    if said.companies:
        names = {word: _of_companies(keys, said.companies) for word, keys in names.items()}
    keys: list[int] = []
    for word in _longest(names, text):
        if len(names[word]) > 1:
            said.questions.append(_("有 %(n)d 位“%(name)s”，请选一位") % {"n": len(names[word]), "name": word})
        else:
            keys += names[word]
    found = Person.objects.in_bulk(keys)
    said.people = [found[key] for key in dict.fromkeys(keys)]
    known = {*names, *(row.name for row in said.companies), *(row.short_name for row in said.companies)}
    rest = text
    for company in said.companies:  # 和测试光电的联系人乙谈: the name stands behind the company's
        rest = rest.replace(company.name, "").replace(company.short_name or company.name, "")
    for match in UNKNOWN.finditer(rest):
        name = match["name"]
        if not NO_NAMES.search(name) and not any(word and (word in name or name in word) for word in known):
            said.unknown_people.append(name)


def _of_companies(keys: set[int], companies: list[Company]) -> set[int]:
    """Of people with one name those of the companies named; all when none is there."""
    if len(keys) < 2:
        return keys
    there = Position.objects.filter(person__in=keys, company__in=[row.pk for row in companies], until_on=None)
    return set(there.values_list("person", flat=True)) or keys


def _longest(names: Iterable[str], text: str) -> list[str]:
    """Names in the order in which they stand; one inside a longer one is not meant."""
    kept: list[str] = []
    for word in sorted(names, key=len, reverse=True):
        rest = text
        for longer in kept:
            rest = rest.replace(longer, "\0" * len(longer))
        if word in rest:
            kept.append(word)
    return sorted(kept, key=text.index)


def _named(text: str, rows: Iterable[tuple[int, str]]) -> list[int]:
    names = {name: pk for pk, name in rows if len(name) > SHORTEST and name in text}
    return [names[word] for word in _longest(names, text)]


def _only[M: (Project, Event)](keys: list[int], model: type[M]) -> M | None:
    return model.objects.filter(pk=keys[0]).first() if len(keys) == 1 else None
