"""The form of a rule for many models."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.providers.model_line_form import LineForm
from apps.providers.model_notes import is_empty
from apps.providers.models import ModelFact

LONGEST_PATTERN = 200
PATTERNS = ("provider_pattern", "model_pattern")


def _pattern(label: Any, hint: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=LONGEST_PATTERN, help_text=hint, widget=forms.TextInput(attrs))


class RuleForm(LineForm):
    """A line of the team for all models whose names fit a pattern."""

    provider_pattern = _pattern(
        gettext_lazy("Providers"),
        gettext_lazy("Host or kind of server, for example api.openai.com, vllm or *. A star stands for any text."),
    )
    model_pattern = _pattern(gettext_lazy("Models"), gettext_lazy("For example gpt-4* or *embed*."))

    def __init__(self, *args: Any, line: ModelFact, **kwargs: Any) -> None:
        super().__init__(*args, line=line, below=None, **kwargs)
        for name in PATTERNS:
            self.fields[name].initial = getattr(line, name)

    def pattern_fields(self) -> Sequence[Any]:
        return [self["provider_pattern"], self["model_pattern"]]

    def write_to(self, line: ModelFact) -> None:
        """A new rule has the patterns that stand there, also where the page that asked for it named them."""
        super().write_to(line)
        if line.pk is None:
            line.provider_pattern, line.model_pattern = (self.cleaned_data[name] for name in PATTERNS)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in PATTERNS:
            if name in data and not data[name].isprintable():
                self.add_error(name, _("A pattern has only visible characters."))
        if not self.errors and self._is_taken(data):
            self.add_error("model_pattern", _("There is a rule for these providers and models already."))
        if not self.errors and self._says_nothing():
            self.add_error(None, _("Say something of these models, for example what they are good for."))
        return data

    def save(self) -> bool:
        """Whether it was stored; not if somebody else wrote a rule for the same in this moment, or took this one away."""
        try:
            with transaction.atomic():
                line = self.line
                if line.pk is not None:
                    line = ModelFact.objects.select_for_update().get(pk=line.pk)
                self.write_to(line)
                line.save()
        except (IntegrityError, ModelFact.DoesNotExist):
            self.add_error("model_pattern", _("Somebody else changed the same rule just now. Load the page again."))
            return False
        self.line = line
        return True

    def _is_taken(self, data: dict[str, Any]) -> bool:
        patterns = {name: data[name] for name in PATTERNS}
        return ModelFact.objects.filter(team=self.line.team, **patterns).exclude(pk=self.line.pk).exists()

    def _says_nothing(self) -> bool:
        draft = ModelFact(**{field.attname: getattr(self.line, field.attname) for field in ModelFact._meta.fields})
        self.write_to(draft)
        return is_empty(draft)
