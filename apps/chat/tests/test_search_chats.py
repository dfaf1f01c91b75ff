"""Search in all chats: what is found, where it leads, and what nobody else sees."""

import re
import unicodedata
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.chat.indexing import Indexing, index, of_team
from apps.chat.models import Conversation, Said, Turn
from apps.chat.searching import ON_A_PAGE, excerpt, find
from apps.chat.words import MOST_BYTES, asked, holds, to_keep
from apps.runs.holdings import stop_all
from apps.runs.models import Run

pytestmark = pytest.mark.django_db


def past(client, **query):
    return client.get(reverse("chat:past"), query).content.decode()


@pytest.fixture(params=[True, False], ids=["indexed", "waiting"])
def said(request, team, editor):
    """Make a conversation of these texts, in the index or still waiting for it."""

    def said(*texts, title="", of=team, **fields):
        chat = Conversation.objects.create(team=of, person=editor.user, title=title, **fields)
        turns = [Turn.objects.create(conversation=chat, text=text) for text in texts]
        if request.param:
            index(chat.pk)
            assert not Turn.objects.filter(is_indexed=False).exists()
        return turns

    return said


def found_in(membership, words):
    return [hit.turn for hit in find(membership, words).hits]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What of the Harbour, then?", "harbour WHAT"),
        ("What of the Harbour, then?", "harb"),
        ("Ein Café in Zürich", "cafe zurich"),
        ("부산항의 배는 몇 척입니까?", "부산"),
        ("부산항의 배는 몇 척입니까?", "배"),
        ("한국어사전을 샀다", "사전"),
        ("我喜欢港口的早晨", "港口"),
        ("我喜欢港口的早晨", "喜欢港口的"),
        ("Use SELECT 'a' AND \"b\" OR 100%", "\"b\" 'a' 100%"),
        ("मैं हिन्दी पढ़ता हूँ", "हिन्दी"),
        ("मैं हिन्दी पढ़ता हूँ", "हिन्"),
        ("यह ज़रूरत है", "जरूरत"),
        ("আমি র\u200c্যাব দেখি", "র্যাব"),
        ("தமிழ் மொழி", "தமிழ்"),
        ("తెలుగు భాష", "తెలుగు"),
        ("മലയാളം ഭാഷ", "മലയാളം"),
        ("ကျွန်တော်မြန်မာစကားပြောတယ်", "စကား"),
        ("میخواهم بروم", "میخواهم"),
        ("Plan B is ready", "b"),
        ("NEAR AND NOT are words", "near AND not"),
        ("x " * 3000 + "the end", "end"),
    ],
)
def test_it_finds(said, editor, text, words):
    said("Something else altogether")
    (turn,) = said(text)
    assert found_in(editor, words) == [turn]


@pytest.mark.parametrize(
    "words",
    ["granite", "%", "_", "''", '"', "*", "arbour", "har bour quay", "B", "(", "a\x00b", "^", "배들", "NOT granite", "-", "x" * 5000],
)
def test_it_finds_nothing(said, editor, words):
    said("What of the harbour? 배를 봅니다", "Band")
    assert found_in(editor, words) == []


def test_it_shows_excerpts_newest_first_with_the_words_marked(said, as_editor):
    said("First of <b>boats</b> & all", "Then a boat")
    page = past(as_editor, q="boat")
    assert "First of &lt;b&gt;<mark>boat</mark>s&lt;/b&gt; &amp; all" in page and "Then a <mark>boat</mark>" in page
    assert page.index("Then a") < page.index("First of")


def test_it_turns_pages_without_losing_or_doubling(said, editor):
    turns = said(*(f"Boat {number}" for number in range(2 * ON_A_PAGE + 3)))
    seen, after = [], ""
    for _ in range(3):
        page = find(editor, "boat", after)
        seen += [hit.turn.pk for hit in page.hits]
        after = page.after
    assert after == "" and sorted(seen) == sorted(turn.pk for turn in turns)


def test_the_page_leads_to_the_older_ones(said, as_editor):
    said(*(f"Boat {number}" for number in range(ON_A_PAGE + 1)))
    page = past(as_editor, q="boat")
    older = re.search(r'rel="next" href="\?q=boat&amp;after=(\d+)"', page)
    assert older and past(as_editor, q="boat", after=older[1]).count("<mark>") == 1


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "²", "1\x00"])
def test_a_strange_page_is_the_first_one(said, as_editor, after):
    said("A boat")
    assert "<mark>boat</mark>" in past(as_editor, q="boat", after=after)


def test_other_teams_and_deleted_chats_are_not_found(said, editor, other_team):
    said("A boat of others", of=other_team)
    said("A boat of old", deleted_at=timezone.now())
    assert found_in(editor, "boat") == []


