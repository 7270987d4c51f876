"""Words that may leave the house, in a group chat or a calendar feed: number and milestone, no company, amount or telephone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from companies.models import Company
from projects.models import Milestone, MilestoneTemplateItem, Project

TELLING = re.compile(
    r"公司|集团|股份|有限|工厂|[0-9０-９]{7,}|[0-9０-９一二三四五六七八九十百千]+\s*(?:[.．,，][0-9０-９]+\s*)?(?:万|亿|元|美元|USD)",
    re.I,
)
SHORTEST = 2  # letters of a name worth looking for


@dataclass(frozen=True)
class Discretion:
    """What is known to be harmless: the names of milestones that our own templates use."""

    standard: frozenset[str]

    @classmethod
    def load(cls) -> Self:
        """Read once for many rows (one query)."""
        return cls(frozenset(MilestoneTemplateItem.objects.values_list("name", flat=True)))

    def words(self, text: str, names: Iterable[str], instead: str) -> str:
        """A text as it stands in one line, or `instead` when it names somebody, a sum or a number."""
        text = " ".join(text.split())
        if text in self.standard:
            return text
        named = any(name in text for name in names if len(name) >= SHORTEST)
        return instead if named or TELLING.search(text) else text

    def milestone(self, row: Milestone, instead: str) -> str:
        """The name of a milestone; its project comes with `parties__company`."""
        return self.words(row.name, names_of(row.project), instead)


def names_of(project: Project) -> list[str]:
    """By which names a project and its parties are known."""
    companies = [party.company for party in project.parties.all() if party.company]
    return [project.name, project.stat_name, *(name for company in companies for name in names_of_company(company))]


def names_of_company(company: Company) -> list[str]:
    return [company.name, company.short_name]
