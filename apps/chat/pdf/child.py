"""What runs in the child (`apps.core.aside_child`).

{"path": …, "most_pages": 500, "most_characters": 400000}      {"pages": 3, "texts": ["…", …]}
"""

import pathlib

from apps.core.aside_child import Answer, Job, Unreadable


def read(job: Job) -> Answer:
    """The text of the first pages. The page with which it becomes too much is cut, and none after it is read."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pathlib.Path(job["path"]))
    except pypdfium2.PdfiumError as error:
        raise Unreadable("locked" if "password" in str(error).lower() else "damaged") from None
    pages, left = len(document), int(job["most_characters"])
    if not pages:
        raise Unreadable("damaged")
    texts: list[str] = []
    for number in range(min(pages, int(job["most_pages"]))):
        if left <= 0:
            break
        texts.append(_text_of(document, number)[:left])
        left -= len(texts[-1])
    return {"pages": pages, "texts": texts}


def _text_of(document: object, number: int) -> str:
    page = document[number]  # type: ignore[index]
    try:
        words = page.get_textpage()
        try:
            return str(words.get_text_bounded()).replace("\r\n", "\n").replace("\r", "\n").strip()
        finally:
            words.close()
    finally:
        page.close()
