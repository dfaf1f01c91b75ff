"""Addresses of Files: the list, a file, what is brought, sent and checked."""

from django.urls import path

from apps.files import act_views, bring_views, edit_views, look_views, remote_views, starter_views, sync_views, table_views, views

app_name = "files"
urlpatterns = [
    path("", views.listed, name="list"),
    path("totals/", views.totals, name="totals"),
    path("begin/", bring_views.begin, name="begin"),
    path("upload/", bring_views.upload, name="upload"),
    path("start/", starter_views.start, name="start"),
    path("zip/", act_views.download_several, name="zip"),
    path("delete/", act_views.delete, name="delete"),
    path("restore/", act_views.restore, name="restore"),
    path("<uuid:file_id>/", views.file, name="file"),
    path("<uuid:file_id>/row/", views.row, name="row"),
    path("<uuid:file_id>/pieces/<int:number>/", bring_views.piece, name="piece"),
    path("<uuid:file_id>/finish/", bring_views.end, name="finish"),
    path("<uuid:file_id>/cancel/", bring_views.cancel, name="cancel"),
    path("<uuid:file_id>/content/", act_views.content, name="content"),
    path("<uuid:file_id>/thumbnail/", act_views.thumbnail, name="thumbnail"),
    path("<uuid:file_id>/rename/", act_views.rename, name="rename"),
    path("<uuid:file_id>/preview/", look_views.preview, name="preview"),
    path("<uuid:file_id>/check/", look_views.check, name="check"),
    path("<uuid:file_id>/problems.csv", look_views.problems, name="problems"),
    path("<uuid:file_id>/fix/", look_views.fix, name="fix"),
    path("<uuid:file_id>/undo/", look_views.undo, name="undo_made"),
    path("<uuid:file_id>/edit/", edit_views.edit, name="edit"),
    path("<uuid:file_id>/as-examples/", table_views.as_examples, name="as_examples"),
    path("sync/", sync_views.sync, name="sync"),
    path("<uuid:file_id>/remote/", remote_views.remote, name="remote"),
    path("<uuid:file_id>/request/", remote_views.show_request, name="request"),
    path("<uuid:file_id>/send/", remote_views.send, name="send"),
    path("<uuid:file_id>/fetch/", remote_views.fetch, name="fetch"),
    path("<uuid:file_id>/stop/", remote_views.stop, name="stop"),
    path("<uuid:file_id>/again/", remote_views.again, name="again"),
    path("<uuid:file_id>/expiry/", remote_views.expiry, name="expiry"),
    path("<uuid:file_id>/remove/", remote_views.remove, name="remove"),
]
