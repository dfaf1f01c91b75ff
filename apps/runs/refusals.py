"""Settings that a model refuses: left out once, remembered for the model, and said in the answer."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.providers.completion_settings import COMPLETION_SETTINGS
from apps.providers.image_settings import IMAGE_SETTINGS
from apps.providers.model_notes import turn_off, turn_off_value
from apps.providers.models import Model
from apps.providers.response_settings import RESPONSE_SETTINGS
from apps.providers.similarity_settings import SIMILARITY_SETTINGS
from apps.providers.text_settings import SETTINGS
from apps.runs import registry
from apps.runs.models import Run
from apps.runs.wire import Ended

TOKEN_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")  # one setting, by the name of each dialect
MOST_LEFT_OUT = 3
UNSUPPORTED_VALUE = "unsupported_value"
KNOWN = (*RESPONSE_SETTINGS, *SETTINGS, *IMAGE_SETTINGS, *SIMILARITY_SETTINGS, *COMPLETION_SETTINGS)
LABELS = {setting.name: setting.label for setting in KNOWN} | {
    "response_format": gettext_lazy("Answer as"),
    "tool_choice": gettext_lazy("Using them"),
    "parallel_tool_calls": gettext_lazy("Several calls at once"),
}
# Of what is not lost where it is left out, because the operation asks for it in another way then.
ASKED_OTHERWISE = {
    "response_format": gettext_lazy("%(model)s has no way of its own to keep to a form. We asked for it in words and sent again."),
}
CHOICES = {setting.name: dict(setting.choices) for setting in KNOWN if setting.choices}


def refused_setting(run: Run, ended: Ended, left_out: frozenset[str]) -> str:
    """The setting of the run that the provider's answer names as the reason to refuse; empty if there is none to leave out."""
    error = ended.error
    if error is None or error.kind != "parameter" or len(left_out) >= MOST_LEFT_OUT:
        return ""
    operation = registry.find(run.operation)
    name = operation.setting_of(error.parameter) if operation else error.parameter
    if name not in run.params and name in TOKEN_LIMITS:
        name = next((limit for limit in TOKEN_LIMITS if limit in run.params), "")
    is_setting = name in run.params and (name in LABELS or not isinstance(run.params[name], (list, dict)))
    return name if is_setting and name not in left_out else ""


def remember(run: Run, name: str, ended: Ended) -> None:
    """Note it on the run for the person, and on the model of this team for the next time.

    Of a choice only the value that was refused is taken away, where the server says that it is about the value.
    """
    value = run.params[name]
    is_value = ended.error is not None and ended.error.code == UNSUPPORTED_VALUE and isinstance(value, str) and name in CHOICES
    notice = str(ASKED_OTHERWISE.get(name, "")) or _("%(model)s does not take “%(setting)s”. We left it out and sent again.")
    setting = f"{label_of(name)}: {CHOICES[name].get(value, value)}" if is_value else label_of(name)
    run.notices = [*run.notices, notice % {"model": run.model_label or run.model, "setting": setting}]
    Run.objects.filter(pk=run.pk).update(notices=run.notices)
    model = Model.objects.select_related("provider").filter(provider=run.provider_id, name=run.model).first()
    if model is None or ended.error is None:
        return
    if is_value:
        turn_off_value(run.team, model, name, value, ended.error.sentence)
    else:
        turn_off(run.team, model, name, ended.error.sentence)


def label_of(name: str) -> str:
    """The words for an API name."""
    return str(LABELS.get(name, name))
