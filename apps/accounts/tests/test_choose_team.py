"""Which membership a request has, and what that costs."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from apps.accounts.access import may, requires, who_may
from apps.accounts.middleware import CurrentMembership
from apps.accounts.models import Membership, Role, Team, User
from apps.accounts.tests.people import make_member, make_person

pytestmark = pytest.mark.django_db


def request_of(user: Any, team: Team | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    request.session = {"team_id": str(team.pk)} if team else {}  # type: ignore[assignment]
    CurrentMembership(lambda request: HttpResponse())(request)
    return request


def test_it_asks_one_question_at_first_use_and_none_after(django_assert_num_queries: Any) -> None:
    member = make_member()
    with django_assert_num_queries(0):
        request = request_of(User.objects.none().model(pk=member.user_id, email="kim@example.org"))
    with django_assert_num_queries(1):
        assert request.membership.team.name == "Kiln"  # type: ignore[attr-defined]
        assert request.membership.user.email == "kim@example.org"  # type: ignore[attr-defined]
        assert request.membership == member  # type: ignore[attr-defined]


def test_it_takes_the_team_of_the_session() -> None:
    first = make_member()
    second = Membership.objects.create(user=first.user, team=Team.objects.create(name="Loom"), role=Role.VIEWER)
    assert request_of(first.user).membership.team.name == "Kiln"  # type: ignore[attr-defined]
    assert request_of(first.user, second.team).membership.team.name == "Loom"  # type: ignore[attr-defined]


def test_it_never_takes_a_team_of_somebody_else() -> None:
    member = make_member()
    foreign = Team.objects.create(name="Loom")
    assert request_of(member.user, foreign).membership == member  # type: ignore[attr-defined]


@pytest.mark.parametrize("somebody", [AnonymousUser, make_person])
def test_it_is_false_for_people_without_a_team(somebody: Any) -> None:
    request = request_of(somebody())
    assert not request.membership  # type: ignore[attr-defined]
    assert not may(request.membership, Role.VIEWER)  # type: ignore[attr-defined]


def test_it_lets_each_role_do_what_the_lower_ones_may() -> None:
    @requires(Role.EDITOR)
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")

    team = Team.objects.create(name="Kiln")
    for role in (Role.EDITOR, Role.ADMIN, Role.OWNER):
        assert view(request_of(make_member(role, team, f"{role}@example.org").user)).content == b"done"  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        view(request_of(make_member(Role.VIEWER, team, "viewer@example.org").user))


def test_it_names_those_who_can_help(client: Client) -> None:
    team = Team.objects.create(name="Kiln")
    make_member(Role.OWNER, team, "owner@example.org")
    make_member(Role.OWNER, None, "stranger@example.org")
    editor = make_member(Role.EDITOR, team, "editor@example.org")
    client.force_login(editor.user)
    page = client.get("/setup/provider/")
    assert page.status_code == 403
    assert "owner@example.org" in page.content.decode()
    assert "stranger@example.org" not in page.content.decode()
    assert who_may(None, Role.OWNER) == []
