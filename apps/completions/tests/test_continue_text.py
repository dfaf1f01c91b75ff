"""Continuing a text: from the form to the card, with the loopback provider as the only stand-in."""

import re

import pytest
from django.urls import reverse

from apps.completions.tests.conftest import TEXT
from apps.runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)
STORY = "The harbour was quiet"


def sent_of(loopback, token):
    [call] = [each for each in loopback.requests(token, body=True) if each.path == "/v1/completions"]
    return call.body


def test_it_shows_what_was_added_behind_what_was_typed_and_apart_from_it(go_on, page_of):
    run = go_on()
    assert run.status == "completed" and run.text.startswith(f" {STORY}")
    assert f'<span class="own-words">{TEXT}</span><ins class="added-words"> {STORY}' in page_of(run)


def test_it_asks_for_a_stream_of_a_plain_text_with_a_length(go_on, loopback):
    go_on("Once #t-c0")
    options = {"stream": True, "stream_options": {"include_usage": True}}
    assert sent_of(loopback, "#t-c0") == {"model": "base-words", "prompt": "Once #t-c0", "max_tokens": 256, **options}


def test_it_sends_what_was_set(go_on, loopback):
    go_on("Once #t-c1", max_tokens="40", temperature="0.3", top_p="0.5", seed="7", stop="END\n\nSTOP")
    body = sent_of(loopback, "#t-c1")
    assert {name: body[name] for name in ("max_tokens", "temperature", "top_p", "seed", "stop")} == {
        "max_tokens": 40,
        "temperature": 0.3,
        "top_p": 0.5,
        "seed": 7,
        "stop": ["END", "STOP"],
    }


def test_it_sends_what_follows_only_where_the_model_takes_it(go_on, loopback, continuing):
    go_on("Once #t-c2", suffix="The end.")
    assert "suffix" not in sent_of(loopback, "#t-c2")
    continuing.dialect = "ollama"
    continuing.save()
    go_on("Once #t-c3", suffix="The end.")
    assert sent_of(loopback, "#t-c3")["suffix"] == "The end."


def test_it_keeps_every_blank_and_line_break(go_on, loopback, page_of):
    run = go_on("  def f(x):\r\n    #t-c4 \n\n", model="base-lines")
    assert sent_of(loopback, "#t-c4")["prompt"] == run.params["prompt"] == "  def f(x):\n    #t-c4 \n\n"
    assert run.text == " one\n\n  two\n\t<three> \nfour  "
    assert '<ins class="added-words"> one\n\n  two\n\t&lt;three&gt; \nfour  </ins>' in page_of(run)


def test_it_tells_that_it_went_up_to_the_length_and_offers_to_go_on(go_on, page_of, as_editor):
    run = go_on(max_tokens="12")
    assert run.finish_reason == "length" and run.usage["output"] == 12
    page = page_of(run)
    assert "up to the length of 12 tokens" in page and "Raise “Longest answer”" not in page
    [link] = re.findall(r'href="([^"]*[?]from=[^"]*)"', page)
    form = as_editor.get(link).text
    assert f"{TEXT}{run.text}</textarea>" in form and "data-at-end" in form and "data-draft" not in form


def test_it_costs_what_the_table_says(go_on, continuing, team):
    from apps.providers.models import ModelFact

    ModelFact.objects.create(team=team, provider_pattern="*", model_pattern="base-*", prices={"input": "2", "output": "1000"})
    run = go_on(max_tokens="10")
    assert (run.usage, run.cost_kind) == ({"input": 9, "output": 10}, "known")
    assert float(run.cost) == pytest.approx((9 * 2 + 10 * 1000) / 1e6)


def test_it_makes_one_call_for_a_double_click(go_on, post, loopback):
    first = go_on("Twice #t-c5", key="same")
    second = post("Twice #t-c5", key="same")
    assert second.url == reverse("completions:text", args=[first.pk])
    assert len(loopback.requests("#t-c5")) == 1 and Run.objects.count() == 1


def test_it_refuses_a_key_for_another_text_and_keeps_what_was_typed(go_on, post):
    go_on("One", key="same")
    page = post("Two &\n  three", key="same")
    assert page.status_code == 409 and "has sent another text already" in page.text
    assert "Two &amp;\n  three</textarea>" in page.text and 'value="same"' not in page.text
    assert Run.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n "])
def test_it_asks_for_a_text(post, text):
    page = post(text)
    assert page.status_code == 422 and "Type the beginning of a text first." in page.text
    assert not Run.objects.exists()


def test_it_refuses_what_is_too_long(post):
    page = post("a" * 200_001)
    assert page.status_code == 422 and "This text has 200,001 characters" in page.text


def test_it_refuses_a_value_that_cannot_be(post):
    assert post(temperature="warm").status_code == 422
    assert not Run.objects.exists()


def test_it_answers_htmx_with_the_place_to_go_to_or_with_a_sentence(post, as_editor):
    as_editor.defaults["HTTP_HX_REQUEST"] = "true"
    assert post()["HX-Redirect"] == reverse("completions:text", args=[Run.objects.get().pk])
    refused = post("")
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#plain-error")
    assert "<textarea" not in refused.text and 'id="plain-key"' in refused.text


def test_it_tries_again_and_shows_the_new_one(go_on, page_of, as_editor):
    run = go_on(max_tokens="5")
    [url, key] = re.search(r'action="([^"]+again/)".*?name="key" value="(\w+)"', page_of(run), re.DOTALL).groups()
    answers = [as_editor.post(url, {"key": key}) for _click in range(2)]
    again = Run.objects.latest("id")
    assert [answer.url for answer in answers] == [reverse("completions:text", args=[again.pk])] * 2
    assert Run.objects.count() == 2 and again.again_of == run and again.params == run.params


def test_it_shows_one_that_waits_with_a_way_to_stop_it(post, page_of, as_editor):
    post()
    run = Run.objects.get()
    page = page_of(run)
    assert 'aria-busy="true"' in page and f'sse-swap="start-{run.pk}"' in page and TEXT in page
    stopped = as_editor.post(reverse("runs:stop", args=[run.pk]))
    assert stopped.url == reverse("completions:text", args=[run.pk])
    assert "Stopped before it was sent." in page_of(run)


def test_it_begins_with_an_example(as_editor, continuing):
    form = as_editor.get(reverse("completions:new"), {"example": "list"}).text
    assert "Germany:</textarea>" in form


def test_it_stands_in_history_and_has_a_receipt(go_on, as_editor):
    run = go_on(f"{'word ' * 200}ends here")
    row = as_editor.get(reverse("runs:history")).text
    assert "Continued text" in row and "ends here" in row
    receipt = as_editor.get(reverse("runs:receipt", args=[run.pk])).text
    assert reverse("completions:text", args=[run.pk]) in receipt and "client.completions.create" in receipt


def test_it_shows_what_is_left_of_an_erased_one(go_on, page_of):
    run = go_on()
    Run.objects.filter(pk=run.pk).update(params={}, text="", summary="")
    assert "Continued text" in page_of(run)


def test_it_keeps_what_came_of_one_that_broke_off(go_on, page_of):
    run = go_on(model="base-cut")
    assert run.status == "interrupted" and run.text.startswith(f" {STORY}")
    page = page_of(run)
    assert "Keep writing" in page and "Try again" in page


def test_what_failed_leads_to_a_form_with_the_words_in_it(go_on, page_of, as_editor):
    run = go_on(model="401")
    page = page_of(run)
    address = f"{reverse('completions:new')}?from={run.pk}"
    assert address in page
    assert TEXT in as_editor.get(address).text
