"""How long pictures and masks are kept, what goes with them, and what stays; whatever happens in between."""

import json
import pathlib

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.data_keeping import housekeep
from apps.accounts.models import Role, Team
from apps.chat.models import Conversation
from apps.core import holdings
from apps.images import holdings as of_images
from apps.images.holdings import ImagesHolding
from apps.images.keeping import picture_of
from apps.images.models import Mask, Picture
from apps.runs.models import Run, RunFile
from apps.runs.operations import OutputFile
from tests.belongings import SECRET, ago, make_chat, make_mask, make_picture, make_run, words_of

pytestmark = pytest.mark.django_db(transaction=True)


def keep(team, **rules):
    Team.objects.filter(pk=team.pk).update(**rules)


def tidy(batch=50):
    """As every worker does until nothing is left to do."""
    while housekeep(batch=batch):
        pass


def stored_of(team):
    """Every file that the storage has of this team, by the folder it lies in."""
    return [path for path in pathlib.Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and str(team.pk) in path.parts]


@pytest.fixture
def begin(team, provider):
    """A call that begins with a picture: its file is an input of the call."""

    def begin(picture, **fields):
        run = make_run(team, provider, **{"operation": "images.edit", "parent_kind": "images", "parent_id": picture.pk, **fields})
        row = RunFile(run=run, role="input", name="picture-1.png", content_type="image/png", size=5)
        row.file.save("x", ContentFile(b"input"), save=False)
        row.save()
        return run

    return begin


# --- By age ------------------------------------------------------------------------------------
def test_it_takes_what_is_too_old_with_all_its_files(team, provider):
    run = make_run(team, provider, days=31, operation="images.generate")
    old = [make_picture(team, days=31), make_picture(team, run=run, days=31, kind="made")]
    young = make_picture(team, days=29)
    keep(team, keep_days=30)
    assert ImagesHolding().count_old(team.pk, ago(30))[0][1] == 2
    tidy()
    assert list(Picture.objects.all()) == [young] and not RunFile.objects.exists()
    assert sorted(path.name for path in stored_of(team)) == sorted([str(young.pk), f"{young.pk}.thumbnail"])
    run.refresh_from_db()
    assert run.erased_at and SECRET not in words_of(run) and str(run.cost) == "0.01000000"
    assert not pathlib.Path(old[1].file.path).parent.exists()


def test_it_keeps_an_old_picture_that_somebody_went_on_with(team, begin):
    source, other = make_picture(team, days=40), make_picture(team, days=40)
    lately = begin(source, days=3)
    begin(other, days=35)
    keep(team, keep_days=30)
    tidy()
    assert list(Picture.objects.all()) == [source] and SECRET in words_of(lately)
    assert RunFile.objects.filter(run=lately).exists()


def test_it_takes_the_words_and_the_inputs_of_calls_that_began_with_it(team, begin):
    source = make_picture(team, days=40)
    run = begin(source, days=35)
    result = make_picture(team, run=run, days=5, kind="edited", made_from=source)
    keep(team, keep_days=30)
    tidy()
    result.refresh_from_db()
    assert (result.made_from, result.description) == (None, SECRET) and result.file.read() == b"a picture"
    run.refresh_from_db()
    assert SECRET not in words_of(run) and (run.parent_kind, run.parent_id) == ("", None)
    assert [row.role for row in run.files.all()] == ["output"]


def test_a_picture_of_a_chat_is_kept_as_long_as_its_chat(team, provider):
    resting, living = make_chat(team, provider, days=91), make_chat(team, provider, days=91)
    pictures = [make_picture(team, run=Run.objects.get(turn__conversation=chat), days=91, kind="chat") for chat in (resting, living)]
    living.save()  # somebody wrote in it today
    keep(team, keep_days=90)
    tidy()
    assert list(Picture.objects.all()) == pictures[1:] and pictures[1].file.read() == b"a picture"


def test_a_mask_goes_when_nothing_is_left_that_was_made_with_it(team):
    used, unused, young = make_mask(team, days=40, name="Sky"), make_mask(team, days=40, name="Sea"), make_mask(team, days=3, name="Sand")
    make_picture(team, days=3, mask=used)
    make_picture(team, days=40, mask=unused)
    keep(team, keep_days=30)
    assert [count for _label, count in ImagesHolding().count_old(team.pk, ago(30))] == [1, 1]
    tidy()
    assert set(Mask.objects.all()) == {used, young} and not pathlib.Path(unused.file.path).exists()


@pytest.mark.parametrize("status", ["queued", "sending", "streaming"])
def test_it_waits_for_a_call_that_is_under_way_with_it(team, begin, status):
    source = make_picture(team, days=40, deleted_at=ago(40))
    run = begin(source, days=35, status=status, finished_at=None)
    keep(team, keep_days=30)
    tidy()
    assert Picture.objects.filter(pk=source.pk).exists() and source.file.read() == b"a picture" and SECRET in words_of(run)
    Run.objects.update(status="completed")
    tidy()
    assert not Picture.objects.exists() and not stored_of(team)


