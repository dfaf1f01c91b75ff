"""The built-in provider as a Starlette application. Each engine adds its routes here."""

import asyncio
import contextlib
import pathlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from engines.audio.hearing.routes import create_transcription, create_translation
from engines.audio.models import HIBARI, WHISPER
from engines.audio.speaking.routes import create_speech
from engines.auth import Door
from engines.chat.model import OWN_DESCRIPTION, ChatModel, DefaultModel
from engines.chat.routes import create_completion
from engines.completions.routes import continue_text
from engines.embeddings.models import MINILM
from engines.embeddings.routes import create_embedding
from engines.errors import ApiError, answer_api_error, answer_http_error, answer_os_error, log
from engines.files.limits import SWEEP_SECONDS
from engines.files.routes import create_file, delete_file, list_files, send_content, show_file
from engines.files.store import Store
from engines.folders import remove_leftovers
from engines.images.models import ILLUSTRATION, REMOVE_AND_FILL
from engines.images.routes import create_edit, create_generation, create_variation
from engines.models import Models, delete_model, list_models, show_health, show_model
from engines.moderations.models import TOX_BLOCK
from engines.moderations.routes import create_moderation
from engines.responses.desk import Desk
from engines.responses.routes import cancel_response, create_response, delete_response, list_input_items, show_response
from engines.responses.shelf import Shelf
from engines.rest import BodyRest
from engines.studio_model import StudioModel
from engines.uploads.desk import UploadDesk
from engines.uploads.routes import add_part, cancel_upload, complete_upload, create_upload
from engines.wire import RequestIds

ROUTES = [
    Route("/health", show_health),
    Route("/v1/models", list_models),
    Route("/v1/models/{model:path}", delete_model, methods=["DELETE"]),
    Route("/v1/models/{model:path}", show_model),
    Route("/v1/chat/completions", create_completion, methods=["POST"]),
    Route("/v1/completions", continue_text, methods=["POST"]),
    Route("/v1/responses", create_response, methods=["POST"]),
    Route("/v1/responses/{response_id}", delete_response, methods=["DELETE"]),
    Route("/v1/responses/{response_id}", show_response),
    Route("/v1/responses/{response_id}/cancel", cancel_response, methods=["POST"]),
    Route("/v1/responses/{response_id}/input_items", list_input_items),
    Route("/v1/images/generations", create_generation, methods=["POST"]),
    Route("/v1/images/edits", create_edit, methods=["POST"]),
    Route("/v1/images/variations", create_variation, methods=["POST"]),
    Route("/v1/audio/transcriptions", create_transcription, methods=["POST"]),
    Route("/v1/audio/translations", create_translation, methods=["POST"]),
    Route("/v1/audio/speech", create_speech, methods=["POST"]),
    Route("/v1/embeddings", create_embedding, methods=["POST"]),
    Route("/v1/moderations", create_moderation, methods=["POST"]),
    Route("/v1/files", create_file, methods=["POST"]),
    Route("/v1/files", list_files),
    Route("/v1/files/{file_id}", delete_file, methods=["DELETE"]),
    Route("/v1/files/{file_id}", show_file),
    Route("/v1/files/{file_id}/content", send_content),
    Route("/v1/uploads", create_upload, methods=["POST"]),
    Route("/v1/uploads/{upload_id}/parts", add_part, methods=["POST"]),
    Route("/v1/uploads/{upload_id}/complete", complete_upload, methods=["POST"]),
    Route("/v1/uploads/{upload_id}/cancel", cancel_upload, methods=["POST"]),
]
OTHERS = (ILLUSTRATION, REMOVE_AND_FILL, WHISPER, HIBARI)


@dataclass(frozen=True, slots=True)
class Settings:
    """`weights` is the folder that engines.fetch fills; `gguf` an own model file, if any.

    `data`: where files of callers are kept; without it they are gone when the provider ends.
    """

    weights: pathlib.Path
    key: str
    gguf: pathlib.Path | None = None
    data: pathlib.Path | None = None


def create_app(settings: Settings) -> Starlette:
    """Raises CannotOpen if the folder for files cannot be used."""
    store = Store(settings.data)
    uploads = UploadDesk(store)
    shelf = Shelf(store.disk)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # llama.cpp drops idle connections whenever it likes; a new one costs nothing on loopback and never fails halfway.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
            models = build_models(settings, session)
            app.state.models, app.state.store, app.state.uploads = models, store, uploads
            desk = app.state.desk = Desk(shelf)
            remove_leftovers()
            sweeping = asyncio.create_task(keep_sweeping(store.drop_expired, uploads.drop_expired, shelf.drop_expired))
            for model in models.chat:
                if model.is_installed():
                    model.process.start()
            try:
                yield
            finally:
                sweeping.cancel()
                await asyncio.gather(sweeping, return_exceptions=True)
                await desk.close()
                shelf.close()
                store.close()
                for model in models.chat:
                    await model.process.stop()
                for other in models.others:
                    await other.studio.stop()

    return Starlette(
        routes=ROUTES,
        middleware=[Middleware(BodyRest), Middleware(RequestIds), Middleware(Door, key=settings.key)],
        exception_handlers={ApiError: answer_api_error, HTTPException: answer_http_error, OSError: answer_os_error},
        lifespan=lifespan,
    )


async def keep_sweeping(*sweeps: Callable[[], None]) -> None:
    """What has expired is not shown any more from that second on; here its bytes go."""
    while True:
        for sweep in sweeps:
            try:
                await asyncio.to_thread(sweep)
            except Exception:
                log.exception("What has expired could not be removed; it is tried again")
        await asyncio.sleep(SWEEP_SECONDS)


def build_models(settings: Settings, session: aiohttp.ClientSession) -> Models:
    chat: list[ChatModel] = [DefaultModel(settings.weights, session)]
    if settings.gguf is not None:
        chat.append(ChatModel(name_model(settings.gguf), OWN_DESCRIPTION, settings.gguf, session))
    reader = StudioModel(MINILM, settings.weights)
    others = [StudioModel(about, settings.weights) for about in OTHERS]
    return Models(chat, [*others, reader, StudioModel(TOX_BLOCK, settings.weights, reader.studio)])


def name_model(path: pathlib.Path) -> str:
    """An id as OpenAI writes them, from the name of a file."""
    return re.sub(r"[^a-z0-9.]+", "-", path.stem.lower()).strip("-") or "own-model"
