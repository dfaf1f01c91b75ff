"""How durations, money, counts and dates read."""

import datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone

from apps.core.templatetags.core import count, duration, initials, money, when


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (3.42, "3.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (42.4, "42 s"),
        (90, "90 s"),
        (102, "1 min 42 s"),
        (3600, "60 min 0 s"),
        (-1, "0.0 s"),
    ],
)
def test_it_writes_a_duration_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_it_takes_a_timedelta_and_nothing_at_all() -> None:
    assert duration(datetime.timedelta(seconds=4.25)) == "4.2 s"
    assert duration(None) == ""


@pytest.mark.parametrize(
    ("dollars", "text"),
    [
        ("0.00004", "under $0.0001"),
        ("0.0001", "$0.0001"),
        ("0.00054", "$0.00054"),
        ("0.0061", "$0.0061"),
        (Decimal("0.00999"), "$0.01"),
        ("0.01", "$0.01"),
        (1.234, "$1.23"),
        ("1234.5", "$1,234.50"),
        ("0", "no cost"),
        (None, "price not known"),
    ],
)
def test_it_never_shows_a_cost_as_zero(dollars: object, text: str) -> None:
    assert money(dollars) == text


def test_it_groups_thousands() -> None:
    assert count(1962) == "1,962"
    assert count(None) == ""


def test_it_says_today_and_yesterday_with_the_full_date_beside_it() -> None:
    now = timezone.localtime().replace(hour=14, minute=20)
    html = Template("{{ moment|when }}").render(Context({"moment": now}))
    assert ">Today, 14:20</time>" in html
    assert f'title="{now.day} {now:%B} {now.year}, 14:20"' in html
    assert f'datetime="{now:%Y-%m-%dT%H:%M}' in html
    assert ">Yesterday, 14:20<" in when(now - datetime.timedelta(days=1))


def test_it_adds_the_year_only_to_dates_of_another_year() -> None:
    this_year = timezone.localtime().replace(month=1, day=1, hour=12)
    last_year = this_year.replace(year=this_year.year - 1, month=6, day=18)
    assert f">18 Jun {last_year.year}<" in when(last_year)
    if (timezone.localtime() - this_year).days > 2:
        assert ">1 Jan<" in when(this_year)


def test_it_makes_initials_of_names_and_addresses() -> None:
    assert initials("Harbour Ceramics of Kiel") == "HC"
    assert initials("kim@example.org") == "KE"
    assert initials("") == "?"
