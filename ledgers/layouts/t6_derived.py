"""What a statistics sheet asks of a project and nobody types twice: 开发区, 上市, 合作方式, 固定资产投资类."""

from collections.abc import Iterable
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import models

from companies.models import Company, Qualification
from ledgers.layouts import parts
from parks.models import Park
from projects.models import Project, ProjectParty

LISTED = "上市公司"
ZONE_WORDS = ("开发区", "高新区", "经开区")
LEVELS = {"国家": "national", "省": "provincial"}  # how the level of a qualification begins → prefix of the columns
WHOLE = Decimal(100)  # percent
PARTNERS = (ProjectParty.Role.INVESTOR, ProjectParty.Role.PARTNER)


def listed_of(companies: Iterable[int | None]) -> set[int]:
    """The companies recorded as listed."""
    rows = _granted(Company, companies).filter(kind=LISTED)
    return set(rows.values_list("object_id", flat=True))


def zones_of(projects: Iterable[Project]) -> dict[int, dict[str, str]]:
    """Park → which development zone it is: {"national": its code, or ""}, as its qualifications say."""
    found: dict[int, dict[str, str]] = {}
    wanted = [key for project in projects if (park := project.park) for key in (park.pk, park.parent_id)]
    for key, kind, level, number in _granted(Park, wanted).values_list("object_id", "kind", "level", "certificate_no"):
        prefix = next((prefix for start, prefix in LEVELS.items() if level.startswith(start)), None)
        if prefix and any(word in kind for word in ZONE_WORDS):
            found.setdefault(key, {})[prefix] = number
    return found


def _granted(holder: type[Company] | type[Park], keys: Iterable[int | None]) -> models.QuerySet[Qualification]:
    kind = ContentType.objects.get_for_model(holder)
    wanted = [key for key in keys if key]
    return Qualification.objects.filter(content_type=kind, object_id__in=wanted, status=Qualification.Status.GRANTED)


def zone_columns(project: Project, zones: dict[int, dict[str, str]]) -> dict[str, bool | str | None]:
    """Whether the project stands in a zone of either level, and its code; nothing where no zone is recorded."""
    park = project.park
    held = {**zones.get(park.parent_id or 0, {}), **zones.get(park.pk, {})} if park else {}
    told: dict[str, bool | str | None] = {}
    for prefix in LEVELS.values():
        told[f"{prefix}_zone"] = True if prefix in held else None
        told[f"{prefix}_code"] = held.get(prefix) or None
    return told


def cooperation_of(project: Project) -> str | None:
    """独资 or 合资, where the shares of the parties are recorded."""
    rows = [row for row in parts.living(project.parties.all()) if row.role in PARTNERS]
    shares = [row.share_percent for row in rows]
    if not shares or None in shares:
        return None
    if len(shares) > 1:
        return "合资"
    return "独资" if shares == [WHOLE] else None


def is_fixed_investment(project: Project) -> bool | None:
    """Whether the agreement in force names fixed investment; not known when it says nothing of it."""
    fixed = project.agreement.fixed_investment if project.agreement else None
    return None if fixed is None else fixed > 0
