"""The file that ChatGPT's "Export data" gives, read conversation by conversation.

    with opened(source) as archive:
        for entry in archive.entries(): ...

`source` is a binary file that can seek: the ZIP file as it was downloaded, or a `conversations.json` out of it. Each entry is a `Talk` or a
`Bad` one. Memory does not grow with the file. Nothing here knows Django or who asks; the file comes from a stranger and never makes it fail
with anything but `Unreadable`.
"""

from apps.chat.chatgpt.archive import Archive, opened
from apps.chat.chatgpt.values import Bad, Marks, Reason, Said, Talk, Unreadable

__all__ = ["Archive", "Bad", "Marks", "Reason", "Said", "Talk", "Unreadable", "opened"]
