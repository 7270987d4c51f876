"""The forms of the ledger pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ledgers.layouts.known import LAYOUTS

FOUND_BY_HEADS = ("", _("按表头自动识别"))


class UploadForm(forms.Form):
    """A ledger to bring in."""

    file = forms.FileField(label=_("台账文件"), help_text=_("xlsx、xls 或 csv，不超过 20 MB；WPS 的 .et 请先另存为 .xlsx"))
    layout = forms.ChoiceField(label=_("台账种类"), required=False)
    blank_clears = forms.BooleanField(
        label=_("空白即清空"), required=False, help_text=_("谨慎使用：勾选后，表中空白的格会清掉系统里已有的内容")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(code, f"{code} {layout.name}" if code.startswith("T") else layout.name) for code, layout in LAYOUTS.items()]
        self.fields["layout"].choices = [FOUND_BY_HEADS, *known]  # type: ignore[attr-defined]
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xls,.csv"
