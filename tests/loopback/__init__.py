"""A provider for the tests: OpenAI's API for chat, plain texts, pictures, sound, moderation, embeddings; counts, and misbehaves on demand.

    python -m tests.loopback --port 0        prints its address (http://127.0.0.1:…/v1) as one line
    with Loopback() as loopback: …           the same as a child process, with `requests()` and `reset()`

The name of the model chooses what happens, so whoever can choose a model can ask for any fault. Options stand behind the
name: `steady-delay200-rate50-tokens120` waits 200 ms, then sends 50 pieces a second, 120 in all. Every behaviour takes
`delay` (ms to the first piece), `rate` (pieces a second, 0 = as fast as can be) and `tokens` (number of pieces); the table
names further ones. Piece n of an answer is always the same, so whatever was received must be a prefix of `story(model)`.
`max_tokens` and `max_completion_tokens` are obeyed. Without `stream` the answer comes whole and the same faults hit it.

| model | what it does |
|---|---|
| `steady`, `loop` | words w0001 w0002 …: 40 of them, 100 a second |
| `prose` | plain sentences in paragraphs |
| `markdown` | headings, lists, a table, code in three languages, quotes, links |
| `rtl` | Arabic and Hebrew with Latin words and numbers between |
| `hostile` | scripts, hx-* attributes, SVG, javascript: links, remote pictures, event-stream line breaks, `</textarea>` … |
| `thinking` | 20 pieces of `reasoning_content`, then the steady words |
| `think-tags` | the same inside `<think>…</think>` in the text |
| `length` | stops with finish_reason `length` |
| `filtered` | stops with finish_reason `content_filter` |
| `empty` | says nothing and finishes with `stop` |
| `no-usage` | never tells token counts |
| `slow-first` | not one byte for 10 s (option `delay`), then steady |
| `refuses-temperature`, `refuses-modalities` | 400 naming that setting when it is sent, else steady |
| `refuses-xhigh` | 400 naming the value `xhigh` of `reasoning_effort`, else steady |
| `429-then-ok`, `503-then-ok` | that status `times` (1) times for each question, `wait` (1) seconds in Retry-After; then steady |
| `429-storm`, `503-storm` | that status always, `wait` (1) seconds in Retry-After |
| `401`, `403`, `404`, `500` | that status with OpenAI's error object |
| `quota` | 429 with the code `insufficient_quota` |
| `too-long` | 400 with the code `context_length_exceeded` |
| `policy` | 400 with the code `content_policy_violation` |
| `html-502`, `html-200` | a page of a proxy instead of JSON |
| `redirect` | 307 to another address |
| `leaks-key` | 401 that repeats the whole key it was sent |
| `reset-before` | the connection is reset after the request was read |
| `close-before` | the connection is closed then, without a byte |
| `reset-middle` | reset after half of the pieces |
| `breaks-once` | the same, and the rest when it is told what it said |
| `half-chunk` | closed in the middle of an announced chunk |
| `stall` | silent after half of the pieces, the connection stays open |
| `endless` | never ends |
| `no-done` | finish_reason, but no `[DONE]` |
| `no-finish` | neither: the stream just ends |
| `error-in-stream` | an error object after half of the pieces |
| `big-delta` | one piece of 1 MB (option `bytes`) |
| `tiny-deltas` | 100,000 pieces of one letter |
| `broken-utf8` | bytes that are no UTF-8 inside the text |
| `split-utf8` | letters of several bytes, each byte in a chunk of its own |
| `crlf` | lines end with CR LF |
| `no-space` | `data:{…}` without the space |
| `comments` | keep-alive comments and empty data between the events |
| `drip` | one byte a second (option `rate` in bytes a second) |
| `whole` | one JSON object though a stream was asked for |
| `tools` | asks for `times` (1) of its functions, in pieces by index; with the reply it answers |
| `tools-whole` | the same whole, without ids, arguments as an object, finish_reason `stop` |
| `tools-cut` | closed in the middle of a call |
| `fields`, `fields-wrong` | an object that keeps to the schema asked for, or does not |
| `refuses-response_format` | 400 naming it when it is sent, else an object between words |
| `likelihoods` | four pieces with `logprobs`, where asked for |
| `citations` | words with two sources, one of them no web address |
| `declines` | a refusal in two pieces |
| `chat-pictures` | some words and `times` (1) pictures as `delta.images` |
| `chat-pictures-only` | the pictures without a word |
| `chat-pictures-whole` | the same as one JSON object |
| `chat-pictures-parts` | words and pictures as parts of the content |
| `chat-pictures-inline`, `chat-pictures-bare` | pictures written into the text: in Markdown, or the data alone |
| `chat-pictures-bad` | a bomb, SVG, text, nothing, half a PNG, and one good picture |
| `chat-pictures-cut` | closed behind the pictures |
| `chat-pictures-dead` | words, and a link that leads nowhere |

`/v1/responses` answers by the same models and some of its own: `tests.loopback.responses` has their table.

Files, uploads in parts, batches and fine-tuning jobs are told in `tests.loopback.files`.

Pictures, sound, safety checks and similarity have models of their own: `tests.loopback.images`, `sounds`, `safety` and `embeddings`
have their tables, `picture_models`, `sound_models`, `safety_models` and `embedding_models` their names.

`GET /_requests` → a list of {id, path, method, model, token, key, at, finished, pieces, connection_closed_at, parts}: `token` is a marker
like `#t-4f2a` found in the last user message, in the description of a picture or beside a sound; times are of the machine's monotonic
clock; `parts` are those of a form. `?body=1` adds what was asked, `?sent=1` the time of each piece. `POST /_reset` forgets them.
"""

from tests.loopback.process import Loopback, Request
from tests.loopback.stories import story

__all__ = ["Loopback", "Request", "story"]
