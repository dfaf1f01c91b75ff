"""What several calls cost together, and how sure that is; what a price says before a call."""

from decimal import Decimal

import pytest

from apps.providers.facts import Prices
from apps.runs.costs import spent_on, together, tokens_in
from apps.runs.models import Run

CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("costs", "kind", "cost"),
    [
        ([], "", None),
        ([("none", Decimal(0))], "none", 0),
        ([("free", Decimal(0)), ("none", Decimal(0))], "free", 0),
        ([("known", CENT), ("free", Decimal(0))], "known", CENT),
        ([("known", CENT), ("estimated", CENT)], "estimated", 2 * CENT),
        ([("known", CENT), ("unknown", None), ("none", Decimal(0))], "unknown", None),
    ],
)
def test_it_is_as_sure_as_the_least_certain_call(costs, kind, cost):
    spent = together(costs)
    assert (spent.kind, spent.cost, spent.is_free) == (kind, cost, kind == "free")


def test_it_sums_what_has_ended_in_one_question(ask, django_assert_num_queries):
    ended, other, _waiting = (ask(text=f"Number {number}").pk for number in range(3))
    Run.objects.filter(pk__in=[ended, other]).update(status="completed", cost=CENT, cost_kind="known")
    with django_assert_num_queries(1):
        spent = spent_on(Run.objects.order_by("-pk"))
    assert (spent.kind, spent.cost) == ("known", 2 * CENT)
    Run.objects.filter(pk=other).update(cost=None, cost_kind="unknown")
    assert spent_on(Run.objects.all()).cost is None


def test_a_price_is_nothing_on_an_own_server_and_unknown_where_nobody_told_it():
    prices = Prices(input=Decimal(2), output=Decimal(8), others={"minute": Decimal("0.6")})
    assert prices.cost_of(500_000, prices.input) == 1
    assert prices.cost_of(Decimal(90), prices.others["minute"], 60) == Decimal("0.9")
    assert prices.cost_of(None, prices.input) is None and prices.cost_of(1, None) is None
    assert Prices(is_free=True).cost_of(None, None) == 0
    assert prices.cost_of_tokens(1_000, 500) == Decimal("0.006")
    assert Prices(input=Decimal(2)).cost_of_tokens(500_000) == 1
    assert Prices(input=Decimal(2)).cost_of_tokens(500_000, 1) is None
    assert Prices(is_free=True).cost_of_tokens(1, 1) == 0


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("日本語", 3), ("café", 2)])
def test_four_letters_are_a_token_and_other_signs_one_each(text, tokens):
    assert tokens_in(text) == tokens
