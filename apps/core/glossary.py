"""Our words, what the API calls the same thing, and what is meant."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Word:
    ours: Any
    api: Any
    means: Any


WORDS = (
    Word(_("Answer"), _("completion, output"), _("What a model gives back to one message.")),
    Word(
        _("Instructions"), _("system message, developer message"), _("What a model is told before the first message, for the whole chat.")
    ),
    Word(_("Provider"), _("base URL and key"), _("A server that runs models: a company’s, or your own.")),
    Word(_("Model"), "model", _("What writes the answer. Each has its own strengths, price and room.")),
    Word(_("Room"), _("context window"), _("How much text a model can take in at once, question and answer together.")),
    Word(_("Token"), "token", _("The piece of text that models count in. 4 characters are about one token.")),
    Word(_("Thinking effort"), "reasoning_effort", _("How long a model works on a question before it answers.")),
    Word(_("Creativity"), "temperature", _("Low: nearly the same answer each time. High: more surprising, more mistakes.")),
    Word(_("Longest answer"), "max_completion_tokens, max_tokens", _("Where the answer is cut. Thinking counts too.")),
    Word(_("Receipt"), _("request and response"), _("What was sent and received for one answer, with time, tokens and cost.")),
    Word(
        _("Prompt, version, variable"),
        _("template, revision, placeholder"),
        _("A message that is written once and used again, with gaps to fill."),
    ),
    Word(_("Variable"), "{{name}}", _("A part of a message or of the instructions that is asked for when you send.")),
    Word(
        _("Function"),
        _("tool, function calling"),
        _("Something that a model may ask for while it answers. You or an address give the reply."),
    ),
    Word(_("Branch"), _("fork"), _("Another way that a chat goes from one of its answers on. What was said before stays.")),
    Word(_("Word likelihoods"), "logprobs", _("How sure the model was of each of its words.")),
    Word(_("Answer in background"), "background", _("The provider writes it by itself and keeps it, so that it survives a restart here.")),
    Word(_("Plain text"), "completions", _("A model writes on where your text ends, without questions and answers.")),
    Word(_("Test grid, row, check"), _("eval, dataset, grader"), _("Many prompts and models tried on the same examples, and judged.")),
    Word(_("Similarity"), "embeddings", _("How near two texts are in meaning.")),
    Word(_("Safety check"), "moderation", _("Whether a text or picture has something in it that hurts.")),
    Word(_("Transcribe"), _("speech to text"), _("Turn a recording into text.")),
    Word(_("Speech"), _("text to speech"), _("Turn a text into a recording.")),
    Word(_("Batch"), "batch", _("Many requests at once: answers within 24 hours at half price.")),
    Word(_("Fine-tuning"), "fine-tuning", _("Teach a model with examples.")),
    Word(_("Check-up"), _("list models, probe endpoints"), _("Asking a provider what it can do, as cheaply as possible.")),
)
