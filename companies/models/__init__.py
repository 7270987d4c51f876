"""The tables of companies and people, by subject; everybody imports them from here."""

from companies.models.company import Company, CompanyAlias, CompanyQuerySet, NameStatus, Qualification
from companies.models.person import Person, PersonQuerySet, Position, person_links
from companies.models.report import FirstReport

__all__ = [
    "Company",
    "CompanyAlias",
    "CompanyQuerySet",
    "FirstReport",
    "NameStatus",
    "Person",
    "PersonQuerySet",
    "Position",
    "Qualification",
    "person_links",
]
