"""Companies that may be one: shown to every officer by name, place and follower, never merged by themselves."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from audit.models import AuditEvent
from companies import uscc
from companies.models import Company, CompanyAlias
from companies.names import core_name, normal_form

# Measured on made-up pairs: one wrong character in a core of five is 80, in a whole name of ten is 90.
CORE_LIKE = 80
NAME_LIKE = 90
KERNEL_LIKE = 66  # one wrong character of three, in names that are otherwise the same
SHORTEST_PART = 3  # characters of a core that say something inside another one
CERTAIN, SAME_CORE, PART = 300, 200, 150  # before what only looks alike, which scores up to 100

# What many firms are called by besides their own word: two long names are not alike because they share it.
TAIL = re.compile(r"（[^（）]*）$")
GENERIC = re.compile(r"(?:科技|技术|装备|设备|实业|贸易|商贸|投资|控股|发展|产业|工业|工程|集团)+$")

core = lru_cache(maxsize=100_000)(core_name)


@lru_cache(maxsize=100_000)
def kernel(name: str) -> str:
    """The core without a remark in brackets behind it and without general words; the core itself when nothing is left."""
    whole = core(TAIL.sub("", name)) or core(name)
    return GENERIC.sub("", whole) or whole


class Similar(NamedTuple):
    """What every officer may know of another's company: its name, its place, who follows it since when, and why."""

    pk: int
    name: str
    city: str
    owner: str
    since_on: dt.date
    why: str

    @property
    def followed(self) -> str:
        """Who follows it since when, as a phrase."""
        if not self.owner:
            return _("%(since)s 录入，暂无负责人") % {"since": self.since_on}
        return _("%(owner)s 自 %(since)s 起跟进") % {"owner": self.owner, "since": self.since_on}


def similar(name: str, *, credit_code: str = "", exclude: Company | None = None, limit: int = 5) -> list[Similar]:
    """Living companies that may be the one of this name or credit code, the most certain first."""
    found = _by_name(name) if normal_form(name) else {}
    for key in (
        Company.objects.filter(credit_code=uscc.normalize(credit_code)).values_list("pk", flat=True) if credit_code else ()
    ):
        found[key] = (CERTAIN + 1, _("信用代码相同"))
    found.pop(exclude.pk if exclude else 0, None)
    ranked = sorted(found, key=lambda key: (-found[key][0], key))[:limit]
    return _described(ranked, {key: found[key][1] for key in ranked})


def _by_name(name: str) -> dict[int, tuple[float, str]]:
    """Key → (score, why), the best of the name and the aliases of each company."""
    rows = [*Company.objects.order_by().values_list("pk", "name_key")]
    rows += CompanyAlias.objects.filter(company__deleted_at=None).order_by().values_list("company", "name_key")
    keys, names = [key for key, _name in rows], [text for _key, text in rows]
    mine, cores = normal_form(name), [core(text) for text in names]
    found: dict[int, tuple[float, str]] = {}
    for place, score, why in (*_exact(mine, names, cores), *_alike(mine, names, cores)):
        if score > found.get(keys[place], (0, ""))[0]:
            found[keys[place]] = score, why
    return found


def _exact(mine: str, names: list[str], cores: list[str]) -> Iterable[tuple[int, float, str]]:
    root = core(mine)
    for place, (name, other) in enumerate(zip(names, cores, strict=True)):
        if name == mine:
            yield place, CERTAIN, _("名称相同")
        elif other == root:
            yield place, SAME_CORE, _("去掉地名和组织形式后相同")
        elif (len(other) >= SHORTEST_PART and other in root) or (len(root) >= SHORTEST_PART and root in other):
            yield place, PART, _("一个名称包含另一个")


def _alike(mine: str, names: list[str], cores: list[str]) -> Iterable[tuple[int, float, str]]:
    """Names with few wrong characters; of long common parts round two different words nothing follows."""
    why, own = _("名称相近"), kernel(mine)
    for _text, score, place in process.extract(core(mine), cores, scorer=fuzz.ratio, score_cutoff=CORE_LIKE, limit=None):
        if fuzz.ratio(own, kernel(names[place])) >= CORE_LIKE:
            yield place, score, why
    for _text, score, place in process.extract(mine, names, scorer=fuzz.ratio, score_cutoff=NAME_LIKE, limit=None):
        if fuzz.ratio(own, kernel(names[place])) >= KERNEL_LIKE:
            yield place, score, why


def _described(keys: list[int], why: dict[int, str]) -> list[Similar]:
    rows = {row.pk: row for row in Company.objects.filter(pk__in=keys).select_related("owner")}
    since = _followed_since(rows.values())
    return [
        Similar(
            row.pk, row.name, row.city, row.owner.display if row.owner else "", timezone.localdate(since[row.pk]), why[row.pk]
        )
        for row in (rows[key] for key in keys)
    ]


def _followed_since(rows: Iterable[Company]) -> dict[int, dt.datetime]:
    """The moment since when the present owner has each company: its entry, or the last handing over."""
    named = {str(row.public_id): row for row in rows}
    handed = AuditEvent.objects.filter(action="row.reassigned", object_type=Company._meta.label, object_id__in=named)
    last = dict(handed.order_by().values_list("object_id").annotate(Max("at")))
    return {row.pk: last.get(key, row.created_at) for key, row in named.items()}
