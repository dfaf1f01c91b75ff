"""The address of a provider changes, by the form, in the row, or in how it is written."""

import pytest

from apps.providers import keys
from apps.providers.checkup import check
from apps.providers.models import Provider
from tests.keys.acts import KEY, OTHER_KEY, change, enter, hears

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_answers_with_the_key_where_it_was_typed_for(studio, home, ask):
    assert ask(studio).status == "completed"
    assert home.chats()[0].headers["authorization"] == f"Bearer {KEY}"


def test_it_forgets_the_key_when_the_form_changes_the_address(studio, admin, elsewhere, ask):
    assert change(admin, studio, base_url=elsewhere.url).status_code == 302
    assert ask(studio).status == "completed"
    assert elsewhere.chats()
    assert not hears(elsewhere)


def test_it_sends_the_new_key_alone_when_the_form_brings_one_with_the_address(studio, admin, home, elsewhere, ask):
    assert change(admin, studio, base_url=elsewhere.url, key=OTHER_KEY).status_code == 302
    ask(studio)
    assert elsewhere.chats()[0].headers["authorization"] == f"Bearer {OTHER_KEY}"
    assert not hears(elsewhere, KEY)
    assert home.heard == []


def test_it_does_not_remember_the_key_when_the_address_comes_back(studio, admin, home, elsewhere, ask):
    change(admin, studio, base_url=elsewhere.url)
    change(admin, Provider.objects.get(), base_url=home.url)
    ask(studio)
    assert home.chats()
    assert not hears(home)


def test_it_sends_nothing_when_the_row_was_changed_behind_its_back(studio, elsewhere, ask):
    Provider.objects.update(base_url=elsewhere.url, private_origin=elsewhere.origin)
    assert ask(studio).error_kind == "key_elsewhere"
    assert check(Provider.objects.get()).error == "key_elsewhere"
    assert elsewhere.heard == []


@pytest.mark.parametrize("change_of_host", ["localhost", "127.0.0.2", "[::1]"])
def test_it_takes_another_name_of_the_machine_for_another_host(studio, admin, home, change_of_host, ask):
    """They may be one machine today and two tomorrow."""
    change(admin, studio, base_url=home.url.replace("127.0.0.1", change_of_host))
    ask(studio)
    assert not hears(home)
    assert Provider.objects.get().key == ""


def test_it_forgets_the_key_of_an_encrypted_address_that_becomes_a_plain_one(admin, home, ask):
    enter(admin, home.url.replace("http:", "https:"))
    provider = Provider.objects.get()
    assert keys.decrypt(provider.key) == KEY
    change(admin, provider, base_url=home.url)
    ask(provider)
    assert home.chats()
    assert not hears(home)


@pytest.mark.parametrize(("dialect", "header", "value"), [("azure", "api-key", KEY), ("vllm", "authorization", f"Bearer {KEY}")])
def test_it_sends_the_key_in_the_header_of_the_kind_of_server_and_in_no_other(studio, admin, home, ask, dialect, header, value):
    change(admin, studio, dialect=dialect)
    home.heard.clear()
    ask(studio)
    heard = home.chats()[0]
    assert heard.headers[header] == value
    assert [name for name, text in heard.headers.items() if KEY in text] == [header]


# --- Addresses that parsers read in two ways ---------------------------------------------------
TRICKS = [
    "http://127.0.0.1:{home}@127.0.0.1:{evil}/v1",
    "http://user:{home}@127.0.0.1:{evil}/v1",
    "http://127.0.0.1:{evil}\\@127.0.0.1:{home}/v1",
    "http://127.0.0.1:{evil}\\.127.0.0.1:{home}/v1",
    "http://127.0.0.1:{evil}\t/v1",
    "http://127.0.0.1\n:{evil}/v1",
    "http://127.0.0.1:{evil}#@127.0.0.1:{home}/v1",
    "http://127.0.0.1:{evil}?@127.0.0.1:{home}/v1",
    "http:///127.0.0.1:{evil}/v1",
    "http:127.0.0.1:{evil}/v1",
    "http://2130706433:{evil}/v1",
    "http://017700000001:{evil}/v1",
    "http://0177.0.0.1:{evil}/v1",
    "http://0x7f000001:{evil}/v1",
    "http://0x7f.0.0.1:{evil}/v1",
    "http://127.1:{evil}/v1",
    "http://１２７.０.０.１:{evil}/v1",
    "http://127。0。0。1:{evil}/v1",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{evil}/v1",
    "http://localhost.:{evil}/v1",
    "http://127.0.0.1.:{evil}/v1",
    "http://[::ffff:127.0.0.1]:{evil}/v1",
    "http://[::ffff:7f00:1]:{evil}/v1",
    "http://[::127.0.0.1]:{evil}/v1",
    "http://[::1%25lo]:{evil}/v1",
    "http://0:{evil}/v1",
    "http://0.0.0.0:{evil}/v1",
    "http://[::]:{evil}/v1",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_it_tells_no_key_to_an_address_with_two_readings(studio, admin, home, elsewhere, ask, trick):
    """Typed into the form, and written into the row by whoever can. The permission for private addresses is ticked."""
    address = trick.format(home=home.port, evil=elsewhere.port)
    change(admin, studio, base_url=address)
    ask(studio)
    Provider.objects.update(base_url=address, private_origin=elsewhere.origin, key=keys.encrypt(KEY), key_origin=home.origin)
    ask(studio)
    check(Provider.objects.get())
    assert not hears(elsewhere)


@pytest.mark.parametrize("trick", TRICKS)
def test_it_calls_no_private_address_under_a_disguise(admin, elsewhere, ask, home, studio, trick):
    """The same without the permission: nothing at all is sent."""
    address = trick.format(home=home.port, evil=elsewhere.port)
    enter(admin, address, name="Sly", allow_private="")
    Provider.objects.filter(name="Sly").update(private_origin="")
    Provider.objects.filter(pk=studio.pk).update(base_url=address, private_origin="", key="", key_origin="")
    ask(studio)
    check(Provider.objects.get(pk=studio.pk))
    assert elsewhere.heard == []
