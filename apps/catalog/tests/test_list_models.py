"""The list of models: favourites, what is not offered, filters, order, pages; and the two buttons of a row."""

import datetime
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AuditEntry, Membership, Role
from apps.catalog.listing import Filters, list_models
from apps.catalog.nearness import nearness
from apps.providers.choices import models_for
from apps.providers.facts import facts_for
from apps.providers.models import Model, ModelFact, Provider
from tests.belongings import make_run


@pytest.fixture
def press(admin):
    """Press a button of a model's row."""

    def post(model, mark, client=admin, **data):
        return client.post(reverse("catalog:mark", args=[model.pk]), {"mark": mark, **data})

    return post


@pytest.fixture
def listed(team, sign_in, admin):
    """The list as an admin gets it, by what the address says."""
    membership = Membership.objects.select_related("team", "user").get(team=team, role=Role.ADMIN)

    def read(page="", **query):
        return list_models(membership, Filters.read(query), page)

    return read


def names(rows):
    return [row.model.name for row in rows]


def test_it_puts_favourites_first(team, make_model, press, listed):
    models = {name: make_model(name) for name in ("a", "b", "c")}
    press(models["c"], "favour")
    assert names(listed().page) == ["c", "a", "b"]
    assert [choice.label for choice in models_for(team, "chat")] == ["c", "a", "b"]


def test_it_keeps_apart_what_no_page_offers(admin, team, make_model, press, listed):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    make_model("z")
    make_model("gone", is_listed=False)
    make_model("retired", shutdown_date=yesterday)
    hidden = make_model("hidden")
    press(hidden, "hide")
    assert names(listed().page) == ["z"]
    assert names(listed(show="hidden").page) == ["gone", "hidden", "retired"]
    page = admin.get(reverse("catalog:list"), {"q": "retired"}).text
    assert "1 fits that is hidden, retired or not listed any more." in page
    assert [choice.label for choice in models_for(team, "chat")] == ["z"]


def test_it_lists_nothing_that_its_provider_deleted(make_model, listed):
    make_model("there")
    make_model("deleted", is_listed=False, deleted_at=timezone.now())
    assert (names(listed().page), names(listed(show="hidden").page), listed().total) == (["there"], [], 1)


def test_it_finds_what_leaves_and_what_was_tuned(make_model, listed):
    soon = timezone.localdate() + datetime.timedelta(days=20)
    make_model("leaves", shutdown_date=soon)
    make_model("ft:pot:kiln::1")
    make_model("ours", facts={"owned_by": "org-kiln"})
    make_model("stays", facts={"owned_by": "openai"})
    assert names(listed(show="leaving").page) == ["leaves"]
    assert names(listed(show="tuned").page) == ["ft:pot:kiln::1", "ours"]


def test_it_narrows_to_a_provider_and_a_kind_of_work(team, make_model, listed):
    other = Provider.objects.create(team=team, name="Studio", base_url="https://x.example")
    make_model("here")
    make_model("there", of=other)
    ModelFact.objects.create(team=team, model_pattern="there", endpoints=["speech"])
    assert names(listed(provider=str(other.pk)).page) == ["there"]
    assert names(listed(work="speech").page) == ["there"]
    assert names(listed(work="nonsense", provider="x", sort="y", show="z").page) == ["here", "there"]
    assert [name for name, _title in listed().works] == ["chat", "speech"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["big", "cheap", "dear"]),
        ("-name", ["dear", "cheap", "big"]),
        ("price", ["cheap", "dear", "big"]),
        ("-room", ["big", "cheap", "dear"]),
        ("leaves", ["dear", "big", "cheap"]),
    ],
)
def test_it_sorts(team, make_model, listed, sort, order):
    make_model("big", context_tokens=9000)
    make_model("cheap")
    make_model("dear", shutdown_date=timezone.localdate() + datetime.timedelta(days=9))
    for name, price in (("cheap", "1"), ("dear", "50")):
        ModelFact.objects.create(team=team, model_pattern=name, prices={"input": price, "output": price})
    assert names(listed(sort=sort).page) == order


def test_it_says_in_what_prices_and_room_are_counted(admin, team, make_model):
    make_model("pot", context_tokens=9000)
    make_model("kiln")
    ModelFact.objects.create(team=team, model_pattern="pot", prices={"input": "0.1", "output": "1.25"})
    ModelFact.objects.create(team=team, model_pattern="kiln", prices={"image": "0.04"})
    page = admin.get(reverse("catalog:list")).text
    heads = dict(re.findall(r'<th scope="col" class="[^"]*"><a class="sort"[^>]*>([^<]*)</a>(?:<small>([^<]*)</small>)?</th>', page))
    assert heads == {"Model": "", "Price": "per million tokens", "Room": "tokens", "Used this month": "", "Leaves on": ""}
    rows = {row.split("<b>")[1].split("<")[0]: row for row in page.split('<tr id="model-')[1:]}
    assert "$0.10 in · $1.25 out<" in rows["pot"] and ">9,000<" in rows["pot"]
    assert "$0.04 for each picture" in rows["kiln"] and " in ·" not in rows["kiln"]


