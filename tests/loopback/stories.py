"""What the loopback provider says: texts that are always the same, cut into pieces."""

import functools
import re
from collections.abc import Callable, Iterator
from itertools import chain, count, cycle, islice

from tests.loopback.asking import parse_model

PIECE = re.compile(r"\s*[^\s\w]|\s*\w{1,6}|\s+")

PROSE = """The harbour was quiet when the first boat came in. Nobody had expected it before noon, and the men on the pier put down their
cups to look. It carried four crates of lemons, a bicycle with a bent wheel, and a letter that had been opened twice.

By the evening everybody knew what the letter said, or believed they did. The baker told it one way and the teacher another. Only
the old pilot, who had read it by the light of the lamp, said nothing at all and went home early.

"""

MARKDOWN = """# How a letter travels

A letter goes through **four hands** before it is read. Each of them does *one* thing, and `none` of them looks inside. More is in
[the guide](https://example.org/guide), and the rest can be counted.

## The four hands

1. The writer, who folds it.
2. The clerk, who stamps it:
   - with the date,
   - with the place.
3. The rider.
4. The reader.

| hand | minutes | may open it |
|---|---:|:---:|
| writer | 12 | yes |
| clerk | 3 | no |
| rider | 480 | no |
| reader | 1 | yes |

```python
def travel(letter: Letter, hands: list[Hand]) -> Letter:
    \"\"\"Pass the letter on, and count the minutes.\"\"\"
    for hand in hands:
        letter.minutes += hand.minutes  # nobody is in a hurry
        if not hand.may_open and letter.is_open:
            raise ValueError(f"{hand.name} found it open < & >")
    return letter
```

> What is written stays written, said the clerk,
> and stamped it again.

```sql
SELECT hand, sum(minutes) FROM journeys WHERE opened = false GROUP BY hand ORDER BY 2 DESC;
```

Then the letter arrives. ~~Late~~ On time, of course; the line below ends the story.

---

"""

RTL = """أهلا بك في الميناء. وصلت السفينة في الساعة 10:45 وعلى متنها 4 صناديق، كما جاء في رسالة Playground الأخيرة.

- الصندوق الأول: ليمون
- الصندوق الثاني: كتب عن Python

שלום לכולם. המכתב נפתח פעמיים, אבל רק הטייס הזקן קרא אותו עד הסוף (עמוד 12).

"""

HOSTILE = """<script>window.owned = true; document.title = "owned"</script>
<img src=x onerror="window.owned = true"> <svg onload="window.owned = true"><script>window.owned = true</script></svg>
<div hx-get="/owned" hx-trigger="load" hx-on:click="window.owned = true" data-hx-post="/owned">div</div>
<div sse-connect="/owned" hx-ext="sse" hx-swap-oob="true" id="composer">out of band</div>
<form action="/sign-out/" method="post"><button autofocus>Press me</button></form><iframe src="/history/"></iframe>
<style>body { display: none }</style><link rel="stylesheet" href="https://owned.invalid/a.css"><base href="https://owned.invalid/">
<meta http-equiv="refresh" content="0;url=https://owned.invalid/"><object data="/owned"></object>
<math><mi xlink:href="javascript:owned"></mi></math>
</textarea></article></main><!-- <template><p id="page" style="position:fixed;inset:0" class="modal">cover</p></template>

[a link](javascript:window.owned=true) [another](JaVaScRiPt:window.owned=true) [data](data:text/html,<script>window.owned=true</script>)
[vb](vbscript:owned) ![a picture](https://owned.invalid/pixel.png) ![one more](//owned.invalid/pixel.svg) <https://owned.invalid/?a="onclick=owned>
[title](https://example.org "a\\" onmouseover=\\"window.owned=true") ![x](x" onerror="window.owned=true)

event: end-0
data: <script>window.owned = true</script>
id: 9\r\rdata: {"owned": true}\r\n\r\nevent: done\n\n: comment\u2028data: owned\u2029\u0085

```html
</code></pre><script>window.owned = true</script>
```

`</code><script>window.owned = true</script>` {{ 7*7 }} {% csrf_token %} ${7*7} \x00\x1b[31m\u202egpj.exe &lt;script&gt; &#x3C;script&#x3E;
| a | b |
|---|---|
| <script>window.owned = true</script> | [x](javascript:window.owned=true) |

The end.
"""

SPLIT = "Zoë 日本語 🙂 naïve Ελλάδα "


def words() -> Iterator[str]:
    return (f"w{number:04d} " for number in count(1))


def pieces_of(text: str) -> list[str]:
    """The text in pieces about as large as a model's tokens; joined they are the text again."""
    return PIECE.findall(text)


def thoughts(number: int = 20) -> list[str]:
    return [f"t{index:04d} " for index in range(1, number + 1)]


TEXTS: dict[str, tuple[Callable[[], Iterator[str]], int]] = {
    "prose": (lambda: cycle(pieces_of(PROSE)), 2 * len(pieces_of(PROSE))),
    "markdown": (lambda: cycle(pieces_of(MARKDOWN)), 2 * len(pieces_of(MARKDOWN))),
    "rtl": (lambda: cycle(pieces_of(RTL)), len(pieces_of(RTL))),
    "hostile": (lambda: cycle(pieces_of(HOSTILE)), len(pieces_of(HOSTILE))),
    "think-tags": (lambda: chain(["<think>"], thoughts(), ["</think>"], words()), 62),
    "tiny-deltas": (lambda: cycle("abcdefghi "), 100_000),
    "split-utf8": (lambda: cycle(SPLIT), len(SPLIT) * 3),
    "empty": (lambda: iter(()), 0),
}


@functools.lru_cache(maxsize=200)
def pieces(model: str, limit: int | None = None) -> tuple[str, ...]:
    """All pieces of what that model answers, at most `limit` of them."""
    name, options = parse_model(model)
    if name == "big-delta":
        size = options.get("bytes", 1_000_000)
        return ("".join(islice(words(), size // 6 + 1))[:size],)
    source, length = TEXTS.get(name, (words, 40))
    length = options.get("tokens", length)
    return tuple(islice(source(), length if limit is None else min(limit, length)))


def story(model: str) -> str:
    """The whole text of that model's answer, thinking left out."""
    return "".join(pieces(model))
