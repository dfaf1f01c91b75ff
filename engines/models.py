"""Which models there are on this machine right now. Asked anew each time: weights may arrive while we run."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from engines.chat.model import ChatModel
from engines.errors import model_not_found


class Models:
    """All models that this provider knows, installed or not."""

    def __init__(self, chat: list[ChatModel]) -> None:
        self.chat = chat

    @property
    def installed(self) -> list[ChatModel]:
        return [model for model in self.chat if model.is_installed()]

    def get_chat(self, name: str) -> ChatModel:
        """The model of that id, ready to be asked; 404 if there is none, 503 if it is not installed."""
        model = next((each for each in self.chat if each.id == name), None)
        if model is None:
            raise model_not_found(name)
        if not model.is_installed():
            raise model.why_missing()
        return model


async def list_models(request: Request) -> Response:
    models: Models = request.app.state.models
    return JSONResponse({"object": "list", "data": [model.describe() for model in models.installed]})


async def show_model(request: Request) -> Response:
    models: Models = request.app.state.models
    return JSONResponse(models.get_chat(request.path_params["model"]).describe())


async def show_health(request: Request) -> Response:
    """Open to everybody on this machine: whether we run, and how each model is."""
    models: Models = request.app.state.models
    states = {model.id: model.process.state if model.is_installed() else "missing" for model in models.chat}
    return JSONResponse({"status": "ok", "models": states})
