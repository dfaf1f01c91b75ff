"""Models that a server does not list, typed in by their names; which one pages start with; and lists as long as they come."""

import pytest
from django.urls import reverse

from apps.providers.models import DefaultModel, Model
from apps.providers.services import add_model


def test_it_adds_and_removes_a_model_by_its_name(admin, provider):
    url = reverse("catalog:add", args=[provider.pk])
    assert admin.post(url, {"name": "deployment/pot:1", "label": "Pot"}).status_code == 302
    model = Model.objects.get(name="deployment/pot:1")
    assert model.is_typed
    assert "Pot" in admin.get(reverse("catalog:list")).content.decode()
    admin.post(reverse("catalog:remove", args=[model.pk]))
    assert not Model.objects.filter(pk=model.pk).exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "line\nbreak", "nul\x00"])
def test_it_refuses_model_names_that_cannot_be(admin, provider, name):
    assert admin.post(reverse("catalog:add", args=[provider.pk]), {"name": name}).status_code == 422
    assert not Model.objects.exists()


def test_it_does_not_remove_a_model_that_the_server_lists(admin, provider, make_model):
    model = make_model("listed")
    assert admin.post(reverse("catalog:remove", args=[model.pk])).status_code == 404
    assert Model.objects.filter(pk=model.pk).exists()


def test_it_makes_a_model_the_one_that_pages_start_with(admin, team, provider):
    model = add_model(provider, "pot")
    url = reverse("catalog:make_default", args=[model.pk])
    assert admin.post(url, {"purpose": "nonsense"}).status_code == 404
    admin.post(url, {"purpose": "writing"})
    assert DefaultModel.objects.get(team=team, purpose="writing").model == model
    assert "Pages start with this" in admin.get(reverse("catalog:list")).content.decode()


def test_it_lists_many_models_with_as_few_questions_as_one(admin, provider, make_model, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_model("one")
    url = reverse("catalog:list")
    admin.get(url)
    with CaptureQueriesContext(connection) as few:
        admin.get(url)
    Model.objects.bulk_create([Model(provider=provider, name=f"model-{number}") for number in range(300)])
    with django_assert_num_queries(len(few)):
        page = admin.get(url).content.decode()
    assert page.count('<tr id="model-') == 100
    assert "1 to 100 of 301" in page


def test_it_finds_models_by_a_part_of_their_name(admin, provider, make_model):
    make_model("pot-large")
    make_model("vase-small")
    page = admin.get(reverse("catalog:list"), {"q": "VASE\x00"}).content.decode()
    assert "vase-small" in page
    assert "pot-large" not in page


@pytest.mark.parametrize("search", ["", "none of that name", "\x00", "%", "<script>alert(1)</script>", "x" * 5000])
def test_it_renders_any_search(admin, provider, search):
    response = admin.get(reverse("catalog:list"), {"q": search})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_it_escapes_what_a_server_calls_its_models(admin, provider, make_model):
    make_model('<img src=x onerror="alert(1)">', label="<b>x</b>", facts={"description": "<script>alert(1)</script>"})
    page = admin.get(reverse("catalog:list")).content.decode()
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;x" in page