def test_what_is_left_is_found_behind_many_that_are_put_away(said, editor):
    (turn,) = said("The first boat")
    old = said(*(f"Boat {number}" for number in range(150)))
    Conversation.objects.filter(pk=old[0].conversation_id).update(deleted_at=timezone.now())
    assert found_in(editor, "boat") == [turn]


def test_what_everything_was_deleted_with_is_not_found(said, editor):
    said("A boat of before")
    editor.team.erase_before = timezone.now() + timezone.timedelta(seconds=1)
    assert found_in(editor, "boat") == []


def test_names_of_chats_are_found(said, as_editor):
    said("x", title="Boats of June")
    page = past(as_editor, q="oats of")
    assert "Boats of June" in page and "No chat has" not in page


def test_an_answer_is_indexed_when_it_has_ended(send, finish, editor):
    send("What is clay?")
    chat = Conversation.objects.get()
    Indexing().work(chat.pk)
    Run.objects.update(text="Soft")
    assert list(Indexing().due(50)) == [] and Said.objects.count() == 1
    assert [turn.run is not None for turn in found_in(editor, "soft")] == [True]
    finish(text="Soft earth.")
    assert list(Indexing().due(50)) == [chat.pk]
    Indexing().work(chat.pk)
    assert Said.objects.count() == 2 and list(Indexing().due(50)) == []
    assert [turn.run is not None for turn in found_in(editor, "earth")] == [True]


def test_words_go_with_the_conversation(conversation, editor, team):
    from apps.chat.holdings import ChatHolding

    index(conversation.pk)
    stop_all(Run.objects.all(), 10)
    assert found_in(editor, "clay")
    while ChatHolding().delete(team.pk, 100):
        pass
    assert not Said.objects.exists() and found_in(editor, "clay") == []
    chat = Conversation.objects.create(team=team, title="")
    Turn.objects.create(conversation=chat, text="Other words")
    index(chat.pk)
    assert found_in(editor, "clay") == [] and len(found_in(editor, "other")) == 1


@pytest.fixture
def many_wait(team, editor):
    """Four hundred questions in eighty chats, as after an upgrade."""
    chats = Conversation.objects.bulk_create(Conversation(team=team, person=editor.user, title="") for _ in range(80))
    Turn.objects.bulk_create(Turn(conversation=chats[number % 80], text=f"Old granite {number}") for number in range(400))
    return chats


def test_the_page_says_that_older_chats_are_not_found_yet(many_wait, as_editor, other_team):
    page = past(as_editor, q="granite")
    assert "Still looking through older chats: 0 of 400 messages." in page
    Turn.objects.filter(pk__in=list(Turn.objects.values_list("pk", flat=True)[:50])).update(is_indexed=True)
    assert "50 of 400 messages" in past(as_editor, q="nothing of this")
    Turn.objects.filter(pk__in=list(Turn.objects.filter(is_indexed=False).values_list("pk", flat=True)[:50])).update(is_indexed=True)
    assert "Still looking" not in past(as_editor, q="granite")  # the rest is read by the search itself
    Conversation.objects.update(team=other_team)
    Turn.objects.update(is_indexed=False)
    assert "Still looking" not in past(as_editor, q="granite")


def test_what_waits_in_all_chats_is_indexed_by_one_that_comes_by(many_wait):
    Indexing().work(many_wait[0].pk)
    assert not Turn.objects.filter(is_indexed=False).exists() and Said.objects.count() == 400


def test_texts_that_are_long_together_are_cut_in_portions(many_wait, monkeypatch):
    monkeypatch.setattr("apps.chat.indexing.MOST_CHARACTERS", 100)
    assert 1 <= index() <= 8
    monkeypatch.setattr("apps.chat.indexing.MOST_CHARACTERS", 1)
    assert index() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_database_while_texts_are_cut(conversation, monkeypatch):
    """SQLite has one lock for all who write: it is not held meanwhile. What goes away meanwhile is passed over."""
    seen = []

    def cut(text):
        seen.append(connection.in_atomic_block)
        Turn.objects.filter(run=None).update(is_indexed=True)
        return to_keep(text)

    monkeypatch.setattr("apps.chat.indexing.to_keep", cut)
    assert index(conversation.pk) == 2
    assert seen == [False, False] and [said.turn.run is not None for said in Said.objects.all()] == [True]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's vacuum takes them")
def test_words_of_what_is_deleted_leave_the_full_text_table(many_wait, editor):
    """All blocks of the table are looked through. Words of other chats are still found."""
    Turn.objects.filter(conversation=many_wait[0]).update(text="Xylophonequartz")
    while index():
        pass
    tidy()
    assert words_in_blocks("phonequartz")
    many_wait[0].delete()
    assert words_in_blocks("phonequartz")
    tidy()
    assert not words_in_blocks("phonequartz") and words_in_blocks("granite")
    assert found_in(editor, "xylophonequartz") == [] and len(found_in(editor, "granite")) > ON_A_PAGE - 1
    with CaptureQueriesContext(connection) as asked_again:
        tidy()
    assert not [query for query in asked_again if "merge" in query["sql"]]


