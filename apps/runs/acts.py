"""What a person can do about a call that did not succeed: a link or a button under the sentence, for each cause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.providers.connections import KEY_OF, PERSONS
from apps.runs import registry
from apps.runs.models import Run


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: a link, or (with `posts`) a button."""

    label: str
    url: str
    posts: bool = False


def ways_on(run: Run) -> Mapping[str, str]:
    """Where it can be gone on from, by what that does (`Operation.ways_on`)."""
    operation = registry.find(run.operation)
    return operation.ways_on(run) if operation else {}


def may_repeat(run: Run) -> bool:
    operation = registry.find(run.operation)
    return operation is not None and operation.may_repeat


def again_url(run: Run) -> str:
    """Where a POST repeats this run: its own page's address, or History's."""
    return registry.get(run.operation).again_url(run)


def repeat_acts(run: Run, label: str) -> tuple[Act, ...]:
    return (Act(label, again_url(run), posts=True),) if may_repeat(run) else ()


def patient_acts(run: Run) -> tuple[Act, ...]:
    """After a time-out: once more, and once more with more patience where there is more to be had."""
    url = ways_on(run).get("patient")
    return (*repeat_acts(run, _("Try again")), *((Act(_("Wait longer"), url, posts=True),) if url else ()))


def reword_acts(run: Run) -> tuple[Act, ...]:
    url = ways_on(run).get("wording")
    return (Act(_("Change the wording"), url),) if url else ()


def _model_act(label: Any) -> "Making":
    def make(run: Run) -> tuple[Act, ...]:
        url = ways_on(run).get("model")
        return (Act(str(label), url),) if url else ()

    return make


def _key_acts(run: Run) -> tuple[Act, ...]:
    is_own = (run.request or {}).get(KEY_OF) == PERSONS
    url = reverse("providers:own_key", args=[run.provider_id]) if is_own else _card_of(run)
    return (Act(_("Check the key"), url),)


def _provider_act(label: Any) -> "Making":
    return lambda run: (Act(str(label), _card_of(run)),)


def _help_act(label: Any, place: str) -> "Making":
    return lambda _run: (Act(str(label), f"{reverse('help_failures')}#{place}"),)


def _models_acts(run: Run) -> tuple[Act, ...]:
    return (Act(_("See the models it has"), f"{reverse('catalog:list')}?provider={run.provider_id}"),)


def _again_acts(run: Run) -> tuple[Act, ...]:
    return repeat_acts(run, _("Try again"))


def _card_of(run: Run) -> str:
    """The provider on the page of all of them, where it is edited and tested."""
    return f"{reverse('providers:list')}#provider-{run.provider_id}"


Making = Callable[[Run], tuple[Act, ...]]
_another_provider = _model_act(gettext_lazy("Use another provider"))
_see_address = _provider_act(gettext_lazy("See the address"))
_enter_key = _provider_act(gettext_lazy("Enter the key"))
OF_KIND: Final[dict[str, tuple[Making, ...]]] = {
    "auth": (_key_acts, _another_provider),
    "forbidden": (_model_act(gettext_lazy("Choose another model")),),
    "not_found": (_models_acts,),
    "quota": (_help_act(gettext_lazy("Open billing help"), "billing"), _another_provider),
    "policy": (reword_acts,),
    "no_key": (_enter_key,),
    "key_lost": (_enter_key,),
    "key_elsewhere": (_enter_key,),
    "unreachable": (_provider_act(gettext_lazy("Test the connection")),),
    "tls": (_help_act(gettext_lazy("How to add it"), "certificate"),),
    "blocked_address": (_see_address,),
    "not_api": (_see_address,),
    "timeout_connect": (_again_acts,),
    "rate_limited": (_again_acts,),
    "overloaded": (_again_acts,),
    "server": (_again_acts,),
}


def failure_acts(run: Run) -> tuple[Act, ...]:
    """What to do about a failed run, by its cause."""
    return tuple(act for make in OF_KIND.get(run.error_kind, ()) for act in make(run))
