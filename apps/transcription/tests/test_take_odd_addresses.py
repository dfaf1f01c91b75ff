"""What hangs on a form may be anything: a correction is made whatever its page says of the translation beside it."""

import re
import uuid

import pytest
from django.urls import reverse

from apps.transcription.tests.rows import keep_transcript, keep_translation

pytestmark = pytest.mark.django_db


@pytest.fixture
def correct(as_editor, editor, provider):
    """Correct the first segment of a fresh transcript; the answer, and the text that it has then."""

    def post(**more):
        row = keep_transcript(editor, provider).segments.first()
        body = {"text": "Other words", "was": row.text, **more}
        url = reverse("transcription:segment", args=[row.transcript_id, row.pk])
        answer = as_editor.post(url, body, headers={"HX-Request": "true"})
        row.refresh_from_db()
        told = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode())
        for name, pk in (("segment", row.pk), ("transcript", row.transcript_id)):
            told = told.replace(str(pk), name)
        return answer.status_code, told, row.text

    return post


@pytest.mark.parametrize("wish", ["garbage", "", "0", "None", "'", "\x00", str(uuid.UUID(int=1)), "1" * 5000])
def test_it_answers_as_without_a_translation(correct, wish):
    status, told, text = correct(**{"in": wish})
    assert (status, text) == (200, "Other words")
    assert (status, told, text) == correct()


def test_it_shows_no_translation_of_another_transcript(correct, editor, provider):
    other = keep_translation(keep_transcript(editor, provider), editor)
    assert correct(**{"in": str(other.pk)}) == correct()
