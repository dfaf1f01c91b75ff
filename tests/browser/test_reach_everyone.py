"""axe has nothing to say about any page in any state, light and dark, at a desk and on a phone; and none scrolls sideways."""

from typing import Any

import pytest

from tests.browser.accessibility import findings_everywhere, findings_in_both_themes
from tests.browser.conftest import OpenSeat
from tests.browser.layout import too_wide, too_wide_anywhere
from tests.browser.scenes import EXPECTED, SCENES, Stage
from tests.browser.seat import PHONE, Seat
from tests.product import Product

WHILE_IT_RUNS = ("waiting", "running", "streaming")  # they end before axe has looked four times
ON_A_PHONE = ("settings-open", "model-list", "picker-200", "chat-menu", "request", "receipt-details", *WHILE_IT_RUNS)
IN_PLACE = [name for name in SCENES if name not in ("cut", "nothing", "chat-menu")]


@pytest.mark.parametrize("name", IN_PLACE)
def test_it_has_no_findings(seat: Seat, product: Product, name: str) -> None:
    seat.allow(EXPECTED.get(name, "^$"))
    SCENES[name](Stage(seat.page, product))
    if name in ON_A_PHONE:
        assert findings_in_both_themes(seat.page) == []
    else:
        assert findings_everywhere(seat.page) + too_wide_anywhere(seat.page) == []


@pytest.mark.parametrize("name", ON_A_PHONE)
def test_it_has_no_findings_on_a_phone(open_seat: OpenSeat, session: Any, product: Product, name: str) -> None:
    phone = open_seat(storage_state=session, viewport=PHONE, has_touch=True)
    SCENES[name](Stage(phone.page, product))
    assert findings_in_both_themes(phone.page) + too_wide(phone.page) == []


@pytest.mark.parametrize("address", ["/sign-in/", "/password/reset/"])
def test_it_has_no_findings_before_sign_in(open_seat: OpenSeat, address: str) -> None:
    stranger = open_seat()
    stranger.page.goto(address)
    assert findings_everywhere(stranger.page) + too_wide_anywhere(stranger.page) == []
