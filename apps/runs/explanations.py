"""What happened to a run that did not simply succeed: what happened, what it means for you, one act."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core.templatetags.core import count, duration
from apps.runs import registry
from apps.runs.acts import Act, may_repeat, patient_acts, repeat_acts, reword_acts, ways_on
from apps.runs.failures import failure_words
from apps.runs.models import Run, Status
from apps.runs.operations import Operation


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened. `level` is bad, warn or info."""

    level: str
    title: str
    text: str = ""
    acts: tuple[Act, ...] = ()


def explain(run: Run) -> Explanation | None:
    """What a person must know about a run that did not simply succeed; None if all is well."""
    if run.erased_at is not None and not run.text and not has_brought(run):
        return Explanation("info", _("Not kept."), _("What was asked and answered has been erased. The numbers stay."))
    explain_end = ENDS.get(run.status)
    return explain_end(run) if explain_end else None


def has_brought(run: Run) -> bool:
    """Whether a run without text brought something else."""
    operation = registry.find(run.operation)
    return operation is not None and operation.has_brought(run)


def _explain_reason(run: Run) -> Explanation | None:
    """A whole answer with a reason to look at."""
    if run.finish_reason == "length":
        limit = run.params.get("max_completion_tokens")
        limited = (
            _("Stopped at the length limit of %(n)s tokens.") % {"n": count(limit)}
            if limit
            else _("Stopped at the length limit of the model.")
        )
        ways = ways_on(run)
        acts = tuple(Act(str(label), ways[name], posts=True) for name, label in LIMITED.items() if name in ways)
        return Explanation("warn", limited, "" if acts else _("Raise “Longest answer” and try again."), acts)
    if run.finish_reason in {"content_filter", "refusal"}:
        return _explain_refusal(run)
    if not run.text and run.finish_reason not in {"tool_calls", "function_call"} and not has_brought(run):
        return Explanation("info", _("The model answered with nothing."), _("Try again, or change the wording."))
    return None


def _explain_refusal(run: Run) -> Explanation:
    """Text that came before the provider's filter stopped it is kept; what a model says in refusing is its answer."""
    is_cut = run.finish_reason == "content_filter" and (run.text or has_brought(run))
    declined = str((registry.find(run.operation) or Operation).declined)
    acts = reword_acts(run)
    title = _("The model declined to go on with this.") if is_cut else declined
    return Explanation("warn", title, "" if acts else _("Change the wording and try again."), acts)


def _explain_stop(run: Run) -> Explanation:
    if run.sent_at is None:
        return Explanation("info", _("Stopped before it was sent."), _("Nothing was charged."))
    if not run.text:
        if has_brought(run):
            return Explanation("info", _("Stopped in the middle."), _("What came so far is kept."))
        return Explanation("info", str((registry.find(run.operation) or Operation).stopped_early))
    words = len(run.text.split())
    return Explanation(
        "info",
        ngettext("Stopped after %(n)s word.", "Stopped after %(n)s words.", words) % {"n": count(words)},
        _("The text so far is kept."),
        _continue_acts(run, and_again=True),
    )


def _explain_interruption(run: Run) -> Explanation:
    return Explanation("warn", _interruption(run), _kept(run), (*_continue_acts(run), *_repeat_acts(run)))


def _explain_unknown(run: Run) -> Explanation:
    if not may_repeat(run):
        return Explanation("warn", _no_answer(run), _("The request was sent, and no answer is kept. Whether it was done is not known."))
    text = _("The request was sent, and no answer is kept. It may have been charged. Sending it again may be charged again.")
    if not (registry.find(run.operation) or Operation).is_billed:
        text = _("The request was sent, and no answer is kept. Nothing was charged.")
    again = patient_acts(run) if run.error_kind in TIMEOUTS else _repeat_acts(run)
    return Explanation("warn", _no_answer(run), text, (*_continue_acts(run), *again))


def _explain_failure(run: Run) -> Explanation:
    title, text, acts = failure_words(run)
    return Explanation("bad", title, text, (*_room_acts(run), *_continue_acts(run), *acts))


