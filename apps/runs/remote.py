"""Answers that a provider makes in background: created once, then looked at by their id until they are there. Pure.

An operation that can have such answers brings one of these as `Operation.remote`. What it knows is how to ask; when to ask, what to do
after a crash, and that nothing is ever created twice is the business of `pursuit` and `following`.
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from gateway import GatewayError
from gateway.types import ApiRequest, ApiResponse

if TYPE_CHECKING:
    from apps.runs.operations import Params


class Remote(ABC):
    @abstractmethod
    def is_wanted(self, params: "Params") -> bool:
        """Whether the call that these parameters make is one in background."""

    @abstractmethod
    def id_of(self, answer: ApiResponse) -> str:
        """Under which the provider knows it; empty where the answer has no such thing."""

    @abstractmethod
    def is_pending(self, answer: ApiResponse) -> bool:
        """Whether the provider is still at it."""

    @abstractmethod
    def failure_of(self, answer: ApiResponse) -> GatewayError | None:
        """What went wrong there, of an answer that is not pending any more."""

    @abstractmethod
    def look(self, remote_id: str) -> ApiRequest:
        """How to ask for it."""

    @abstractmethod
    def stop(self, remote_id: str) -> ApiRequest:
        """How to end it."""
