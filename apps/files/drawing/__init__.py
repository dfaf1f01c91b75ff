"""Small pictures of what strangers bring: of a picture, and of the first page of a PDF. No Django, no app.

Readers of both have a long history of holes and of files that keep them busy for ever, so each is read in a process of its own, with
limits of memory and time: process starts it, child and __main__ run in it.
"""

from apps.files.drawing.process import Drawn, Unreadable, draw

__all__ = ["Drawn", "Unreadable", "draw"]
