"""Static files that live in installed packages."""

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from apps.core.finders import PackageFileFinder


def test_it_finds_the_font_under_our_own_name() -> None:
    path = finders.find("vendor/inter.ttf")
    assert path is not None
    with open(path, "rb") as font:  # noqa: PTH123  # the finder gives a plain path
        assert font.read(4) == b"\x00\x01\x00\x00"


def test_it_lists_the_font_for_collecting() -> None:
    listed = dict(PackageFileFinder().list([]))
    assert listed["vendor/inter.ttf"].size("vendor/inter.ttf") > 100_000
    assert staticfiles_storage.url("vendor/inter.ttf") == "/static/vendor/inter.ttf"


def test_it_answers_nothing_for_other_names() -> None:
    assert PackageFileFinder().find("vendor/other.ttf") == []
    assert PackageFileFinder().find("../../etc/passwd", find_all=True) == []
    assert PackageFileFinder().check() == []
