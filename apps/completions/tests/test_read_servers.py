"""What servers were seen to do, and what somebody hostile might."""

import pytest

from apps.completions.operations import ContinueText
from apps.runs.operations import StreamState
from gateway.types import ApiEvent

pytestmark = pytest.mark.django_db(transaction=True)
STORY = " The harbour was quiet"


def test_it_takes_zeros_for_no_count(go_on):
    run = go_on(model="base-zeros", max_tokens="10")
    assert run.status == "completed" and run.text.startswith(STORY)
    assert not run.usage or run.usage.get("estimated")


def test_it_says_what_looks_like_an_error_in_disguise(go_on, page_of):
    run = go_on(model="base-disguised")
    assert (run.status, run.text[:15]) == ("completed", "Internal error:")
    assert "looks like an error of the server" in page_of(run)


def test_it_does_not_need_the_mark_at_the_end(go_on):
    run = go_on(model="base-no-done", max_tokens="10")
    assert (run.status, run.finish_reason, run.usage["output"]) == ("completed", "length", 10)


def test_it_takes_a_whole_answer_where_a_stream_was_asked_for(go_on):
    run = go_on(model="base-whole", max_tokens="10")
    assert run.status == "completed" and run.text.startswith(STORY[:10]) and run.usage["output"] == 10


def test_it_takes_pieces_in_the_shape_of_a_chat(go_on):
    assert go_on(model="base-chatty").text.startswith(STORY)


def test_it_takes_what_has_no_shape(go_on):
    run = go_on(model="base-odd")
    assert run.status == "completed" and run.text.startswith(STORY) and "second text" not in run.text


def test_it_says_that_nothing_came(go_on, page_of):
    page = page_of(go_on(model="base-empty"))
    assert "The model answered with nothing." in page and "Keep writing" not in page


def test_it_leaves_out_a_setting_that_is_refused_and_says_so(go_on, continuing, page_of):
    continuing.dialect = "ollama"
    continuing.save()
    run = go_on(model="base-refuses", suffix="The end.")
    assert run.status == "completed"
    assert "does not take “Text that follows”" in page_of(run)


def test_it_shows_markup_as_the_letters_that_it_is(go_on, page_of):
    page = page_of(go_on("<b>bold</b> & </textarea><script>x</script>", model="base-hostile"))
    assert "&lt;script&gt;alert(2)&lt;/script&gt; &lt;/ins&gt;&lt;/div&gt; **not bold**" in page
    assert "<b>bold" not in page and "<script>x" not in page and "<img src=x" not in page


def test_it_keeps_a_long_count_and_a_strange_reason_within_bounds():
    state, operation = StreamState(), ContinueText()
    usage = {"prompt_tokens": 2**70, "completion_tokens": True, "prompt_tokens_details": 5}
    operation.fold(ApiEvent({"choices": [{"text": "a\x00b", "finish_reason": "x" * 900}], "usage": usage}), state)
    result = operation.finish(state)
    assert (result.text, len(result.finish_reason), result.usage) == ("a\ufffdb", 40, {})
