"""Addresses of pictures: the gallery, one picture, and the three ways to come to another one."""

from django.urls import path

from apps.images import change_views, edit_views, gallery_views, mask_views, picture_views, settings_views, upload_views, views

app_name = "images"
urlpatterns = [
    path("", gallery_views.gallery, name="gallery"),
    path("zip/", gallery_views.download_several, name="zip"),
    path("delete/", gallery_views.delete_several, name="delete_several"),
    path("restore/", gallery_views.restore_several, name="restore_several"),
    path("check/", picture_views.check, name="check"),
    path("choose/", gallery_views.choose, name="choose"),
    path("upload/", upload_views.upload, name="upload"),
    path("new/", views.new, name="new"),
    path("settings/<slug:page>/", settings_views.settings, name="settings"),
    path("request/<slug:page>/", settings_views.show_request, name="request"),
    path("masks/<uuid:mask_id>/file/", mask_views.file, name="mask_file"),
    path("masks/<uuid:mask_id>/delete/", mask_views.delete, name="mask_delete"),
    path("<uuid:picture_id>/", picture_views.picture, name="picture"),
    path("<uuid:picture_id>/file/", picture_views.file, name="file"),
    path("<uuid:picture_id>/thumbnail/", picture_views.thumbnail, name="thumbnail"),
    path("<uuid:picture_id>/description/", picture_views.description, name="description"),
    path("<uuid:picture_id>/changes/", change_views.changes, name="changes"),
    path("<uuid:picture_id>/ask/", picture_views.ask, name="ask"),
    path("<uuid:picture_id>/rename/", picture_views.rename, name="rename"),
    path("<uuid:picture_id>/edit/", edit_views.edit, name="edit"),
    path("<uuid:picture_id>/mask/", mask_views.take, name="mask"),
    path("<uuid:picture_id>/variations/", edit_views.variations, name="variations"),
]
