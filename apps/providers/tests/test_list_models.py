"""The models page of a provider: favourites, what is folded away, pages; and its two buttons."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Role
from apps.providers.choices import models_for
from apps.providers.facts import facts_for
from apps.providers.listing import list_models
from apps.providers.models import Model, ModelFact


@pytest.fixture
def press(admin):
    """Press a button of a model's row."""

    def post(model, mark, client=admin, **data):
        return client.post(reverse("providers:mark_model", args=[model.provider_id, model.pk]), {"mark": mark, **data})

    return post


def names(rows):
    return [row.model.name for row in rows]


def test_it_puts_favourites_first(team, provider, make_model, press):
    models = {name: make_model(name) for name in ("a", "b", "c")}
    press(models["c"], "favour")
    assert names(list_models(team, provider).page) == ["c", "a", "b"]
    assert [choice.label for choice in models_for(team, "chat")] == ["c", "a", "b"]


def test_it_folds_what_no_page_offers(admin, team, provider, make_model, press):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    make_model("z")
    make_model("gone", is_listed=False)
    make_model("retired", shutdown_date=yesterday)
    hidden = make_model("hidden")
    press(hidden, "hide")
    listing = list_models(team, provider)
    assert (names(listing.page), names(listing.folded)) == (["z"], ["gone", "hidden", "retired"])
    page = admin.get(reverse("providers:models", args=[provider.pk])).text
    assert "3 hidden, retired or unlisted models" in page
    assert [choice.label for choice in models_for(team, "chat")] == ["z"]


def test_it_goes_back_to_the_table_when_a_button_is_pressed_twice(team, make_model, press):
    model = make_model("pot")
    press(model, "hide")
    press(model, "hide")
    assert facts_for(team, model).is_hidden
    press(model, "show")
    assert not facts_for(team, model).is_hidden
    assert not ModelFact.objects.filter(team=team).exists()
    assert AuditEntry.objects.filter(act="model.changed").count() == 3


def test_it_shows_one_model_that_a_rule_hides(team, make_model, press):
    ModelFact.objects.create(team=team, model_pattern="pot-*", is_hidden=True)
    model = make_model("pot-1")
    press(model, "show")
    assert not facts_for(team, model).is_hidden
    assert facts_for(team, make_model("pot-2")).is_hidden


def test_it_goes_back_to_the_same_page_and_search(provider, make_model, press):
    model = make_model("pot")
    back = reverse("providers:models", args=[provider.pk])
    assert press(model, "hide", query="q=po&page=2")["Location"] == f"{back}?q=po&page=2"
    assert press(model, "hide", query="//evil.example")["Location"].startswith(f"{back}?")
    assert press(model, "nonsense")["Location"].startswith(back)


def test_it_lets_nobody_below_an_admin_press(team, make_model, press, sign_in):
    model = make_model("pot")
    assert press(model, "hide", client=sign_in(team, Role.EDITOR)).status_code == 403
    assert not facts_for(team, model).is_hidden


@pytest.mark.parametrize(("page", "first"), [("", "m-0000"), ("2", "m-0100"), ("99", "m-0200"), ("x", "m-0000"), ("-1", "m-0200")])
def test_it_shows_a_hundred_at_a_time(team, provider, page, first):
    Model.objects.bulk_create([Model(provider=provider, name=f"m-{number:04}") for number in range(250)])
    listing = list_models(team, provider, "", page)
    assert listing.page[0].model.name == first
    assert listing.found == 250


def test_it_keeps_the_search_from_page_to_page(admin, provider):
    Model.objects.bulk_create([Model(provider=provider, name=f"m-{number:04}") for number in range(250)])
    page = admin.get(reverse("providers:models", args=[provider.pk]), {"q": "m-", "page": "2"}).text
    assert 'href="?q=m-&amp;page=1"' in page and 'href="?q=m-&amp;page=3"' in page
    assert "101 to 200 of 250" in page


def test_it_finds_models_by_the_name_and_description_that_the_team_gave(team, provider, make_model):
    make_model("x-1")
    ModelFact.objects.create(team=team, model_pattern="x-1", label="Pot", note="Good with clay")
    make_model("y-1")
    assert names(list_models(team, provider, "pot").page) == ["x-1"]
    assert names(list_models(team, provider, "CLAY").page) == ["x-1"]