# --- Numbers only ------------------------------------------------------------------------------
def test_a_team_that_keeps_numbers_only_keeps_its_pictures(team, provider, begin, make_member, client):
    """As it keeps its chats: people look at them. What they were asked for is part of them."""
    made = make_picture(team, run=make_run(team, provider, operation="images.generate", finished_at=ago(1)), kind="made")
    begin(made)
    keep(team, keeps_content=False)
    assert not ImagesHolding.has_words and ImagesHolding().strip(team.pk, 50) == 0
    tidy()
    made.refresh_from_db()
    assert made.file.read() == b"a picture" and made.description == SECRET
    assert all(run.params == {} and run.summary == "" for run in Run.objects.all())
    client.force_login(make_member(team, Role.VIEWER).user)
    page = client.get(reverse("images:picture", args=[made.pk]))
    assert page.status_code == 200 and SECRET in page.content.decode()


# --- The bin, and what nobody needs ------------------------------------------------------------
def test_it_empties_the_bin_after_thirty_days(team):
    make_picture(team, deleted_at=ago(31))
    waiting = make_picture(team, deleted_at=ago(29))
    tidy()
    assert list(Picture.objects.all()) == [waiting] and len(stored_of(team)) == 2


def test_it_takes_masks_that_nobody_named_and_nothing_was_made_with(team, begin):
    kept = [make_mask(team, days=3, name="Sky"), make_mask(team), make_mask(team, days=3), make_mask(team, days=3), make_mask(team, days=3)]
    make_picture(team, mask=kept[2])
    make_picture(team, mask=kept[3], deleted_at=ago(3))
    begin(make_picture(team), status="queued", finished_at=None, params={"ours": {"mask": str(kept[4].pk)}})
    make_mask(team, days=3)
    tidy()
    assert set(Mask.objects.all()) == set(kept)
    Picture.objects.filter(mask=kept[3]).update(deleted_at=ago(31))
    tidy()
    assert set(Mask.objects.all()) == {*kept[:3], kept[4]}


# --- Deleting a chat ---------------------------------------------------------------------------
def test_deleting_a_chat_leaves_its_pictures_in_the_gallery(team, provider):
    chat = make_chat(team, provider, deleted_at=ago(31))
    run = Run.objects.get()
    picture = make_picture(team, run=run, kind="chat")
    tidy()
    assert not Conversation.objects.filter(pk=chat.pk).exists() and SECRET not in words_of(run)
    picture.refresh_from_db()
    assert picture.file.read() == b"a picture" and picture.output.is_claimed
    keep(team, keep_days=1)
    Picture.objects.update(deleted_at=ago(31))
    tidy()
    assert not stored_of(team) and not RunFile.objects.exists() and Run.objects.filter(pk=run.pk).exists()


# --- Delete everything -------------------------------------------------------------------------
@pytest.fixture
def as_owner(client, team, make_member):
    client.force_login(make_member(team, Role.OWNER, "boss@harbour.example").user)
    return client


def test_it_is_gone_from_every_page_at_once_and_from_the_disk_soon(team, provider, as_owner, begin):
    run = make_run(team, provider, operation="images.generate")
    picture, binned = make_picture(team, run=run, kind="made"), make_picture(team, deleted_at=timezone.now())
    mask = make_mask(team, name=SECRET)
    begin(picture)
    assert as_owner.post(reverse("accounts:delete_data"), {"confirmed": "Harbour"}).status_code == 302
    for page in (
        reverse("images:gallery"),
        reverse("images:gallery") + "?show=deleted",
        reverse("images:choose"),
        reverse("images:new"),
        "/",
    ):
        assert SECRET not in as_owner.get(page).content.decode(), page
    assert SECRET not in as_owner.get(reverse("jump"), {"q": "glaze"}).content.decode()
    for name in ("picture", "file", "thumbnail", "changes", "edit", "variations"):
        assert {as_owner.get(reverse(f"images:{name}", args=[row.pk])).status_code for row in (picture, binned)} == {404}
    assert as_owner.get(reverse("images:mask_file", args=[mask.pk])).status_code == 404
    assert as_owner.post(reverse("images:restore_several"), {"picture": str(binned.pk)}).status_code == 404
    assert "Being deleted" in as_owner.get(reverse("accounts:data")).content.decode()
    tidy()
    assert not Picture.objects.exists() and not Mask.objects.exists() and not RunFile.objects.exists() and not stored_of(team)
    assert Run.objects.count() == 2 and "Being deleted" not in as_owner.get(reverse("accounts:data")).content.decode()


def test_a_picture_of_a_call_that_was_under_way_then_is_not_filed(team, provider, as_owner):
    run = make_run(team, provider, operation="images.generate", status="streaming", finished_at=None)
    late = make_picture(team, run=run, kind="made", days=-0.001)  # it was just being written
    as_owner.post(reverse("accounts:delete_data"), {"confirmed": "Harbour"})
    output = OutputFile("a.png", "image/png", b"x", details={"width": 3, "height": 2}, thumbnail=b"small")
    assert picture_of(run, RunFile(run=run, size=1, content_type="image/png"), output) is None
    tidy()
    assert not Picture.objects.filter(pk=late.pk).exists()
    Run.objects.update(status="cancelled")
    tidy()
    assert not stored_of(team)


