"""Sync asks one provider for its list; what came of it stands beside its name, in words."""

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.providers.models import Provider

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


def sync(client, provider, **headers):
    return client.post(reverse("catalog:sync", args=[provider.pk]), {"query": "q=ste&sort=-used"}, headers=headers)


def test_it_brings_the_models_and_comes_back_to_the_same_filters(admin, live):
    response = sync(admin, live)
    assert response.url == f"{reverse('catalog:list')}?q=ste&sort=-used"
    assert live.models.filter(name="steady", is_listed=True).exists()
    page = admin.get(reverse("catalog:list"), {"show": "tuned"}).text
    assert "ft:steady:harbour::done" in page and "Tuned" in page


def test_it_says_in_words_what_went_wrong_and_loses_nothing(admin, team):
    away = Provider.objects.create(team=team, name="Away", base_url="http://127.0.0.1:9/v1", private_origin="http://127.0.0.1:9")
    away.models.create(name="kept")
    sync(admin, away, **HTMX)
    page = admin.get(reverse("catalog:list")).text
    assert "Nobody answers at" in page and "kept" in page


def test_it_is_for_those_who_may_change_the_provider(as_role, live, admin):
    client, _editor = as_role(Role.EDITOR)
    assert sync(client, live).status_code == 403
    assert "Asking for the list" not in client.get(reverse("catalog:list")).text
    live.team = None
    live.save()
    assert sync(admin, live).status_code == 403
    assert "Asking for the list" not in admin.get(reverse("catalog:list")).text


def test_it_gives_htmx_the_rows_that_the_filters_ask_for(admin, make_model):
    make_model("pot")
    page = admin.get(reverse("catalog:list"), {"q": "pot"}, headers={**HTMX, "HX-Target": "models-found"}).text
    assert "<html" not in page and "pot" in page
