"""What people type or paste into a report: tidied, nothing lost; too long or empty is said, never cut."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.amounts import NOT_STATED
from projects.models import ProgressReport, Told

MOST = 5_000  # characters of a text
REASON = 200  # characters of a reason
BESIDE = " ｜ "  # between the cells of a pasted table


def clean(told: Told) -> Told:
    """Every text tidied; raises ValidationError (code "too_long") that names the one and its length."""
    cleaned = Told(*(tidy(text) for text in told))
    for name, text in cleaned._asdict().items():
        if len(text) > MOST:
            label = getattr(ProgressReport, name).field.verbose_name
            said = _("“%(label)s”有 %(n)d 字，最多 %(most)d 字：请精简，或作为附件上传")
            raise ValidationError(said % {"label": label, "n": len(text), "most": MOST}, code="too_long")
    return cleaned


def tidy(text: str) -> str:
    """Plain lines: a pasted table keeps its cells, side by side; what cannot be printed goes."""
    lines = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", text).split("\n")
    return "\n".join(_line(line) for line in lines).strip()


def _line(line: str) -> str:
    cells = ["".join(sign for sign in cell if unicodedata.category(sign) != "Cc").strip() for cell in line.split("\t")]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return BESIDE.join(cells).strip()


def says_nothing(text: str) -> bool:
    """Whether there are only words and signs that stand for nothing: 无, /, —."""
    words = re.sub(r"[\s。．.，,；;！!]+", " ", text).split()
    return all(word in NOT_STATED for word in words)


def short(text: str) -> str:
    """A note, an answer or a reason in one line; raises ValidationError (code "too_long") rather than cut it."""
    text = " ".join(tidy(text).split())
    if len(text) > REASON:
        said = _("写了 %(n)d 字，最多 %(most)d 字：请精简") % {"n": len(text), "most": REASON}
        raise ValidationError(said, code="too_long")
    return text


def reasoned(text: str, missing: str) -> str:
    """A reason as `short` gives it; raises ValidationError with the sentence `missing` (code "reason") without one."""
    text = short(text)
    if not text:
        raise ValidationError(missing, code="reason")
    return text
