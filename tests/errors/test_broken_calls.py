"""Answers that are cut, and providers that are not there, take too long or break."""

import re
import socket
import ssl
import subprocess
import threading

import pytest
from django.urls import reverse

from apps.providers.models import Provider
from apps.runs.models import Run, Status
from tests.errors.reading import page_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere(team):
    """A provider at an address of its own."""

    def elsewhere(origin):
        return Provider.objects.create(team=team, name="Own server", base_url=f"{origin}/v1", dialect="other", private_origin=origin)

    return elsewhere


@pytest.fixture
def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def strange_server(tmp_path):
    """Speaks TLS with a certificate that nobody trusts."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(
        [*command, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], cwd=tmp_path, check=True, capture_output=True
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_shake_hands, args=(listener, context), daemon=True)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def _shake_hands(listener, context):
    while True:
        try:
            talk, _address = listener.accept()
        except OSError:
            return
        try:
            context.wrap_socket(talk, server_side=True).close()
        except OSError:
            talk.close()


def test_finish_length(provoke):
    told = provoke("steady-tokens300-rate0", max_completion_tokens=110)
    assert told.note.sentence == "Stopped at the length limit of 110 tokens."
    assert "Raise it and try again" in told.note.acts
    cut = told.run
    longer = told.answered("Raise it and try again")
    assert longer.params["max_completion_tokens"] == 220 and len(longer.text) > len(cut.text)


def test_connection_refused(provoke, elsewhere, free_port, settings, make_member, client):
    settings.RUN_MAX_TRIES = 1
    own = elsewhere(f"http://127.0.0.1:{free_port}")
    told = provoke("plain", at=own)
    assert told.note.sentence == (
        f"Nobody answers at 127.0.0.1:{free_port}. Is the server running? Nothing was sent and nothing was charged."
    )
    assert list(told.note.acts) == ["Test the connection"]
    assert "unreachable" in told.note.details
    act = told.note.acts["Test the connection"]
    client.force_login(make_member(own.team, "admin").user)
    page = page_at(client, act.url)
    test = reverse("providers:test", args=[own.pk])
    assert f'action="{test}"' in page
    client.post(test)
    own.refresh_from_db()
    assert own.last_check_at is not None and own.last_check["ok"] is False


def test_connection_refused_is_tried_again_first(provoke, elsewhere, free_port, settings):
    settings.RUN_MAX_RETRY_WAIT = 0  # what waits is the sweeper's then: nothing is left over when the test ends
    told = provoke("plain", at=elsewhere(f"http://127.0.0.1:{free_port}"))
    assert told.run.status == Status.QUEUED and "Own server could not be reached. Next try in" in told.page


def test_certificate(provoke, elsewhere, strange_server):
    told = provoke("plain", at=elsewhere(strange_server))
    assert told.note.sentence == "The server’s certificate is not trusted. Nothing was sent and nothing was charged."
    assert list(told.note.acts) == ["How to add it"]
    assert "SSL_CERT_FILE" in told.follow("How to add it")
    assert "tls" in told.note.details and "localhost" in told.note.details


def test_time_out(provoke, settings):
    settings.RUN_FIRST_BYTE_TIMEOUT = 2.0
    told = provoke("slow-first-delay1300-rate0")
    assert (told.note.level, told.run.status) == ("warn", Status.UNKNOWN)
    assert told.note.sentence.startswith("No answer in 2.0 s. The request was sent, and no answer is kept. It may have been charged.")
    assert list(told.note.acts) == ["Try again", "Wait longer"]
    assert "timeout_first_byte" in told.note.details
    assert told.answered("Try again").status == Status.UNKNOWN  # as patient as before
    waited = told.answered("Wait longer")
    assert (waited.status, waited.patience) == (Status.COMPLETED, 4)
    assert Run.objects.count() == len({run.key for run in Run.objects.all()}) == 3


def test_time_out_of_all_the_time_there_is(provoke, settings):
    settings.RUN_FIRST_BYTE_TIMEOUT = settings.RUN_TOTAL_TIMEOUT = 0.5
    told = provoke("slow-first-delay1300-rate0")
    assert told.run.status == Status.UNKNOWN and list(told.note.acts) == ["Try again"]


def test_stream_cut(provoke):
    told = provoke("reset-middle-rate0")
    count = len(told.run.text.split())
    assert count > 5
    assert told.note.sentence == (
        f"The connection broke after {count} words. The text so far is saved. Starting again may be charged again."
    )
    assert told.run.text.split()[count // 2] in told.page
    assert list(told.note.acts) == ["Continue", "Start again"]
    assert re.search(r"cut|incomplete", told.note.details)
    told.answered("Start again")
    assert told.answered("Continue").params["messages"][1]["role"] == "assistant"


def test_5xx(provoke):
    told = provoke("500")
    assert told.note.sentence.startswith("Harbour AI has a problem. Your request was fine.")
    assert list(told.note.acts) == ["Try again"]
    assert "500" in told.note.details and "server" in told.note.details and told.run.request_id in told.note.details
    told.answered("Try again")
