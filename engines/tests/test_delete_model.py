"""Models that are shown one by one, and not deleted."""

import pytest
from openai import NotFoundError, OpenAI, PermissionDeniedError

from engines.tests.conftest import CHECKER, EDITOR, HEARER, ILLUSTRATOR, MODEL, READER, SPEAKER

pytestmark = pytest.mark.engines


@pytest.mark.parametrize("model", [MODEL, HEARER, SPEAKER, READER, CHECKER, EDITOR, ILLUSTRATOR])
def test_it_shows_each_model_and_keeps_it(client: OpenAI, model: str) -> None:
    shown = client.models.retrieve(model)
    assert (shown.id, shown.object, shown.owned_by) == (model, "model", "built-in")
    assert shown.to_dict()["shutdown_date"] is None
    with pytest.raises(PermissionDeniedError) as refused:
        client.models.delete(model)
    assert (refused.value.code, refused.value.param, refused.value.type) == ("missing_scope", "model", "invalid_request_error")
    assert client.models.retrieve(model) == shown
    assert shown in client.models.list().data


@pytest.mark.parametrize("model", ["unheard-of", "ft:gpt-4o-mini:org:name:abc123", "meta/llama:8b", "a/b/c", "ä ö%20\0"])
def test_it_does_not_know_other_models(client: OpenAI, model: str) -> None:
    for ask in (client.models.retrieve, client.models.delete):
        with pytest.raises(NotFoundError) as refused:
            ask(model)
        assert (refused.value.code, refused.value.param) == ("model_not_found", "model")
