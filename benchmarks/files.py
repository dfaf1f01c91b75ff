"""S18: how long the server takes for the list of files, with a hundred thousand of them."""

import json

from benchmarks.chat import Stage
from benchmarks.pages import measure_page
from benchmarks.report import Figure

FILES = 100_000
VIEWS = [
    ("first page", "", 100),
    ("by name", "?sort=name", 100),
    ("by size, far behind", "?sort=-size&after=500000~ffffffff-ffff-7fff-bfff-ffffffffffff", 300),
    ("only at a provider", "?place={provider}", 300),
    ("only here", "?place=here", 300),
    ("one purpose", "?purpose=batch", 300),
    ("one kind", "?kind=table", 300),
    ("what leaves soon", "?status=leaving", 300),
    ("what needs a fix", "?status=fix", 300),
    ("what is ready", "?status=ready", 300),
    ("found by name", "?q=letter-99", 300),
    ("found nowhere", "?q=no-such-name", 300),
    ("found by its File ID", "?q=file-000000777", 300),
]


async def measure_list(stage: Stage) -> list[Figure]:
    provider = json.loads(stage.product.run_python("-m", "benchmarks.filling_files", stdin=str(FILES)).splitlines()[-1])
    return [
        await measure_page(stage, f"files, {what}", f"/files/{query.format(provider=provider)}", most, "S18") for what, query, most in VIEWS
    ]
