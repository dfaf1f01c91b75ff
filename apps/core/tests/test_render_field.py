"""The markup that ties a control to its label, hint and error."""

import pytest
from django import forms

from apps.core.forms import Form


class Server(Form):
    tech = {"address": "base_url"}
    address = forms.URLField(label="Address", help_text="Where the <API> begins.", assume_scheme="https")
    notes = forms.CharField(label="Notes", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")])
    local = forms.BooleanField(label="On our network", required=False)
    size = forms.ChoiceField(label="Size", choices=[("s", "Small"), ("l", "Large")], widget=forms.RadioSelect)


@pytest.fixture
def refused() -> Server:
    form = Server({"address": "no", "kind": "a"})
    assert not form.is_valid()
    return form


def test_it_shows_the_name_that_the_api_has_for_a_field() -> None:
    assert '<span class="tech">base_url</span>' in Server()["address"].as_field_group()


def test_it_ties_hint_and_error_to_the_control(refused: Server) -> None:
    html = refused["address"].as_field_group()
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_address_helptext id_address_error"' in html
    assert 'id="id_address_helptext"' in html
    assert 'id="id_address_error"' in html
    assert html.index('class="hint"') < html.index('class="err"')


def test_it_escapes_what_a_hint_says() -> None:
    assert "Where the &lt;API&gt; begins." in Server()["address"].as_field_group()


def test_it_gives_each_control_its_class() -> None:
    form = Server()
    expected = {"address": 'class="input"', "notes": 'class="area"', "kind": 'class="select"', "local": 'class="check"'}
    for name, css in expected.items():
        assert css in form[name].as_field_group()


def test_it_puts_choices_into_a_fieldset_with_a_legend() -> None:
    html = Server()["size"].as_field_group()
    assert "<fieldset" in html
    assert '<legend class="label">Size' in html


def test_it_says_which_fields_may_stay_empty() -> None:
    assert "optional" in Server()["notes"].as_field_group()
    assert "optional" not in Server()["address"].as_field_group()


def test_it_renders_a_whole_form_with_what_is_wrong_on_top() -> None:
    form = Server({"address": "https://example.org/v1", "kind": "a", "size": "s"})
    form.add_error(None, "Two servers have this address.")
    html = str(form)
    assert html.index("Two servers have this address.") < html.index('id="id_address"')
    assert 'role="alert"' in html
