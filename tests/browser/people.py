"""What an admin does to bring colleagues in, in a browser."""

import json
import uuid

from playwright.sync_api import Page

from tests.product import Product
from tests.product.product import PASSWORD


def invite(page: Page, role: str = "editor", email: str = "") -> str:
    """Make a link on the page of people; its address."""
    page.goto("/settings/people/")
    page.get_by_label("Role", exact=True).select_option(role)
    page.get_by_label("For this address only").fill(email)
    page.get_by_role("button", name="Make link").click()
    return page.get_by_label("Link of the invitation").input_value()


def add_colleague(product: Product, role: str = "editor") -> str:
    """Somebody who is in the team already; the address."""
    email = f"colleague-{uuid.uuid4().hex[:8]}@example.org"
    wish = json.dumps({"email": email, "password": PASSWORD, "role": role})
    product.run_python("-m", "tests.product.clerk", "colleague", stdin=wish)
    return email