def test_it_leaves_what_is_made_afterwards_and_other_teams_alone(team, other_team, as_owner):
    theirs = make_picture(other_team)
    as_owner.post(reverse("accounts:delete_data"), {"confirmed": "Harbour"})
    fresh, mask = make_picture(team, days=-0.001), make_mask(team, days=-0.001, name="Sky")
    tidy()
    assert set(Picture.objects.all()) == {theirs, fresh} and list(Mask.objects.all()) == [mask]
    assert as_owner.get(reverse("images:picture", args=[fresh.pk])).status_code == 200


def test_it_purges_a_deleted_team_with_its_pictures_masks_and_files(team, other_team, provider, begin):
    mask = make_mask(team)
    make_chat(team, provider)
    picture = make_picture(team, run=Run.objects.get(), kind="chat")
    for number in range(60):
        source = make_picture(team, days=number)
        make_picture(team, run=begin(source), kind="edited", made_from=source, mask=mask)
    theirs = make_picture(other_team)
    under_way = begin(picture, status="streaming", finished_at=None)
    keep(team, deleted_at=timezone.now())
    tidy()
    under_way.refresh_from_db()
    assert under_way.stop_requested_at is not None and Team.objects.filter(pk=team.pk).exists()
    make_picture(team, run=under_way, kind="edited")
    Run.objects.filter(pk=under_way.pk).update(status="cancelled")
    tidy()
    assert not Team.objects.filter(pk=team.pk).exists()
    assert list(Picture.objects.all()) == [theirs] and not Mask.objects.exists()
    assert not Run.objects.filter(team=team.pk).exists() and not RunFile.objects.exists()
    assert not stored_of(team) and not [path for path in pathlib.Path(settings.MEDIA_ROOT).rglob(str(team.pk)) if any(path.iterdir())]


# --- In batches, whatever happens --------------------------------------------------------------
def test_it_goes_on_where_it_was_killed(team, provider, monkeypatch):
    run = make_run(team, provider, operation="images.generate")
    for number in range(6):
        make_picture(team, run=run if number % 2 else None, days=40)
    keep(team, keep_days=30)
    real, calls = of_images._without_files, []

    def dies_after_the_files(pictures):
        calls.append(real(pictures))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return calls[-1]

    monkeypatch.setattr(of_images, "_without_files", dies_after_the_files)
    with pytest.raises(KeyboardInterrupt):
        housekeep(batch=2)
    assert Picture.objects.count() == 4 and len(stored_of(team)) == 4
    tidy(batch=2)
    assert not Picture.objects.exists() and not RunFile.objects.exists() and not stored_of(team)


def test_it_takes_at_most_a_batch_in_one_transaction(team, begin, django_assert_max_num_queries):
    source = make_picture(team, days=40)
    runs = [begin(source, days=35) for _number in range(12)]
    for _number in range(12):
        make_picture(team, days=40)
    holding = ImagesHolding()
    assert [holding.forget(team.pk, ago(30), 5) for _round in range(2)] == [5, 5]
    assert (Run.objects.filter(pk__in=[run.pk for run in runs], erased_at=None).count(), Picture.objects.count()) == (2, 13)
    with django_assert_max_num_queries(20):
        assert holding.forget(team.pk, ago(30), 5) == 5
    while holding.forget(team.pk, ago(30), 5):
        pass
    assert not Picture.objects.exists() and not RunFile.objects.exists()


def test_a_slow_store_waits_for_the_next_round(team, monkeypatch):
    for _number in range(3):
        make_picture(team, days=40)
    monkeypatch.setattr(of_images, "FILE_SECONDS", 0.0)
    assert [ImagesHolding().forget(team.pk, ago(30), 50) for _round in range(4)] == [1, 1, 1, 0]


def test_a_file_that_the_storage_has_lost_stops_nothing(team):
    picture = make_picture(team, days=40)
    picture.file.storage.delete(picture.file.name)
    keep(team, keep_days=30)
    tidy()
    assert not Picture.objects.exists() and not stored_of(team)


def test_it_keeps_the_order_of_removing():
    names = [holding.name for holding in holdings.all_holdings()]
    assert names.index("images") < names.index("chat") < names.index("runs")


# --- A source or a mask that went meanwhile ----------------------------------------------------
def test_a_result_is_filed_without_what_is_gone(team, provider, editor, loopback):
    from apps.runs.executor import execute
    from apps.runs.services import start_run
    from tests.loopback.picture_models import PLAIN

    source, mask = make_picture(team), make_mask(team)
    ours = {"source": str(source.pk), "mask": str(mask.pk), "keep_outside": False}
    asked = {"team": team, "person": editor.user, "operation": "images.generate", "provider": provider, "model": PLAIN, "key": "k"}
    run = start_run(**asked, params={"prompt": "A pot", "ours": ours})
    Picture.objects.all().delete()
    Mask.objects.all().delete()
    execute([run.pk])
    run.refresh_from_db()
    made = Picture.objects.get()
    assert (run.status, made.made_from, made.mask, made.description) == ("completed", None, None, "A pot"), json.dumps(run.error)
