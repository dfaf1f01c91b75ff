"""What a file is for at a provider: the words of the API, in words of people, with what each of them takes."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

MEGABYTE: Final = 1024 * 1024
MOST: Final = 8 * 1024 * MEGABYTE  # what a provider takes in parts
JSONL: Final = (".jsonl",)
DOCUMENTS: Final = (
    ".c", ".cpp", ".cs", ".css", ".doc", ".docx", ".go", ".html", ".java", ".js", ".json", ".md", ".pdf", ".php", ".pptx", ".py", ".rb",
    ".sh", ".tex", ".ts", ".txt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purpose:
    """`word`: the API's. `endings`: of names that it takes, none for any. `check`: how its lines are looked at (`File.check_method`)."""

    word: str
    title: Any
    text: Any
    endings: tuple[str, ...] = ()
    most: int = MOST
    check: str = ""
    is_offered: bool = True  # a person may bring one; else only the provider makes them
    is_fetchable: bool = True  # OpenAI and the built-in provider give its content back


ALL: Final = (
    Purpose("user_data", _("Reading in chat"), _("A file that a model reads with a question."), is_fetchable=False),
    Purpose("batch", _("Batch input"), _("Requests that are answered within a day, for half the price."), JSONL, 200 * MEGABYTE, "batch"),
    Purpose("fine-tune", _("Fine-tuning"), _("Examples that a model is trained on."), JSONL, check="chat"),
    Purpose(
        "vision",
        _("Pictures to look at"),
        _("Pictures that a model looks at."),
        (".png", ".jpg", ".jpeg", ".webp", ".gif"),
        512 * MEGABYTE,
    ),
    Purpose(
        "assistants", _("Documents to search"), _("Documents for a vector store or the code interpreter."), DOCUMENTS, is_fetchable=False
    ),
    Purpose("evals", _("Test rows"), _("Rows of an evaluation."), JSONL, check="evals"),
    Purpose("batch_output", _("Batch output"), _("Answers of a batch."), is_offered=False),
    Purpose("fine-tune-results", _("Training results"), _("Numbers of a fine-tuning job."), is_offered=False),
    Purpose("assistants_output", _("Made by the code interpreter"), _("What the code interpreter made."), is_offered=False),
)
BY_WORD: Final = {purpose.word: purpose for purpose in ALL}
OFFERED: Final = tuple(purpose for purpose in ALL if purpose.is_offered)


def title_of(word: str) -> str:
    """In words; the API's own word where a provider has one that is not known here."""
    return str(BY_WORD[word].title) if word in BY_WORD else word


def words_of(word: str) -> str:
    """`Batch input: Requests that are answered within a day, for half the price.` Empty for what is not known here."""
    purpose = BY_WORD.get(word)
    return f"{purpose.title}: {purpose.text}" if purpose else ""
