"""Show the request: the call that a page would make, before it is made."""

import ast

from django.urls import reverse

from tests.loopback.picture_models import LEGACY, PLAIN


def shown(client, page, model, picture=None, **more):
    query = f"?picture={picture.pk}" if picture else ""
    client.post(reverse("images:settings", args=[page]), {"model": str(model.pk), "shown.model": "", **more})
    answer = client.post(f"{reverse('images:request', args=[page])}{query}", {"prompt": "A boat"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode().replace("&quot;", '"').replace("&#x27;", "'").replace("&gt;", ">")


def python_of(page):
    start = page.index('id="snippet-python"')
    return page[page.index(">", start) + 1 : page.index("</pre>", start)]


def test_it_shows_what_making_sends(as_editor, models):
    page = shown(as_editor, "make", models[PLAIN], n="3", **{"shown.n": "1"})
    assert "/images/generations" in page
    assert "client.images.generate(" in python_of(page)
    assert "n=3" in python_of(page)
    ast.parse(python_of(page))


def test_it_shows_the_files_of_an_edit(as_editor, models, picture):
    page = shown(as_editor, "edit", models[PLAIN], picture)
    python = python_of(page)
    assert 'image=open("image-1.png", "rb")' in python
    assert 'mask=open("mask.png", "rb")' in python
    assert "size='1536x1024'" in python
    assert "'ours'" not in page
    ast.parse(python)
    assert "-F 'image=@image-1.png;type=image/png'" in page


def test_it_shows_the_call_for_variations(as_editor, models, picture):
    page = shown(as_editor, "vary", models[LEGACY], picture)
    assert "client.images.create_variation(" in python_of(page)
    assert "prompt" not in python_of(page)


def test_the_receipt_of_an_edit_is_code_that_runs(edit, picture, as_editor):
    run = edit(picture)
    page = as_editor.get(reverse("runs:receipt", args=[run.pk])).content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    assert "client.images.edit(" in page
    ast.parse(python_of(page))
