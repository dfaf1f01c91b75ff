"""Pictures of another team behind ids in forms and queries: they answer like those of nothing, and no list shows them."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Role
from apps.images.models import Mask, Picture
from apps.images.tests.rows import keep_picture
from apps.providers.models import Provider
from apps.runs.models import Run
from tests.belongings import make_mask, make_run

pytestmark = pytest.mark.django_db
SECRET = "About clay pots"


@pytest.fixture
def theirs(team, provider, make_member):
    """What another team has: a picture, a mask, a call with a file."""
    asker = make_member(team, Role.EDITOR, "asker@harbour.example")
    run = make_run(team, provider, person=asker.user, file=b"pot", summary=SECRET)
    picture = keep_picture(asker, name=SECRET, description=SECRET, model="plain-1")
    return {"asker": asker, "run": run, "file": run.files.get(), "picture": picture, "mask": make_mask(team, name=SECRET)}


@pytest.fixture
def owner(other_team, make_member):
    return make_member(other_team, Role.OWNER, "owner@elsewhere.example")


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner.user)
    return client


@pytest.fixture
def own(other_team, owner):
    """A picture of one's own, and a form that changes it."""
    provider = Provider.objects.create(
        team=other_team, name="Own", base_url="http://127.0.0.1:9/v1", dialect="other", private_origin="http://127.0.0.1:9"
    )
    model = provider.models.create(name="gpt-image-plain")
    picture = keep_picture(owner, name="Our own")
    form = {"model": str(model.pk), "shown.model": "", "prompt": "A sail", "key": uuid.uuid4().hex}
    return {"provider": provider, "picture": picture, "form": form, "edit": reverse("images:edit", args=[picture.pk])}


def is_hidden(answer):
    """As an id of nothing answers, and without a word of the other team."""
    return answer.status_code == 404 and "clay pots" not in answer.content.decode()


@pytest.mark.parametrize(("field", "name"), [("references", "picture"), ("mask_saved", "mask")])
def test_it_changes_no_picture_with_what_is_foreign(as_owner, theirs, own, field, name):
    """Before anything is asked of anybody."""
    for pk in (theirs[name].pk, uuid.uuid4()):
        assert is_hidden(as_owner.post(own["edit"], {**own["form"], field: str(pk)}))
    assert not Run.objects.filter(operation="images.edit").exists()
    assert as_owner.post(own["edit"], own["form"]).status_code == 303
    assert "clay pots" not in str(Run.objects.latest("pk").params)


@pytest.mark.parametrize(
    ("name", "field"),
    [("new", "like"), ("edit", "reference"), ("variations", "reference"), ("choose", "reference"), ("mask_file", "for")],
)
def test_it_begins_with_no_foreign_picture(as_owner, theirs, own, other_team, name, field):
    args = {"edit": [own["picture"].pk], "variations": [own["picture"].pk], "mask_file": [make_mask(other_team).pk]}.get(name, [])
    for pk in (theirs["picture"].pk, uuid.uuid4(), "no id at all"):
        assert is_hidden(as_owner.get(reverse(f"images:{name}", args=args), {field: str(pk)})), pk


@pytest.mark.parametrize("page", ["edit", "vary"])
def test_it_shows_no_request_about_a_foreign_picture(as_owner, theirs, own, page):
    as_owner.post(reverse("images:settings", args=[page]), {"model": own["form"]["model"], "shown.model": ""})
    address = reverse("images:request", args=[page])
    for pk in (theirs["picture"].pk, uuid.uuid4(), "no id at all"):
        assert is_hidden(as_owner.get(address, {"picture": str(pk)}))
    assert as_owner.get(address, {"picture": str(own["picture"].pk)}).status_code == 200


def test_it_takes_no_foreign_reference_into_the_settings(as_owner, theirs, own):
    form = {"model": own["form"]["model"], "shown.model": "", "references": f"{theirs['picture'].pk},{uuid.uuid4()},no id"}
    address = f"{reverse('images:settings', args=['edit'])}?back={reverse('images:edit', args=[theirs['picture'].pk])}"
    answer = as_owner.post(address, form, headers={"HX-Request": "true"})
    assert answer.status_code in {200, 404}
    assert not [
        secret for secret in (SECRET, reverse("images:thumbnail", args=[theirs["picture"].pk])) if secret in answer.content.decode()
    ]


def test_it_packs_deletes_and_brings_back_only_ones_own(as_owner, theirs, own):
    pictures = [theirs["picture"], own["picture"]]
    both = {"picture": [str(picture.pk) for picture in pictures]}

    def are_there():
        return [Picture.objects.get(pk=picture.pk).deleted_at is None for picture in pictures]

    packed = b"".join(as_owner.post(reverse("images:zip"), both))
    assert b"Our own" in packed and b"clay pots" not in packed
    assert as_owner.post(reverse("images:delete_several"), both).status_code == 303
    assert are_there() == [True, False]
    Picture.objects.filter(pk=theirs["picture"].pk).update(deleted_at=timezone.now())
    as_owner.post(reverse("images:restore_several"), both)
    assert are_there() == [False, True]


def test_it_shows_no_foreign_picture_in_any_list(as_owner, theirs, own):
    asker, secrets = str(theirs["asker"].user_id), (SECRET, "asker@harbour.example", str(theirs["picture"].pk), str(theirs["mask"].pk))
    queries = (("gallery", {"person": asker}), ("gallery", {"model": "plain-1", "q": "clay"}), ("choose", {"q": "clay"}), ("new", {}))
    pages = [as_owner.get(reverse(f"images:{name}"), query) for name, query in queries]
    for page in (*pages, as_owner.get(own["edit"])):
        assert page.status_code == 200 and not [secret for secret in secrets if secret in page.content.decode()]


def test_it_gives_no_file_of_another_call(as_owner, theirs, own, other_team, team, provider, client):
    """A file is one of its call: neither the call nor the file opens it alone."""
    run = make_run(other_team, own["provider"], file=b"our pot")
    for call, file in ((run, theirs["file"]), (theirs["run"], run.files.get()), (theirs["run"], theirs["file"])):
        assert is_hidden(as_owner.get(reverse("runs:file", args=[call.pk, file.pk])))
    assert b"".join(as_owner.get(reverse("runs:file", args=[run.pk, run.files.get().pk]))) == b"our pot"
    client.force_login(theirs["asker"].user)
    other = make_run(team, provider)
    assert client.get(reverse("runs:file", args=[other.pk, theirs["file"].pk])).status_code == 404


def test_it_takes_nothing_for_a_foreign_picture(as_owner, theirs):
    for name in ("mask", "rename", "edit", "variations"):
        form = {"name": "Taken", "file": ContentFile(b"x", "x.png")}
        assert is_hidden(as_owner.post(reverse(f"images:{name}", args=[theirs["picture"].pk]), form))
    assert not Mask.objects.filter(name="Taken").exists() and Picture.objects.get(pk=theirs["picture"].pk).name == SECRET
