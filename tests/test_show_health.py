"""Health: every part of this server, asked at once; a dead part costs two seconds and nothing else."""

import datetime
import threading
import time

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.core import health
from apps.core.health import Fact, Part, Report, State
from apps.core.health_reports import report_database, report_storage, report_versions
from apps.providers.builtin_report import report_builtin
from apps.runs.health import report_limits, report_workers
from apps.runs.heartbeats import beat_for_beat, beat_for_worker
from apps.runs.live.queue import report_queue
from apps.runs.models import Heartbeat

ADDRESS = "/settings/health/"


@pytest.fixture
def parts():
    """No parts but those of the test."""
    kept = dict(health.parts)
    health.parts.clear()
    yield health.parts
    health.parts.clear()
    health.parts.update(kept)
    health._under_way.clear()


@pytest.fixture
def admin(db, team, make_member):
    client = Client()
    client.force_login(make_member(team, "admin").user)
    return client


def add(name, read):
    health.register_part(Part(name, name.title(), "cpu", 50, read))


def facts(report):
    return {str(fact.name): str(fact.value) for fact in report.facts}


# --- The page ----------------------------------------------------------------------------------
def test_it_shows_every_part_that_registered(transactional_db, team, make_member):
    client = Client()
    client.force_login(make_member(team, "admin").user)
    page = client.get(ADDRESS).content.decode()
    for title in ("Database", "Queue", "Workers", "Files", "Built-in models", "Versions", "Limits"):
        assert f">{title}</h2>" in page
    assert "No worker is running. What is asked is kept" in page
    assert "The queue does not answer" in page


def test_it_is_a_page_of_settings_for_admins_alone(as_editor, admin, parts):
    assert as_editor.get(ADDRESS).status_code == 403
    assert f'href="{ADDRESS}"' not in as_editor.get("/settings/profile/").content.decode()
    assert f'<a href="{ADDRESS}" aria-current="page">' in admin.get(ADDRESS).content.decode()


def test_it_tells_paths_to_the_owner_of_the_installation_alone(admin, parts):
    add("files", lambda: Report(facts=[Fact("Free", "9 GB"), Fact("Where", "/srv/kept", is_inner=True)]))
    page = admin.get(ADDRESS).content.decode()
    assert "9 GB" in page and "/srv/kept" not in page
    User.objects.update(is_superuser=True)
    assert "/srv/kept" in admin.get(ADDRESS).content.decode()


def test_it_goes_on_without_a_part_that_raises_and_masks_what_it_said(admin, parts):
    def burn():
        raise ConnectionError("redis://:hunter2@queue.internal:6379 is on fire")

    add("queue", burn)
    add("other", lambda: Report(facts=[Fact("Colour", "green", "COLOUR")]))
    page = admin.get(ADDRESS).content.decode()
    assert "It does not work: ConnectionError" in page and "hunter2" not in page
    assert "green" in page and "COLOUR" in page


def test_it_waits_for_all_parts_together_and_not_for_a_dead_one():
    """Three that hang cost one patience, and asking again starts no second thread for any of them."""
    parts = dict(health.parts)
    health.parts.clear()
    released, begun = threading.Event(), []

    def hang():
        begun.append(1)
        released.wait(20)
        return Report()

    try:
        for name in ("one", "two", "three"):
            add(name, hang)
        started = time.monotonic()
        first = health.read_parts(2)
        assert time.monotonic() - started < 5, "one after the other they would take six seconds"
        health.read_parts(0.1)
        assert [reading.report.state for reading in first] == [State.DOWN] * 3
        assert len(begun) == 3
        released.set()
        assert [reading.report.state for reading in health.read_parts(5)] == [State.FINE] * 3
    finally:
        released.set()
        health.parts.clear()
        health.parts.update(parts)
        health._under_way.clear()


# --- Single parts ------------------------------------------------------------------------------
def test_it_names_the_database_its_version_size_and_speed(db):
    told = facts(report_database())
    assert told["Kind"].startswith(("SQLite 3", "PostgreSQL "))
    assert told["Size"] and told["Answers in"].endswith(" ms")


def test_it_tells_where_files_are_and_leaves_none_behind(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    report = report_storage()
    assert report.state == State.FINE and facts(report)["Where"] == str(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_it_says_when_nothing_can_be_written(settings, tmp_path):
    (tmp_path / "file").write_text("a file where a folder should be")
    settings.MEDIA_ROOT = tmp_path / "file"
    report = report_storage()
    assert report.state == State.DOWN and "Nothing can be written there" in report.sentence
    assert facts(report)["Can be written"] == "no"


def test_it_warns_when_there_is_little_room(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("apps.core.health_reports.LITTLE_ROOM", 2**80)
    assert report_storage().state == State.WARN


def test_it_names_the_versions():
    told = facts(report_versions())
    assert told["Playground"] and told["Python"].startswith("3.") and told["Django"].startswith("5.")


def test_it_names_every_limit_with_its_variable(settings):
    settings.RUN_MAX_ACTIVE = 7
    report = report_limits()
    limits = {fact.setting: str(fact.value) for fact in report.facts}
    assert limits["RUN_MAX_ACTIVE"] == "7"
    assert limits["RUN_FIRST_BYTE_TIMEOUT"] == "2 min 0 s"
    assert limits["RUN_QUEUE_LIMIT"] == "24 hours"
    assert limits["RUN_MAX_ANSWER_BYTES"].replace("\xa0", " ") == "64.0 MB"


def test_it_says_that_the_queue_is_away_within_its_time(db):
    started = time.monotonic()
    report = report_queue()
    assert time.monotonic() - started < 4, "by itself the client library tries for six seconds"
    assert report.state == State.DOWN and "What is asked is kept" in report.sentence
    assert facts(report) == {"Runs that wait": "0"}


def test_it_tells_a_living_worker_from_a_gone_one(db, settings):
    beat_for_worker()
    beat_for_beat()
    Heartbeat.objects.create(
        name="old", host="attic", pid=12, started_at=timezone.now(), seen_at=timezone.now() - datetime.timedelta(seconds=300)
    )
    report = report_workers()
    told = facts(report)
    assert report.state == State.FINE
    assert "gone, last seen" in told["attic, process 12"]
    assert [value for name, value in told.items() if "process" in name and "since" in value]
    Heartbeat.objects.exclude(name="beat").update(seen_at=timezone.now() - datetime.timedelta(seconds=300))
    assert report_workers().state == State.DOWN


def test_it_takes_missing_built_in_models_for_no_fault(settings, tmp_path):
    settings.ENGINES_KEY_FILE = tmp_path / "none"
    report = report_builtin()
    assert report.state == State.OFF and "have not been started" in report.sentence


def test_it_names_the_built_in_models_and_says_when_they_are_gone(settings, tmp_path, loopback):
    settings.ENGINES_KEY_FILE = tmp_path / "key"
    settings.ENGINES_KEY_FILE.write_text("sk-of-the-engines")
    settings.ENGINES_URL = loopback.url
    report = report_builtin()
    assert report.state == State.FINE and "steady" in facts(report)["Models"]
    settings.ENGINES_URL = "http://127.0.0.1:9/v1"
    report = report_builtin()
    assert report.state == State.WARN and "cannot be reached" in report.sentence
