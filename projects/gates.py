"""What a stage requires (必备): named rules, each with the sentence that says what to do."""

from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from projects.models import Agreement, Project, ProjectParty
from projects.stages import Stage


def _has_agreement(project: Project) -> bool:
    return Agreement.objects.filter(project=project).exclude(signed_on=None).exists()


def _has_project_company(project: Project) -> bool:
    roles = [ProjectParty.Role.PROJECT_COMPANY, ProjectParty.Role.INVESTOR]
    return ProjectParty.objects.filter(project=project, role__in=roles, company__isnull=False).exists()


RULES: dict[str, tuple[Callable[[Project], bool], str | Promise]] = {
    "agreement": (_has_agreement, _("缺少协议：请先在“协议”中登记签订日期与签约单位")),
    "project_company": (_has_project_company, _("缺少项目公司：请先在“参与方”中登记投资方或项目公司")),
}


def missing(project: Project, to: Stage) -> list[str]:
    """The names of the rules that a project does not yet meet for a stage."""
    return [name for name in to.required if not RULES[name][0](project)]


def unmet(project: Project, listed: Iterable[Stage]) -> set[str]:
    """The names of the rules of some stages that a project does not meet, each asked once."""
    names = {name for stage in listed for name in stage.required}
    return {name for name in names if not RULES[name][0](project)}


def missing_error(name: str, to: Stage) -> ValidationError:
    """The error (code "missing_for_stage") for one rule."""
    text = _t("进入“%(stage)s”前：%(missing)s") % {"stage": to.label, "missing": RULES[name][1]}
    return ValidationError(text, code="missing_for_stage")
