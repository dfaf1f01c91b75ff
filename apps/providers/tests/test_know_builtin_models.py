"""What ships about the built-in models for similarity and for the safety check, beside what they say themselves."""

import pytest

from apps.providers.facts import facts_for
from apps.providers.services import ensure_builtin
from engines.embeddings.limits import MOST_TEXTS, MOST_TOKENS_TOGETHER
from engines.embeddings.models import MINILM
from engines.moderations import limits as safety
from engines.moderations.models import TOX_BLOCK
from engines.reading.limits import DIMENSIONS, MOST_TOKENS


@pytest.fixture
def builtin(team):
    return ensure_builtin(team)


def test_it_knows_the_limits_of_similarity(team, builtin, make_model):
    facts = facts_for(team, make_model(MINILM.id, of=builtin))
    assert (facts.label, facts.endpoints) == ("MiniLM L6, English", ("embeddings",))
    assert facts.limits == {"context": MOST_TOKENS, "inputs": MOST_TEXTS, "total": MOST_TOKENS_TOGETHER}
    assert facts.parameters["dimensions"] == {"min": 1, "max": DIMENSIONS, "default": DIMENSIONS}
    assert facts.values_of("encoding_format") == ["float", "base64"]
    assert facts.prices.is_free and not facts.takes("temperature")


def test_it_knows_the_limits_of_the_safety_check(team, builtin, make_model):
    facts = facts_for(team, make_model(TOX_BLOCK.id, of=builtin))
    assert (facts.label, facts.endpoints) == ("Small safety check, English", ("moderation",))
    assert facts.limits == {
        "inputs": safety.MOST_TEXTS,
        "characters": safety.MOST_CHARACTERS,
        "files": safety.MOST_PICTURES,
        "bytes": safety.MOST_PICTURE_BYTES,
    }
    assert facts.takes("image_url") and not facts.takes("temperature")
    assert facts.prices.is_free


def test_it_tells_what_the_model_says_of_itself(team, builtin, make_model):
    model = make_model(TOX_BLOCK.id, of=builtin, facts={"description": TOX_BLOCK.description})
    assert "Not assessed: sexual/minors" in facts_for(team, model).note
