"""The form every admin page uses: it refuses what is stale and loses nothing that was typed."""

from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.amounts import MoneyFormField, Qualifier

TOKEN = "version_token"  # noqa: S105 - the name of a form field


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]
    """Carries the signed version that was shown; a row changed since is refused once, with what differs.

    Sending the form again after that warning saves it knowingly over the other change.
    """

    version_token = forms.CharField(label="", widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial[TOKEN] = token(self.instance)

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != TOKEN]

    def has_changed(self) -> bool:
        return bool(self.changed_data)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._take_qualifiers()
        if self.instance.pk and hasattr(self.instance, "version") and self.changed_data:
            self._refuse_stale()
        return cleaned

    def _take_qualifiers(self) -> None:
        """约3亿元 typed into an amount sets the qualifier beside it, unless one was chosen."""
        for name, field in self.fields.items():
            beside = f"{name}_qualifier"
            typed = field.qualifier if isinstance(field, MoneyFormField) else None
            if typed and self.cleaned_data.get(beside) == Qualifier.EXACT:
                self.cleaned_data[beside] = typed

    def _refuse_stale(self) -> None:
        shown = self.data.get(self.add_prefix(TOKEN), "")
        if shown == token(self.instance):
            return
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix(TOKEN)] = token(self.instance)
        self.data = data
        self.add_error(None, ValidationError(self._sentence(), code="stale"))

    def _sentence(self) -> str:
        author = self.instance.updated_by or _("他人")
        at = timezone.localtime(self.instance.updated_at)
        differing = "；".join(f"{self.fields[name].label}：{self._shown(name)}" for name in self.changed_data)
        return _(
            "您打开之后，%(author)s 已于 %(at)s 修改了这条记录，本次没有保存，您填写的内容仍在下面。"
            "现值与您填写的不同之处——%(differing)s。核对后再次保存，将以您填写的为准。"
        ) % {"author": author, "at": f"{at:%Y-%m-%d %H:%M}", "differing": differing}

    def _shown(self, name: str) -> str:
        row = self.instance_now()
        display = getattr(row, f"get_{name}_display", None)
        value = display() if display else getattr(row, name, "")
        return "—" if value in (None, "") else str(value)

    def instance_now(self) -> models.Model:
        """The row as it stands in the database, untouched by this form."""
        found: models.Model = type(self.instance)._default_manager.get(pk=self.instance.pk)
        return found


def token(row: models.Model) -> str:
    """The signed version of a row, as it stands in a form."""
    version = getattr(row, "version", 0)
    return signing.Signer(salt="version").sign(f"{row._meta.label}:{row.pk}:{version}")
