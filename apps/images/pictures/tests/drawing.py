"""Files that tests upload, drawn and packed here: no picture lies in the repository."""

import io
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from PIL import Image, ImageChops, ImageCms, ImageDraw

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
ORIENTATION = 0x0112


def picture(size: tuple[int, int] = (61, 43), mode: str = "RGB", seed: int = 1) -> Image.Image:
    """Something of every brightness, different in each corner, with a little noise. RGBA has a hole and a soft edge."""
    width, height = size
    grain = Image.frombytes("L", size, noise_bytes(width * height, seed)).point([value // 16 for value in range(256)])
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    mixed = ImageChops.add(Image.blend(across, down.rotate(180), 0.5), grain)
    image = Image.merge("RGB", (across, ImageChops.subtract(down, grain), mixed))
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill=(200, 30, 60))
    if mode == "RGBA":
        alpha = Image.radial_gradient("L").resize(size).point([min(255, value * 2) for value in range(256)])
        image.putalpha(alpha)
    elif mode != "RGB":
        image = image.convert(mode)
    return image


def noise_bytes(count: int, seed: int = 1) -> bytes:
    """The same for the same seed, on every machine."""
    state, out = seed * 2_654_435_761 % 2**32 or 1, bytearray()
    for _ in range(count):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        out.append(state >> 24)
    return bytes(out)


def blob(size: tuple[int, int], soft: bool = False) -> Image.Image:
    """A coverage: an ellipse a little off the middle."""
    coverage = Image.new("L", size, 0)
    width, height = size
    ImageDraw.Draw(coverage).ellipse((width // 5, height // 4, width * 3 // 4, height * 4 // 5), fill=255)
    if soft:
        coverage = coverage.resize((max(1, width // 6), max(1, height // 6)), Image.Resampling.BOX).resize(size, Image.Resampling.BILINEAR)
    return coverage


def file_of(image: Image.Image, kind: str = "PNG", **settings: Any) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **settings)
    file.seek(0)
    return file


def turned_file(image: Image.Image, kind: str, orientation: int, **settings: Any) -> io.BytesIO:
    """`image` as it lies in the file, with EXIF that says how to hold it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return file_of(image, kind, exif=exif, **settings)


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(size: tuple[int, int], depth: int, colour: int, rows: Iterable[bytes], *chunks: bytes, interlaced: bool = False) -> io.BytesIO:
    """A PNG of exactly these samples. `rows` have no filter byte; `chunks` stand before the pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, int(interlaced)))
    data = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return io.BytesIO(PNG_MAGIC + head + b"".join(chunks) + data + chunk(b"IEND"))


def interlaced_png(image: Image.Image) -> io.BytesIO:
    """As Adam7, which Pillow reads and does not write. Modes L, LA, RGB, RGBA."""
    colour = {"L": 0, "RGB": 2, "LA": 4, "RGBA": 6}[image.mode]
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    rows = []
    for left, top, across, down in passes:
        for y in range(top, image.height, down):
            row = b"".join(image.crop((x, y, x + 1, y + 1)).tobytes() for x in range(left, image.width, across))
            rows += [row] if row else []
    return png(image.size, 8, colour, rows, interlaced=True)


def with_chunks(file: io.BytesIO, *chunks: bytes) -> io.BytesIO:
    """A PNG with more chunks behind its first."""
    body = file.getvalue()
    return io.BytesIO(body[:33] + b"".join(chunks) + body[33:])


def with_segments(file: io.BytesIO, *segments: tuple[int, bytes]) -> io.BytesIO:
    """A JPEG with more segments at its beginning, before all others."""
    packed = b"".join(bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data for marker, data in segments)
    body = file.getvalue()
    return io.BytesIO(body[:2] + packed + body[2:])


def swapped_profile() -> bytes:
    """An ICC profile in which red means blue."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    names = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}
    for at in range(132, 132 + 12 * count, 12):
        name = bytes(profile[at : at + 4])
        profile[at : at + 4] = names.get(name, name)
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "odd ".encode("utf-16-be")).replace(b"sRGB ", b"odd  ")


def grey_profile(gamma: float) -> bytes:
    """The smallest ICC profile for grey."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061)
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"grey\0" + b"\0" * 78
    tags, data, at = b"", b"", 128 + 4 + 3 * 12
    for name, content in ((b"kTRC", curve), (b"wtpt", white), (b"desc", text)):
        content += b"\0" * (-len(content) % 4)
        tags += name + struct.pack(">II", at, len(content))
        data, at = data + content, at + len(content)
    head = struct.pack(">I4sI4s4s4s", at, b"lcms", 0x02100000, b"mntr", b"GRAY", b"XYZ ") + struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    head += b"acsp" + b"\0" * 28 + struct.pack(">iii", 63190, 65536, 54061) + b"\0" * 48
    return head + struct.pack(">I", 3) + tags + data


def frames(count: int = 3, size: tuple[int, int] = (40, 30)) -> list[Image.Image]:
    return [picture(size, seed=seed) for seed in range(1, count + 1)]


def animated(kind: str, count: int = 3) -> io.BytesIO:
    first, *others = frames(count)
    settings: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    return file_of(first, kind, save_all=True, append_images=others, duration=100, **settings)


MODES: dict[str, Callable[[], io.BytesIO]] = {
    "1 bit": lambda: file_of(picture(mode="1")),
    "grey": lambda: file_of(picture(mode="L")),
    "grey with alpha": lambda: file_of(picture(mode="RGBA").convert("LA")),
    "grey with a clear shade": lambda: file_of(picture(mode="L"), transparency=84),
    "palette": lambda: file_of(picture().quantize(64)),
    "palette with a clear colour": lambda: file_of(picture().quantize(16), transparency=3),
    "palette with alphas": lambda: file_of(picture().quantize(16), transparency=bytes(range(0, 256, 16))),
    "RGB": lambda: file_of(picture()),
    "RGB with a clear colour": lambda: file_of(picture(), transparency=(200, 30, 60)),
    "RGBA": lambda: file_of(picture(mode="RGBA")),
    "16-bit grey": lambda: png((61, 43), 16, 0, [noise_bytes(122, row + 1) for row in range(43)]),
    "16-bit RGB": lambda: png((61, 43), 16, 2, [noise_bytes(366, row + 1) for row in range(43)]),
    "16-bit RGBA": lambda: png((61, 43), 16, 6, [noise_bytes(488, row + 1) for row in range(43)]),
    "interlaced": lambda: interlaced_png(picture(mode="RGBA")),
    "JPEG": lambda: file_of(picture(), "JPEG", quality=90),
    "progressive JPEG": lambda: file_of(picture(), "JPEG", progressive=True),
    "grey JPEG": lambda: file_of(picture(mode="L"), "JPEG"),
    "CMYK JPEG": lambda: file_of(picture(mode="CMYK"), "JPEG"),
    "lossy WebP": lambda: file_of(picture(), "WEBP"),
    "lossless WebP with alpha": lambda: file_of(picture(mode="RGBA"), "WEBP", lossless=True, exact=True),
    "GIF": lambda: file_of(picture(), "GIF"),
    "BMP": lambda: file_of(picture(), "BMP"),
    "animated GIF": lambda: animated("GIF"),
    "animated PNG": lambda: animated("PNG"),
    "animated WebP": lambda: animated("WEBP"),
} | {f"JPEG turned {way}": (lambda way=way: turned_file(picture(), "JPEG", way, quality=95)) for way in range(2, 9)}
