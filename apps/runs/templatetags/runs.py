"""Runs in templates: `{% load runs %}`."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from apps.accounts.models import Team
from apps.runs import acts, explanations, markdown, registry, words
from apps.runs.besides import calls_line
from apps.runs.explanations import Explanation
from apps.runs.keepers import Brought, brought_by
from apps.runs.live.feed import Feed
from apps.runs.models import Run
from apps.runs.operations import Operation
from apps.runs.services import fresh_key

register = template.Library()
register.simple_tag(fresh_key)
register.filter(calls_line)


@register.filter(name="markdown")
def markdown_filter(text: str) -> SafeString:
    """Safe HTML of an answer. The sanitiser's output is the only HTML of a model that a page holds."""
    return mark_safe(markdown.render(text))  # noqa: S308 -- sanitised by an allowlist


@register.filter
def explanation(run: Run) -> Explanation | None:
    return explanations.explain(run)


@register.filter
def again_url(run: Run) -> str:
    return acts.again_url(run)


@register.filter
def operation(run: Run) -> Operation | None:
    """The run's operation, or None when no installed app brings it any more."""
    return registry.find(run.operation)


@register.filter
def place(run: Run) -> words.Place | None:
    """The page that the run belongs to, if any."""
    return words.place_of(run)


@register.filter
def is_kept(run: Run, team: Team) -> bool:
    """Whether History may show its words to this team."""
    return words.is_kept(run, team)


@register.filter
def result_template(run: Run) -> str:
    """The fragment that shows what came; text where the operation's app is gone."""
    return (registry.find(run.operation) or Operation).result_template


@register.filter
def text_before(run: Run) -> str:
    """The text that it goes on from, where it continues one that broke off."""
    found = registry.find(run.operation)
    return found.text_before(run) if found else ""


@register.filter
def whole_text(run: Run) -> str:
    """Its text with what it goes on from."""
    found = registry.find(run.operation)
    return found.whole_text(run) if found else run.text


@register.filter
def brought(run: Run) -> Brought:
    """The pictures that came with an answer, as they are shown where they are kept."""
    return brought_by(run)


@register.filter
def has_brought(run: Run) -> bool:
    """Whether an answer without text brought something else, even if that was deleted since."""
    return explanations.has_brought(run)


@register.filter
def card_template(run: Run) -> str:
    """The card of a run that has ended."""
    return (registry.find(run.operation) or Operation).card_template


@register.filter
def active_template(run: Run) -> str:
    """The card of a run that goes on."""
    return (registry.find(run.operation) or Operation).active_template


@register.filter
def ready_sentence(run: Run) -> str:
    """What a screen reader is told when the result is there."""
    found = registry.find(run.operation)
    return found.ready(run) if found else ""


@register.filter
def state_line(run: Run) -> SafeString:
    """What a running run is doing, as the live view writes it."""
    return mark_safe(words.state_line(run)(len(run.text.split()), len(run.thinking)))  # noqa: S308 -- made by format_html


@register.filter
def so_far(run: Run) -> SafeString:
    """The text of a running run with the places where the live view adds to it."""
    return mark_safe(Feed(str(run.pk), lambda: 0.0, words.state_line(run), words.renderer_of(run)).body(run.text))  # noqa: S308 -- sanitised


@register.filter
def thought_for(run: Run) -> float | None:
    """Seconds that the model thought before it answered."""
    found = registry.find(run.operation)
    return found.thought_for(run) if found else None


@register.filter
def word_count(text: str) -> int:
    return len(text.split())


@register.filter
def seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


@register.simple_tag
def whose_key(run: Run, viewer: Any) -> str:
    """Whose key the call went with, in words for this viewer."""
    return words.whose_key(run, viewer)
