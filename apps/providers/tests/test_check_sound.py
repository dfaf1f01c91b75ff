"""The check-up finds which parts of sound a server has, and asks for nothing that could be billed."""

import pytest

from apps.providers.checkup import check
from apps.providers.models import Provider
from apps.providers.words import parts_of
from tests.loopback import Loopback

pytestmark = pytest.mark.django_db(transaction=True)
SOUND = ("transcription", "translation", "speech")


def states_of(provider):
    return {part.name: (part.state, part.status) for part in parts_of(provider) if part.name in SOUND}


def provider_at(server, team):
    origin = server.url.removesuffix("/v1")
    return Provider.objects.create(team=team, name="Studio", base_url=server.url, dialect="other", private_origin=origin)


def test_it_finds_hearing_and_speaking(team, loopback):
    before, studio = len(loopback.sound_calls()), provider_at(loopback, team)
    assert check(studio).ok
    assert states_of(studio) == dict.fromkeys(SOUND, ("works", 400))
    asked = loopback.sound_calls(body=True)[before:]
    assert len(asked) == 3 and not [request for request in asked if request.files or request.model or request.body]


@pytest.mark.parametrize("missing", SOUND)
def test_it_finds_what_is_not_there(team, missing):
    paths = {"transcription": "/audio/transcriptions", "translation": "/audio/translations", "speech": "/audio/speech"}
    with Loopback(without=(paths[missing],)) as server:
        studio = provider_at(server, team)
        check(studio)
    states = states_of(studio)
    assert states.pop(missing) == ("missing", 404) and set(states.values()) == {("works", 400)}
    assert studio.lacks(missing)
