"""Which models there are on this machine right now. Asked anew each time: weights may arrive while we run."""

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engines.chat.model import ChatModel
from engines.errors import ApiError, model_not_found, wrong_model
from engines.studio_model import StudioModel


class Model(Protocol):
    """What all models have in common."""

    id: str

    @property
    def state(self) -> str: ...
    def is_installed(self) -> bool: ...
    def why_missing(self) -> ApiError: ...
    def describe(self) -> dict[str, Any]: ...


Kind = TypeVar("Kind", bound=Model)


class Models:
    """All models that this provider knows, installed or not."""

    def __init__(self, chat: list[ChatModel], others: list[StudioModel]) -> None:
        self.chat = chat
        self.others = others

    def __iter__(self) -> Iterator[Model]:
        yield from self.chat
        yield from self.others

    @property
    def installed(self) -> list[Model]:
        return [model for model in self if model.is_installed()]

    def get(self, name: str) -> Model:
        """The model of that id, ready to be asked; 404 if there is none, 503 if it is not installed."""
        return self.pick(name, list(self), "/v1/models")

    def get_chat(self, name: str) -> ChatModel:
        return self.pick(name, self.chat, "/v1/chat/completions")

    def get_for(self, endpoint: str, name: str | None) -> StudioModel:
        """The model for "images/edits", "audio/speech" …; without a name the one there is."""
        able = [model for model in self.others if endpoint in model.about.endpoints]
        return self.pick(name or able[0].id, able, f"/v1/{endpoint}")

    def pick(self, name: str, able: list[Kind], path: str) -> Kind:
        model = next((each for each in able if each.id == name), None)
        if model is None:
            if any(each.id == name for each in self):
                raise wrong_model(name, path, [each.id for each in able])
            raise model_not_found(name)
        if not model.is_installed():
            raise model.why_missing()
        return model


async def list_models(request: Request) -> Response:
    models: Models = request.app.state.models
    return JSONResponse({"object": "list", "data": [model.describe() for model in models.installed]})


async def show_model(request: Request) -> Response:
    models: Models = request.app.state.models
    return JSONResponse(models.get(request.path_params["model"]).describe())


async def delete_model(request: Request) -> Response:
    """All models are built in. OpenAI refuses to delete its own with this status and code: nobody has the right to."""
    models: Models = request.app.state.models
    name = request.path_params["model"]
    if all(model.id != name for model in models):
        raise model_not_found(name)
    message = f"The model {name!r} is built in: only fine-tuned models can be deleted. Missing scopes: api.delete."
    raise ApiError(403, message, code="missing_scope", param="model")


async def show_health(request: Request) -> Response:
    """Open to everybody on this machine: whether we run, and how each model is."""
    models: Models = request.app.state.models
    states = {model.id: model.state if model.is_installed() else "missing" for model in models}
    return JSONResponse({"status": "ok", "models": states})
