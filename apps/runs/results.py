"""What becomes of what a call brought: made ready beside the calls, and stored; or why not, in words.

What came is paid for. So nothing that goes wrong here asks for it again, and each way to lose it has a sentence of its own.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.db import DatabaseError, InterfaceError

from apps.runs import files, supplies
from apps.runs.background import Closing, in_background
from apps.runs.models import Run, RunFile, Status
from apps.runs.operations import BadAnswer, InputFile, Operation, Params, Result
from apps.runs.outcomes import Outcome
from apps.runs.room import NotKept
from apps.runs.wire import Ended
from gateway import Lost

log = logging.getLogger(__name__)


def made_ready(operation: Operation, params: Params, inputs: Sequence[InputFile], ended: Ended) -> Ended:
    """The end with what is to be kept of its files, or with the reason why nothing of them is."""
    if not ended.result.files:
        return ended
    try:
        files.put_down(ended.result)
        # What broke off has next to nothing to look at, and a person or the end of this process waits for it.
        is_quick = bool(ended.cancelled or ended.error)
        result = in_background(lambda: operation.refine(ended.result, params, inputs), is_quick=is_quick)
        return replace(ended, result=result)
    except Closing:
        return replace(ended, result=_without_files(ended.result), cancelled=ended.cancelled or ("" if ended.error else "shutdown"))
    except BadAnswer as error:
        return _lost(ended, Lost("bad_answer", str(error)))
    except Exception as error:
        log.exception("What came for run %s could not be made ready", ended.run_id)
        is_ours = isinstance(error, OSError) and error.errno is not None
        return _lost(ended, NotKept(error) if is_ours else Lost("bad_answer", "What came could not be read."))


def _lost(ended: Ended, why: Lost) -> Ended:
    return replace(ended, result=_without_files(ended.result), error=ended.error or why)


def _without_files(result: Result) -> Result:
    return replace(result, files=())


def stored(run: Run, ended: Ended, outcome: Outcome) -> Outcome:
    """The outcome once the files are in the storage: before the row says so, so that a run that is done has them.

    What could not be stored is said, and what came beside it is kept.
    """
    try:
        files.keep_outputs(run, ended.result.files)
    except files.NotHeld:  # the row does not take the end of this worker either
        return outcome
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:
        log.exception("The files of run %s could not be stored", run.pk)
        return _not_stored(run, ended, outcome, NotKept(error))
    return outcome


def _not_stored(run: Run, ended: Ended, outcome: Outcome, why: NotKept) -> Outcome:
    fields = {**outcome.fields, "error_kind": why.kind, "error": why.as_dict()}
    if outcome.status == Status.CANCELLED:
        return Outcome(outcome.status, fields)
    if outcome.status == Status.COMPLETED and supplies.of(run) is not None:
        return Outcome(Status.FAILED, fields)  # of a file that another app keeps there is all or nothing
    is_something = ended.result.text or ended.result.thinking or run.files.filter(role=RunFile.Role.OUTPUT).exists()
    return Outcome(Status.INTERRUPTED if is_something else Status.FAILED, fields)
