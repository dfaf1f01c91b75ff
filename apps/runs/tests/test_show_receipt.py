import datetime

import pytest
from django.urls import reverse

from apps.runs.models import Run
from apps.runs.snippets import snippets_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_shows_sent_received_and_numbers(as_editor, carry_out):
    run = carry_out("steady", temperature=0.5)
    page = as_editor.get(reverse("runs:receipt", args=[run.pk])).content.decode()
    assert "chat/completions" in page
    assert "&quot;temperature&quot;: 0.5" in page
    assert "own server" in page
    assert run.request_id == "" or run.request_id in page


def test_it_says_until_when_the_model_is_there(as_editor, carry_out, provider):
    provider.models.create(name="steady-rate9000", shutdown_date=datetime.date(2031, 5, 1))
    page = as_editor.get(reverse("runs:receipt", args=[carry_out("steady-rate9000").pk])).text
    assert page.count(">until 1 May 2031</span>") == 2, "on the answer and in the details"


def test_its_python_is_python_that_names_no_key(carry_out, provider):
    run = carry_out("steady", stop=["END"], text='It\'s "quoted"\nand broken')
    shown = snippets_of(run)
    compile(shown["python"], "snippet", "exec")
    assert 'api_key=os.environ["OPENAI_API_KEY"]' in shown["python"]
    assert provider.base_url in shown["python"]
    assert f"{provider.base_url}/chat/completions" in shown["curl"]


def test_its_curl_is_what_the_shell_reads_back(carry_out):
    import json
    import shlex

    run = carry_out("steady", text='It\'s $HOME `ls` \\ "x"')
    words = shlex.split(snippets_of(run)["curl"].replace("\\\n", " "))
    assert json.loads(words[words.index("-d") + 1])["messages"] == run.params["messages"]


def test_it_runs_again_as_a_run_of_its_own(as_editor, carry_out):
    run = carry_out("steady")
    address = reverse("runs:again", args=[run.pk])
    first = as_editor.post(address, {"key": "a-key"})
    second = as_editor.post(address, {"key": "a-key"})
    again = Run.objects.get(again_of=run)
    assert first.url == second.url == reverse("runs:receipt", args=[again.pk])
    assert (again.params, again.model, again.status) == (run.params, run.model, "queued")


def test_it_is_a_404_for_another_team(client, carry_out, other_team, make_member):
    run = carry_out("steady-tokens2")
    client.force_login(make_member(other_team, "owner").user)
    for name in ("runs:receipt", "runs:again", "runs:stop"):
        address = reverse(name, args=[run.pk])
        assert (client.get(address) if name == "runs:receipt" else client.post(address)).status_code == 404
    assert client.get(reverse("runs:live"), {"runs": str(run.pk)}).status_code == 404


def test_it_shows_a_run_whose_app_is_gone(as_editor, carry_out):
    run = carry_out("reset-middle")
    Run.objects.filter(pk=run.pk).update(operation="gone.away")
    assert as_editor.get(reverse("runs:receipt", args=[run.pk])).status_code == 200
    assert as_editor.get(reverse("runs:history")).status_code == 200
    assert as_editor.post(reverse("runs:again", args=[run.pk]), {"key": "k"}).status_code == 302
