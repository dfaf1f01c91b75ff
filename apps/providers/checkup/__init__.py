"""The check-up of a provider: what server it is, which models it lists, which parts of the API are there.

checking   the whole of it, and the one place that writes what was found
detect     what server it is, by what it tells of itself
probes     one cheap call for each part of the API
verdicts   what the answer to such a call means. Pure
word       one real word from a model, when a person asks for it
due        the quiet repetition
"""

from apps.providers.checkup.checking import CheckResult, check
from apps.providers.checkup.due import check_due

__all__ = ["CheckResult", "check", "check_due"]
