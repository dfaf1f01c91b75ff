"""What came beside the words of an answer, in words: which tools the provider used, and the pages that are cited."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.runs.models import Run


def calls_line(run: Run) -> str:
    """ "Searched the web, 3 pages. Ran code."; empty where no tool was used."""
    calls = run.beside.get("calls") if isinstance(run.beside, Mapping) else None
    return " ".join(_sentence(call.get("tool"), int(call.get("n") or 0)) for call in calls or ()).strip()


def _sentence(tool: Any, n: int) -> str:
    if tool == "web_search":
        return (ngettext("Searched the web, %(n)s page.", "Searched the web, %(n)s pages.", n) if n else _("Searched the web.")) % {"n": n}
    if tool == "file_search":
        return ngettext("Searched in files, %(n)s time.", "Searched in files, %(n)s times.", n) % {"n": n}
    if tool == "code_interpreter":
        return ngettext("Ran code, %(n)s time.", "Ran code, %(n)s times.", n) % {"n": n}
    return ngettext("Made %(n)s picture.", "Made %(n)s pictures.", n) % {"n": n}
