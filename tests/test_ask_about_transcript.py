"""A transcript goes on in a chat: neither of the two apps knows the other."""

import pytest
from django.urls import reverse

from apps.chat.models import Conversation
from apps.transcription.models import Segment
from apps.transcription.tests.rows import keep_transcript


@pytest.fixture
def transcript(editor, provider, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return keep_transcript(editor, provider)


def test_a_chat_begins_with_the_text(as_editor, transcript):
    response = as_editor.post(reverse("transcription:ask", args=[transcript.pk]))
    conversation = Conversation.objects.get()
    assert response.url == reverse("chat:conversation", args=[conversation.pk])
    assert transcript.segments.first().text in conversation.instructions
    assert as_editor.get(response.url).status_code == 200


def test_a_text_too_long_for_a_chat_is_told(as_editor, transcript):
    Segment.objects.create(transcript=transcript, start=1, end=2, text="word " * 120_000)
    page = as_editor.post(reverse("transcription:ask", args=[transcript.pk]), follow=True).content.decode()
    assert "a chat takes 500,000" in page and not Conversation.objects.exists()
