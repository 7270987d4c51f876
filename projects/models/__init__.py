"""The tables of a project, by subject."""

from projects.models.agreement import Agreement, AgreementParty, AgreementQuerySet
from projects.models.capital import CapitalArrival
from projects.models.date_request import DateRequest, DateRequestQuerySet
from projects.models.gate import Commitment, Evidence, StageChange
from projects.models.investment import AnnualPlan, InvestmentProgress
from projects.models.milestone import (
    DayKind,
    DayOffRule,
    Milestone,
    MilestoneQuerySet,
    MilestoneRevision,
    MilestoneTemplate,
    MilestoneTemplateItem,
    Plan,
)
from projects.models.progress import ProgressReport, ProgressReportQuerySet, Told
from projects.models.project import Project, ProjectMember, ProjectParty, ProjectQuerySet

__all__ = [
    "Agreement",
    "AgreementParty",
    "AgreementQuerySet",
    "AnnualPlan",
    "CapitalArrival",
    "Commitment",
    "DateRequest",
    "DateRequestQuerySet",
    "DayKind",
    "DayOffRule",
    "Evidence",
    "InvestmentProgress",
    "Milestone",
    "MilestoneQuerySet",
    "MilestoneRevision",
    "MilestoneTemplate",
    "MilestoneTemplateItem",
    "Plan",
    "ProgressReport",
    "ProgressReportQuerySet",
    "Project",
    "ProjectMember",
    "ProjectParty",
    "ProjectQuerySet",
    "StageChange",
    "Told",
]
