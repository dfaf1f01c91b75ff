"""An answer in background when the worker is killed: the next one looks for it under its id, and nothing is sent again."""

import time

from tests.product import Product, Visitor
from tests.wiring.asking import Question, ask
from tests.wiring.settings import BACKGROUND, FINAL_WITHIN

SET_UP = """
from apps.chat.models import Conversation
from apps.providers.models import Model, ModelFact, Provider
model = Model.objects.get(name={model!r})
Provider.objects.filter(pk=model.provider_id).update(answers_by="responses")
ModelFact.objects.get_or_create(team=model.provider.team, model_pattern=model.name, defaults={{"parameters": {{"in_background": {{}}}}}})
settings = {{"model": str(model.pk), "parameters": {{"in_background": "yes"}}}}
Conversation.objects.filter(pk={conversation!r}).update(settings=settings)
"""
TAKE_DOWN = "from apps.providers.models import Provider; Provider.objects.update(answers_by='')"


async def ask_in_background(product: Product, visitor: Visitor) -> Question:
    address = product.conversation(BACKGROUND)
    product.ids["conversations"][BACKGROUND].append(address)
    script = SET_UP.format(model=BACKGROUND, conversation=address.strip("/").split("/")[-1])
    product.manage("shell", "-c", script)
    return await ask(product, visitor, BACKGROUND)


async def test_it_is_found_again_and_not_sent_again_when_the_worker_is_killed(product: Product, visitor: Visitor) -> None:
    try:
        question = await ask_in_background(product, visitor)
        until = time.monotonic() + 10
        while not any(row["remote_id"] for row in product.attempts(question.run_id)) and time.monotonic() < until:
            time.sleep(0.05)
        product.kill("worker")
        product.start_process("worker")
        row = question.final(FINAL_WITHIN + 15)
    finally:
        product.manage("shell", "-c", TAKE_DOWN)
    assert (row["status"], row["text"]) == ("completed", question.story())
    calls = product.provider.response_calls(question.marker)
    assert [call.method for call in calls].count("POST") == 1
    assert len(product.attempts(question.run_id)) == 1