TIMEOUTS: Final = frozenset({"timeout_first_byte", "timeout_silence", "timeout_total"})
LIMITED: Final = {"longer": gettext_lazy("Raise it and try again"), "continue": gettext_lazy("Continue")}
ENDS: Final[dict[str, Callable[[Run], Explanation | None]]] = {
    Status.COMPLETED: _explain_reason,
    Status.CANCELLED: _explain_stop,
    Status.INTERRUPTED: _explain_interruption,
    Status.UNKNOWN: _explain_unknown,
    Status.FAILED: _explain_failure,
}


def _interruption(run: Run) -> str:
    words = len(run.text.split())
    if run.error_kind == "policy":
        return str((registry.find(run.operation) or Operation).declined)
    if not words or run.error_kind in {"no_room", "not_stored"}:
        return _wordless_interruption(run.error_kind)
    sentences = {
        "worker_gone": ngettext("This server stopped after %(n)s word.", "This server stopped after %(n)s words.", words),
        "revoked": ngettext(
            "It was ended after %(n)s word, because the account or the provider was switched off.",
            "It was ended after %(n)s words, because the account or the provider was switched off.",
            words,
        ),
        "shutdown": ngettext("This server was restarted after %(n)s word.", "This server was restarted after %(n)s words.", words),
        "timeout_silence": ngettext("The model fell silent after %(n)s word.", "The model fell silent after %(n)s words.", words),
        "timeout_total": ngettext(
            "The answer took too long and was ended after %(n)s word.", "The answer took too long and was ended after %(n)s words.", words
        ),
        "answer_too_big": ngettext(
            "The answer grew too large and was ended after %(n)s word.", "The answer grew too large and was ended after %(n)s words.", words
        ),
        "stream_error": ngettext("The model failed after %(n)s word.", "The model failed after %(n)s words.", words),
    }
    broken = ngettext("The connection broke after %(n)s word.", "The connection broke after %(n)s words.", words)
    return sentences.get(run.error_kind, broken) % {"n": count(words)}


def _wordless_interruption(kind: str) -> str:
    """Where nothing came that is counted in words: thoughts alone, or pictures."""
    sentences = {
        "worker_gone": _("This server stopped in the middle."),
        "revoked": _("It was ended, because the account or the provider was switched off."),
        "no_room": _("There is no room for the result on this server. Ask who runs it to make some."),
        "not_stored": _("This server could not store the result. Its log says why."),
        "shutdown": _("This server was restarted in the middle."),
        "timeout_silence": _("The model fell silent in the middle."),
        "timeout_total": _("The answer took too long and was ended."),
        "answer_too_big": _("The answer grew too large and was ended."),
        "stream_error": _("The model failed in the middle."),
    }
    return sentences.get(kind, _("The connection broke in the middle."))


def _kept(run: Run) -> str:
    told = str(run.error.get("details", {}).get("message", "")) if run.error_kind == "stream_error" else ""
    if run.text or run.thinking:
        kept = _("The text so far is saved. Starting again may be charged again.")
    else:
        kept = _("What came so far is kept. Starting again may be charged again.")
    return f"{told} {kept}".strip()


def _no_answer(run: Run) -> str:
    names = {"provider": run.provider_label}
    if run.error_kind in TIMEOUTS:
        seconds = run.error.get("details", {}).get("seconds")
        return _("No answer in %(time)s.") % {"time": duration(seconds)} if seconds else _("No answer came in time.")
    if run.error_kind in {"worker_gone", "shutdown"}:
        return _("This server stopped before the answer was kept.")
    if run.error_kind == "revoked":
        return _wordless_interruption(run.error_kind)
    return _("%(provider)s closed the connection without an answer.") % names


def _continue_acts(run: Run, *, and_again: bool = False) -> tuple[Act, ...]:
    """To go on from what came; `and_again`: and beside it to begin anew."""
    url = ways_on(run).get("continue")
    return (Act(_("Continue"), url, posts=True), *(_repeat_acts(run) if and_again else ())) if url else ()


def _room_acts(run: Run) -> tuple[Act, ...]:
    ways = ways_on(run) if run.error_kind == "too_long" else {}
    acts = []
    if "shorter" in ways:
        acts.append(Act(_("Shorten the chat"), ways["shorter"], posts=True))
    if "more_room" in ways:
        acts.append(Act(_("Choose a model with more room"), ways["more_room"]))
    return tuple(acts)


def _repeat_acts(run: Run) -> tuple[Act, ...]:
    return repeat_acts(run, _("Start again"))
