"""One django-import-export resource a table, in the order in which tables are written: parents first."""

from typing import Any

from django.db import models

from ledgers.resources.accounts import DepartmentResource, UserResource
from ledgers.resources.activities import (
    AttendanceResource,
    FollowUpResource,
    InteractionCompanyResource,
    InteractionResource,
)
from ledgers.resources.agreements import AgreementResource
from ledgers.resources.base import LedgerResource
from ledgers.resources.companies import CompanyResource, PersonResource, PositionResource, QualificationResource
from ledgers.resources.events import EventResource, ParticipationResource
from ledgers.resources.members import ProjectMemberResource, ProjectPartyResource
from ledgers.resources.milestones import MilestoneResource
from ledgers.resources.progress import AnnualPlanResource, InvestmentProgressResource, ProgressReportResource
from ledgers.resources.projects import ProjectResource

RESOURCES: dict[type[models.Model], type[LedgerResource[Any]]] = {
    resource._meta.model: resource
    for resource in (
        DepartmentResource,
        UserResource,
        CompanyResource,
        QualificationResource,
        PersonResource,
        PositionResource,
        EventResource,
        ParticipationResource,
        ProjectResource,
        ProjectPartyResource,
        ProjectMemberResource,
        AgreementResource,
        MilestoneResource,
        ProgressReportResource,
        InvestmentProgressResource,
        AnnualPlanResource,
        InteractionResource,
        InteractionCompanyResource,
        AttendanceResource,
        FollowUpResource,
    )
}
