"""Addresses of teams, people, invitations and the audit. Part of the namespace `accounts`."""

from django.urls import path

from apps.accounts import audit_views, invitation_views, people_views, team_views

urlpatterns = [
    path("settings/people/", people_views.people, name="people"),
    path("settings/people/invite/", people_views.invite, name="invite"),
    path("settings/people/invitations/<uuid:pk>/revoke/", people_views.revoke_invitation, name="revoke_invitation"),
    path("settings/people/<uuid:pk>/role/", people_views.change_role, name="change_role"),
    path("settings/people/<uuid:pk>/lock-out/", people_views.lock_out, name="lock_out"),
    path("settings/people/<uuid:pk>/let-in/", people_views.let_in, name="let_in"),
    path("settings/people/<uuid:pk>/remove/", people_views.remove, name="remove_member"),
    path("settings/team/", team_views.team, name="team"),
    path("settings/team/switch/", team_views.switch, name="switch"),
    path("settings/team/new/", team_views.new_team, name="new_team"),
    path("settings/team/leave/", team_views.leave, name="leave_team"),
    path("settings/team/give/", team_views.give, name="give_team"),
    path("settings/team/delete/", team_views.delete, name="delete_team"),
    path("settings/audit/", audit_views.audit, name="audit"),
    path("settings/audit/export/", audit_views.export, name="export_audit"),
    path("invite/", invitation_views.invitation, name="invitation"),
    path("invite/<str:token>/", invitation_views.open_invitation, name="open_invitation"),
]
