"""What to paint for some words: a place or a pattern, the weather, and colours, by how alike their meanings are."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engines.images.painting.canvas import Numbers, Random
from engines.images.painting.palettes import DAY, NIGHT, PALETTES, Palette

PLACES: dict[str, tuple[str, ...]] = {
    "mountains": ("mountains", "peaks, cliffs, the Alps", "hiking and climbing"),
    "hills": ("green hills, countryside", "farm, village, landscape", "horse, cow, sheep"),
    "desert": ("desert, sand dunes", "canyon, camel, pyramid"),
    "sea": ("sea, ocean, waves", "beach, coast, harbour", "ship, boat, sailing, lighthouse"),
    "lake": ("lake, pond, river", "calm water, reflection"),
    "firs": ("forest of fir trees", "woods, jungle, wilderness", "bear, wolf, deer, owl"),
    "trees": ("trees, park, garden", "autumn leaves, orchard"),
    "city": ("city, skyline, skyscrapers", "town, street, buildings", "traffic, car, train, metropolis"),
    "flowers": ("meadow full of flowers", "sunflowers, tulips, roses", "bee, butterfly, picnic"),
    "snow": ("snow, winter landscape", "skiing, ice, christmas, penguin"),
    "space": ("outer space, planet, galaxy", "astronaut, rocket, spaceship", "universe, science fiction"),
    "underwater": ("under water", "coral reef, fish", "whale, shark, dolphin", "octopus, mermaid, submarine"),
    "fire": ("fire, flames, bonfire", "volcano, lava, explosion"),
}
PATTERNS: dict[str, tuple[str, ...]] = {
    "ribbons": ("music, dance, rhythm", "jazz, concert, orchestra", "wind, movement, speed"),
    "tiles": (
        "geometry, mathematics, pattern",
        "business, architecture, office, report",
        "technology, data, machine, robot",
        "abstract art",
    ),
    "silk": ("feelings, love, soul", "dream, meditation, imagination", "smoke, fluid, colours, abstract"),
    "lights": ("party, celebration, birthday", "glitter, festival, night club, champagne"),
    "paper": (
        "a person, a portrait, a face",
        "an animal, cat, dog",
        "food, drink, kitchen",
        "a house, a room, furniture",
        "a thing, a tool, a vehicle",
        "logo, poster, icon",
    ),
}
WEATHERS: dict[str, tuple[str, ...]] = {
    "rain": ("rain", "rainy weather", "a thunderstorm", "storm"),
    "snowfall": ("snow", "falling snow", "a snowstorm"),
    "mist": ("fog", "mist", "misty"),
    "stars": ("night", "a starry sky", "the moon"),
    "aurora": ("northern lights", "aurora borealis"),
}
WORDS = {
    "firs": "firs", "trees": "trees", "snow": "snow", "city": "a city", "sea": "the sea", "lake": "a lake", "flowers": "a meadow",
    "space": "a planet", "underwater": "under water", "fire": "flames", "ribbons": "swinging strings", "tiles": "geometric tiles",
    "silk": "folds of colour", "lights": "lights", "paper": "cut paper", "aurora": "northern lights", "snowfall": "falling snow",
}  # fmt: skip
# What may be painted behind or in front of a place.
COMPANIONS = {
    "mountains": {"lake", "sea", "firs", "trees", "city", "snow", "flowers", "hills"},
    "hills": {"trees", "firs", "mountains", "lake", "flowers"},
    "desert": {"mountains"},
    "sea": {"mountains", "city"},
    "lake": {"mountains", "firs", "trees", "city", "hills", "snow"},
    "firs": {"mountains", "lake", "snow", "hills"},
    "trees": {"mountains", "lake", "hills", "city"},
    "city": {"sea", "lake", "mountains"},
    "flowers": {"mountains", "hills", "trees"},
    "snow": {"mountains", "firs", "lake"},
}
FITTING: dict[str, tuple[str, ...]] = {
    "underwater": ("deep sea",),
    "space": ("starry night", "northern lights", "violet", "neon"),
    "fire": ("embers", "red"),
    "lights": ("golden hour", "neon", "sunset", "embers", "violet", "starry night", "dawn"),
    "aurora": ("northern lights", "starry night"),
    "snow": ("winter", "dawn", "moonlight", "mist", "northern lights", "starry night", "sunset"),
    "snowfall": ("winter", "moonlight", "mist", "dawn", "northern lights", "starry night", "neon"),
}
FAVOURITES = {
    "desert": {"desert", "sunset", "golden hour"},
    "flowers": {"spring", "clear day"},
    "firs": {"woods", "dawn", "mist"},
    "sea": {"tropics", "sunset"},
    "city": {"neon", "sunset", "moonlight"},
    "trees": {"autumn", "woods"},
    "mountains": {"dawn", "sunset", "clear day"},
    "hills": {"clear day", "golden hour"},
    "lake": {"dawn", "clear day", "autumn"},
    "lights": {"golden hour", "neon"},
    "ribbons": {"neon", "violet"},
    "tiles": {"paper"},
    "paper": {"paper", "mint"},
}
NEVER = {"deep sea"}
ENOUGH, ENOUGH_TOGETHER = 0.34, 0.43
# Words whose meaning is no help.
IDLE = {
    "a", "an", "the", "of", "in", "on", "at", "to", "and", "or", "with", "for", "from", "by", "is", "are", "be", "it", "its", "this",
    "that", "some", "very", "my", "your", "our", "their", "as", "into", "over", "under", "picture", "image", "photo", "painting",
    "illustration", "drawing", "style", "watercolor", "watercolour", "oil", "digital", "art", "realistic", "detailed", "beautiful",
    "make", "draw",
}  # fmt: skip

# Every phrase that a prompt is held against.
PHRASES = tuple(
    dict.fromkeys(
        phrase
        for phrases in (*PLACES.values(), *PATTERNS.values(), *WEATHERS.values(), *(each.words for each in PALETTES))
        for phrase in phrases
    )
)

VectorsOf = Callable[[tuple[str, ...]], Numbers]


def texts_of(prompt: str) -> tuple[str, ...]:
    """The prompt and its words, of which many say nothing."""
    words = [word for word in re.findall(r"[^\W\d_]{3,}", prompt.lower()) if word not in IDLE]
    return (prompt, *dict.fromkeys(words[:24]))


@dataclass(frozen=True, slots=True)
class Theme:
    """What will be painted. `meaning` is the vector of the words."""

    place: str
    companions: frozenset[str]
    weathers: frozenset[str]
    palette: Palette
    meaning: Numbers

    def has(self, *names: str) -> bool:
        return self.place in names or bool(self.companions & set(names))

    def describe(self) -> str:
        parts = [self.place, *sorted(self.companions), *sorted(self.weathers)]
        shown = ", ".join(WORDS.get(part, part) for part in parts)
        return f"A procedural illustration of the mood, made without an image model: {shown}, in the colours of {self.palette.name!r}."


class Alike:
    """How near words are to phrases: as a whole, and word by word, so that one word among many is heard too."""

    def __init__(self, prompt: str, vectors_of: VectorsOf) -> None:
        self.vectors_of = vectors_of
        self.vectors = vectors_of(texts_of(prompt))

    def to(self, phrases: Iterable[str]) -> float:
        whole, single = self.whole_and_single(phrases)
        return max(whole, single * 0.94)

    def names(self, phrases: Iterable[str]) -> bool:
        """Whether one of the words says almost the same, or all of them do."""
        whole, single = self.whole_and_single(phrases)
        return whole > 0.6 or single > 0.72

    def whole_and_single(self, phrases: Iterable[str]) -> tuple[float, float]:
        near = self.vectors @ self.vectors_of(tuple(phrases)).T
        return float(near[0].max()), float(near[1:].max(initial=0))

    def to_each(self, known: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
        return {name: self.to(phrases) for name, phrases in known.items()}


def choose(prompt: str, vectors_of: VectorsOf, rng: Random) -> Theme:
    """The theme for these words. Chance decides between what fits almost equally well."""
    alike = Alike(prompt, vectors_of)
    places, patterns = alike.to_each(PLACES), alike.to_each(PATTERNS)
    place, score = best_of(places, rng)
    weathers = {name for name, phrases in WEATHERS.items() if alike.names(phrases)}
    if "rain" in weathers:
        weathers -= {"snowfall", "stars"}
    is_weak = score < ENOUGH and not weathers
    if is_weak or max(patterns.values()) > score + (0.16 if weathers else 0.06):
        place, companions, weathers = best_of(patterns, rng)[0], set[str](), set[str]()
    elif score < ENOUGH:
        place, companions = "mountains", set()
    else:
        companions = {name for name in COMPANIONS.get(place, ()) if places[name] > max(ENOUGH_TOGETHER, score - 0.2)}
    colours = choose_palette(alike, place, weathers, rng)
    return Theme(place, frozenset(companions), frozenset(weathers), colours, alike.vectors[0])


def best_of(scores: Mapping[str, float], rng: Random) -> tuple[str, float]:
    best = max(scores.values())
    near = sorted(name for name, score in scores.items() if score > best - 0.012)
    name = near[rng.integers(len(near))]
    return name, scores[name]


def choose_palette(alike: Alike, place: str, weathers: set[str], rng: Random) -> Palette:
    allowed = next((FITTING[name] for name in (place, *sorted(weathers)) if name in FITTING), None)
    known = [each for each in PALETTES if (each.name in allowed if allowed else each.name not in NEVER)]
    if weathers & {"stars", "aurora"}:
        known = [each for each in known if each.time == NIGHT] or known
    if "rain" in weathers:
        known = [each for each in known if each.time != DAY or each.name in {"mist", "stone", "woods"}] or known
    liked = FAVOURITES.get(place, set())
    is_night = bool(weathers & {"stars", "aurora"})
    # Dark ones want to be asked for.
    scores = {each.name: alike.to(each.words) + 0.1 * (each.name in liked) - 0.1 * (each.time == NIGHT and not is_night) for each in known}
    best = max(scores.values())
    near = [each for each in known if scores[each.name] > best - 0.03]
    return near[rng.integers(len(near))]
