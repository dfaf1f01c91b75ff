"""How every form looks: label, API name, control, hint, error, tied together for screen readers.

The settings name `Renderer` for all forms, so `{{ form.field.as_field_group }}` is all a template says.
"""

from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template


class Switch(forms.CheckboxInput):
    """On or off, drawn as a switch."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"role": "switch", **(attrs or {})})


CLASSES: Final[list[tuple[type[forms.Widget], str]]] = [
    (Switch, ""),
    (forms.CheckboxInput, "check"),
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.ClearableFileInput, "input"),
    (forms.Select, "select"),
    (forms.Textarea, "area"),
    (forms.widgets.Input, "input"),
]


class OurField(BoundField):
    """A field that knows its control's class and the API's name for it (`tech` of the form)."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        name = next((name for kind, name in CLASSES if isinstance(widget, kind)), "")
        if name and not widget.is_hidden:
            attrs["class"] = f"{name} {widget.attrs.get('class', '')}".strip()
        return attrs

    @property
    def tech(self) -> str:
        return str(getattr(self.form, "tech", {}).get(self.name, ""))

    @property
    def is_switch(self) -> bool:
        return isinstance(self.field.widget, Switch)

    @property
    def is_check(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)


class Renderer(DjangoTemplates):
    """Renders fields by `templates/core/field.html` and everything else as Django does."""

    field_template_name = "core/field.html"
    form_template_name = "core/form.html"
    bound_field_class = OurField

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("core/"):
            return get_template(template_name)
        return super().get_template(template_name)


def focus_on_mistake(form: forms.BaseForm) -> None:
    """The page is longer than a window: it opens at the field that was refused."""
    name = next((name for name in form.errors if name in form.fields), None)
    if name:
        form.fields[name].widget.attrs["autofocus"] = True


class Form(forms.Form):
    """Base of our forms. `tech` maps a field to the name the API has for it, shown small beside the label."""

    label_suffix = ""
    tech: dict[str, str] = {}


class ModelForm(forms.ModelForm):  # type: ignore[type-arg]
    """The same for a form of a row."""

    label_suffix = ""
    tech: dict[str, str] = {}