def tidy():
    from apps.chat.holdings import ChatHolding

    while ChatHolding().tidy(50):
        pass


def words_in_blocks(word):
    with connection.cursor() as cursor:
        blocks = cursor.execute("SELECT block FROM chat_said_words_data").fetchall()
    return any(word.encode() in bytes(block) for (block,) in blocks)


def test_a_huge_text_is_bounded(team):
    chat = Conversation.objects.create(team=team)
    Turn.objects.create(conversation=chat, text=" ".join(f"{number:x}é" for number in range(100_000)))
    index(chat.pk)
    assert Said.objects.count() == 1 and len(to_keep(Turn.objects.get().text).encode()) <= MOST_BYTES


def test_a_hit_leads_to_its_turn(as_editor, long_conversation):
    turn = Turn.objects.get(text="Question 3")
    response = as_editor.get(reverse("chat:see_turn", args=[long_conversation.pk, turn.pk]))
    assert response.status_code == 302 and response.url.endswith(f"#turn-{turn.pk}")
    page = as_editor.get(response.url).content.decode()
    assert f'id="turn-{turn.pk}"' in page


def test_a_turn_of_another_conversation_is_not_there(as_editor, conversation, other_team):
    strange = Turn.objects.create(conversation=Conversation.objects.create(team=other_team), text="x")
    assert as_editor.get(reverse("chat:see_turn", args=[conversation.pk, strange.pk])).status_code == 404
    assert as_editor.get(reverse("chat:see_turn", args=[strange.conversation_id, strange.pk])).status_code == 404


def test_words_that_were_cut_wrongly_are_indexed_anew(editor, team):
    chat = Conversation.objects.create(team=team, person=editor.user)
    hindi, english = (Turn.objects.create(conversation=chat, text=text) for text in ("हिन्दी", "Harbour"))
    index(chat.pk)
    Said.objects.filter(turn=hindi).update(words=f"ह न द {of_team(team.pk)}")
    assert found_in(editor, "हिन्दी") == []
    import_module("apps.chat.migrations.0010_marks_in_words").index_anew(apps, None)
    assert [turn.pk for turn in Turn.objects.filter(is_indexed=False)] == [hindi.pk]
    index(chat.pk)
    assert found_in(editor, "हिन्दी") == [hindi] and found_in(editor, "harbour") == [english]


def test_an_excerpt_begins_shortly_before_the_words():
    pieces = excerpt("word " * 500 + "the Harbour lies " + "far " * 500, ["harbour"])
    assert [text for text, is_word in pieces if is_word] == ["Harbour"]
    assert pieces[0] == ("…", False) and pieces[-1] == ("…", False) and len("".join(text for text, _ in pieces)) < 250


@pytest.mark.parametrize("words", ["दी", "न", "ता", "लुगु", "யல"])
def test_a_part_of_an_indian_word_is_no_word(said, editor, words):
    said("मैं हिन्दी पढ़ता हूँ, తెలుగు, இயல்")
    assert found_in(editor, words) == []


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("मैं हिन्दी पढ़ता हूँ", "हिन्दी", ["हिन्दी"]),
        ("मैं हिन्दी पढ़ता हूँ", "हिन", ["हिन्"]),
        ("শুধু র\u200c্যাব", "র্যাব", ["র\u200c্যাব"]),
        ("Straße und Café, cafe\u0301s", "cafe", ["Café", "café"]),
        ("ß ß ß Zürich", "zurich", ["Zürich"]),
        ("darüber und über", "über", ["über"]),
        ("부산항의 배", "부산", ["부산"]),
        ("eﬁn ﬁnd", "fin", ["ﬁn"]),
        ("Plan B, Bravo é b", "b", ["B", "b"]),
    ],
)
def test_words_are_marked_as_they_are_written(text, words, marked):
    pieces = excerpt(text, asked(words))
    assert [piece for piece, is_word in pieces if is_word] == marked
    assert "".join(piece for piece, _ in pieces) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("before", [3990, 3995, 3998, 4000, 4001, 7999])
def test_words_are_marked_far_behind_the_beginning(before):
    pieces = excerpt("ä" * (before - 1) + " Zürich und zürich", ["zurich"])
    assert [piece for piece, is_word in pieces if is_word] == ["Zürich", "zürich"]


def test_questions_are_bounded():
    assert len(asked("word" * 500 + " ".join(f"w{number}" for number in range(500)))) <= 12
    assert holds("İstanbul ﬁnd", asked("istanbul find"))
