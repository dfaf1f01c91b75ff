"""Addresses below one transcript that is read, corrected and exported."""

from typing import Final

from django.urls import URLPattern, path, register_converter

from apps.transcription import edit_views, export_views, transcript_views
from apps.transcription.files_out import TYPES


class Kind:
    """An ending of a file that we write."""

    regex = "|".join(TYPES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Kind, "transcript_kind")
ID: Final = "<uuid:transcript_id>"
SEGMENT: Final = f"{ID}/segments/<uuid:segment_id>"
transcript_paths: list[URLPattern] = [
    path(f"{ID}/", transcript_views.transcript, name="transcript"),
    path(f"{ID}/rename/", transcript_views.rename, name="rename"),
    path(f"{ID}/delete/", transcript_views.delete, name="delete"),
    path(f"{ID}/restore/", transcript_views.restore, name="restore"),
    path(f"{SEGMENT}/", edit_views.segment, name="segment"),
    path(f"{SEGMENT}/split/", edit_views.split, name="split"),
    path(f"{SEGMENT}/join/", edit_views.join, name="join"),
    path(f"{SEGMENT}/original/", edit_views.original, name="original"),
    path(f"{SEGMENT}/speaker/", edit_views.speaker, name="speaker"),
    path(f"{ID}/speakers/", edit_views.speakers, name="speakers"),
    path(f"{ID}/undo/", edit_views.undo, name="undo"),
    path(f"{ID}/redo/", edit_views.redo, name="redo"),
    path(f"{ID}/preview/", export_views.preview, name="preview"),
    path(f"{ID}/export/", export_views.choose, name="choose_export"),
    path(f"{ID}/export.<transcript_kind:kind>", export_views.export, name="export"),
]
