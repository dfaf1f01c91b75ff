"""The real product for tests and benchmarks: Valkey, worker and web as processes of their own, in a folder of their own.

    with Loopback() as provider, Product(folder, provider) as product:
        visitor = await product.visitor()
        sent = await visitor.send(product.conversation("steady"), "Hello #t-1")
        card = await visitor.read_answer(sent)
        product.kill("worker"); product.start_process("worker")
        product.row(sent.run_id)["status"]

Worker and web are started by the lines of the Procfile, so what is tested is what people run.
"""

from tests.product.product import Product
from tests.product.visitor import Visitor

__all__ = ["Product", "Visitor"]
