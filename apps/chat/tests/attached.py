"""Files as people bring them, and attachments as they are kept."""

import io
import struct
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(width: int = 60, height: int = 40, colour: str = "red", kind: str = "PNG", **options: Any) -> bytes:
    page = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(page, kind, **options)
    return page.getvalue()


def photo_with_place() -> bytes:
    """Lies on its side, and says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return picture(4000, 1000, kind="JPEG", exif=exif)


def pdf(*pages: str) -> bytes:
    """Each page with a line of text; an empty one has none."""
    count = len(pages)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, text in enumerate(pages):
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] {resources} /Contents {5 + 2 * number} 0 R >>".encode())
        drawn = f"BT /F1 18 Tf 20 100 Td ({text}) Tj ET".encode() if text else b""
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return body + head + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))


def wav(seconds: float = 1.0, rate: int = 8000) -> bytes:
    data = b"\0\1" * int(seconds * rate)
    head = b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    return head + b"data" + struct.pack("<I", len(data)) + data


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


def make_attachment(conversation: Any, question: Any, person: Any, *, name: str = "pot.png", **fields: Any) -> Any:
    from apps.chat.models import Attachment  # the others serve programs without a database too

    body = picture()
    facts = {"kind": "picture", "content_type": "image/png", "size": len(body), "digest": "d" * 64, "details": {"width": 60, "height": 40}}
    row = Attachment(team=conversation.team, conversation=conversation, turn=question, person=person, name=name, **{**facts, **fields})
    row.file.save("file", ContentFile(body), save=False)
    row.thumbnail.save("small", ContentFile(picture(kind="WEBP")), save=False)
    row.save(force_insert=True)
    return row