def test_it_tells_what_of_each_was_used_this_month_by_this_team(team, other_team, provider, make_model, listed, admin):
    make_model("pot")
    make_model("vase")
    make_run(team, provider, model="pot", cost="0.25", cost_kind="known")
    make_run(team, provider, model="pot", cost=None, cost_kind="unknown")
    make_run(other_team, provider, model="vase", cost="9", cost_kind="known")
    make_run(team, provider, days=40, model="vase", cost="9", cost_kind="known")
    used = {row.model.name: row.used for row in listed(sort="-used").page}
    assert (used["pot"].calls, used["pot"].cost, used["pot"].unknown, used["vase"].calls) == (2, Decimal("0.25"), 1, 0)
    assert names(listed(sort="-used").page) == ["pot", "vase"]
    assert "2 calls" in admin.get(reverse("catalog:list")).text


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
    back = reverse("catalog:list")
    assert press(model, "hide", query="q=po&page=2")["Location"] == f"{back}?q=po&page=2"
    assert press(model, "hide", query="//evil.example")["Location"].startswith(f"{back}?")
    assert press(model, "nonsense")["Location"].startswith(back)
    assert facts_for(model.provider.team, model).is_hidden, "a word that nobody knows changes nothing"


def test_it_lets_nobody_below_an_admin_press(team, make_model, press, sign_in):
    model = make_model("pot")
    assert press(model, "hide", client=sign_in(team, Role.EDITOR)).status_code == 403
    assert not facts_for(team, model).is_hidden


@pytest.mark.parametrize(("page", "first"), [("", "m-0000"), ("2", "m-0100"), ("99", "m-0200"), ("x", "m-0000"), ("-1", "m-0200")])
def test_it_shows_a_hundred_at_a_time(provider, page, first, listed):
    Model.objects.bulk_create([Model(provider=provider, name=f"m-{number:04}") for number in range(250)])
    listing = listed(page)
    assert listing.page[0].model.name == first
    assert listing.found == 250


def test_it_keeps_the_search_from_page_to_page(admin, provider):
    Model.objects.bulk_create([Model(provider=provider, name=f"m-{number:04}") for number in range(250)])
    page = admin.get(reverse("catalog:list"), {"q": "m-", "page": "2"}).text
    assert 'href="?q=m-&amp;page=1"' in page and 'href="?q=m-&amp;page=3"' in page
    assert "101 to 200 of 250" in page


def test_it_finds_models_by_the_name_and_description_that_the_team_gave(team, make_model, listed):
    make_model("x-1")
    ModelFact.objects.create(team=team, model_pattern="x-1", label="Pot", note="Good with clay")
    make_model("y-1")
    assert names(listed(q="pot").page) == ["x-1"]
    assert names(listed(q="CLAY").page) == ["x-1"]


def test_it_puts_first_what_begins_with_what_was_typed(team, make_model, press, listed):
    """Then what has a word that does; favourites and the order by name stand within each of the three."""
    for name in ("a-steady", "ft:steady:kiln::1", "steady", "steady-2", "unsteady"):
        make_model(name)
    make_model("x-1")
    ModelFact.objects.create(team=team, model_pattern="x-1", label="Steady hand")
    make_model("y-1")
    ModelFact.objects.create(team=team, model_pattern="y-1", note="As steady as they come")
    press(make_model("steady-favourite"), "favour")
    first = ["steady-favourite", "steady", "steady-2", "x-1"]
    assert names(listed(q="Steady").page) == [*first, "a-steady", "ft:steady:kiln::1", "unsteady", "y-1"]
    assert names(listed(q="steady", sort="-name").page)[0] == "y-1"


def test_it_puts_a_near_one_of_another_provider_before_a_far_one(team, make_model, listed):
    other = Provider.objects.create(team=team, name="Studio", base_url="https://x.example")
    make_model("ft:pot")
    make_model("pot", of=other)
    assert names(listed(q="pot").page) == ["pot", "ft:pot"]
    assert names(listed().page) == ["ft:pot", "pot"]


@pytest.mark.parametrize(
    ("typed", "name", "near"),
    [
        ("steady", "Steady-rate50", 0),
        ("STEADY", "ft:steady:kiln::1", 1),
        ("steady", "meta/steady", 1),
        ("steady", "unsteady steady", 1),
        ("steady", "unsteady", 2),
        ("steady", "pot", 2),
        ("ä", "große Änderung", 1),
    ],
)
def test_it_tells_how_near_a_name_is(typed, name, near):
    assert nearness(typed, [name]) == near
    assert nearness(typed, ["", name, "zzz"]) == near
