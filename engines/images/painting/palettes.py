"""Colours that go together, and the words they go with."""

from dataclasses import dataclass

import numpy as np

from engines.images.painting.canvas import Numbers, Random

DAY, DUSK, NIGHT = "day", "dusk", "night"


def colour(code: str) -> Numbers:
    """#rrggbb as three numbers from 0 to 1."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def mix(first: Numbers, second: Numbers, share: float | Numbers) -> Numbers:
    """The share of the second in the first, for one colour or for many."""
    mixed: Numbers = (first * (1 - share) + second * share).astype(np.float32)
    return mixed


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """`sky` from above to the horizon, `land` from far to near, `accent` for what is small and bright, `light` for what shines."""

    name: str
    time: str
    sky: tuple[Numbers, Numbers, Numbers]
    land: tuple[Numbers, Numbers, Numbers]
    accent: Numbers
    light: Numbers
    words: tuple[str, ...] = ()

    @property
    def ramp(self) -> Numbers:
        """Five colours from dark to bright."""
        colours = np.array([self.land[2], self.land[1], self.sky[1], self.accent, self.light, self.land[0], self.sky[0]])
        return colours[np.argsort(colours @ np.array([0.3, 0.59, 0.11], np.float32))][[0, 1, 3, 5, 6]]

    def land_at(self, nearness: float) -> Numbers:
        """The colour of land, 0 far away and 1 in front."""
        far, middle, near = self.land
        return mix(far, middle, nearness * 2) if nearness < 0.5 else mix(middle, near, nearness * 2 - 1)

    def turned(self, rng: Random) -> "Palette":
        """A sister of it: each time a little warmer, colder, brighter or darker."""
        shift = rng.normal(0, 0.018, 3).astype(np.float32) + np.float32(rng.normal(0, 0.012))
        change = [np.clip(each + shift, 0, 1) for each in (*self.sky, *self.land, self.accent)]
        return Palette(
            self.name, self.time, (change[0], change[1], change[2]), (change[3], change[4], change[5]), change[6], self.light, self.words
        )


def palette(name: str, time: str, colours: str, *words: str) -> Palette:
    """The colours in the order of the fields: three of the sky, three of the land, accent, light."""
    codes = [colour(code) for code in colours.split()]
    return Palette(name, time, (codes[0], codes[1], codes[2]), (codes[3], codes[4], codes[5]), codes[6], codes[7], words)


# fmt: off
PALETTES = (
    palette("clear day", DAY, "#2f7fc4 #7fbfe4 #e4f2ee #9dc3bd #5e9f72 #2c6648 #f2b84b #fff6d8",
            "a sunny day, blue sky", "summer, green hills", "nature, fresh air"),
    palette("spring", DAY, "#8fbde6 #d3e3f3 #fde9e2 #b9d3b3 #8dbd86 #55905f #ef86ab #fff8ea",
            "spring, pastel colours", "flowers, blossom", "a baby, cute"),
    palette("tropics", DAY, "#0d93c4 #63cfdc #eaf8e4 #62c2ad #1f8f76 #0b5a4c #ff7a66 #fffbe0",
            "tropical beach, turquoise sea", "holiday on an island"),
    palette("autumn", DAY, "#7fa3b8 #d9cfb6 #f8e3b6 #d39b56 #ad5a2e #5a2b1d #eea63c #fff0cf",
            "autumn, fall, golden leaves", "harvest, coffee, wood"),
    palette("woods", DAY, "#9cc5ae #d3e5c8 #f5f4da #8ab596 #41795c #153a31 #e8c468 #fffbe3",
            "green forest, leaves and moss", "jungle, garden, plants"),
    palette("desert", DAY, "#3f9fc8 #f0c8a0 #fce6c6 #e6ad74 #c87541 #7a3822 #f6d08a #fff3d6",
            "desert sand and rock", "dry heat, canyon"),
    palette("winter", DAY, "#86abd0 #cbdcee #f6f2ee #dde8f2 #a9c3da #5a7fa3 #d9534f #ffffff",
            "snow, ice and winter", "cold, frost, christmas"),
    palette("mist", DAY, "#93a2ad #c3ccd1 #ebe9e3 #a9b3b8 #6c7a83 #36434c #cfa766 #fbfaf4",
            "fog, mist, grey clouds", "rain, storm, melancholy", "old, quiet, lonely"),
    palette("sunset", DUSK, "#2f2560 #cc5069 #ffb777 #a04c6c #5a2a5a #20113a #ffd27a #fff1c9",
            "sunset, evening glow", "orange and pink, warm", "love, romance, passion"),
    palette("dawn", DUSK, "#5578b6 #e2a3b6 #ffe3c2 #b396b7 #6c6399 #34345f #ffcf9f #fff4dd",
            "dawn, sunrise, early morning", "dream, tender, calm", "pink and purple, lavender"),
    palette("golden hour", DUSK, "#e0894f #f6c478 #fdebbb #d8924d #9c5a32 #4a271b #fff0b5 #fff8dc",
            "golden light, late afternoon", "yellow, gold, honey", "food, warmth, home"),
    palette("embers", DUSK, "#170407 #7a1616 #f5682d #5e1612 #2e0a0c #0f0406 #ffb13d #fff0a8",
            "fire and lava, red and black", "volcano, war, danger, hell", "dragon, anger"),
    palette("moonlight", NIGHT, "#0a1633 #23416f #7396b8 #3f6089 #1f3961 #0a152e #f6d98b #f6f2df",
            "moonlight, night, dark blue", "sleep, silence", "blue, deep"),
    palette("starry night", NIGHT, "#060919 #1b1f4d #54418f #2d2e66 #171a43 #070919 #f6d98b #f7f2ff",
            "night sky with stars, space", "astronaut, galaxy, universe", "magic, mystery, fantasy"),
    palette("northern lights", NIGHT, "#04101d #0c3947 #2f8f7a #14505a #0b2f3d #04141f #8ff0c0 #eafff5",
            "northern lights, aurora", "arctic night"),
    palette("neon", NIGHT, "#0c021f #47117c #e23a8e #3b1579 #1f0b4b #0a0320 #3df0ff #ffe66d",
            "neon city lights, night life", "technology, robot, computer, cyberpunk", "music, party, dance, jazz"),
    palette("deep sea", NIGHT, "#0b5f8a #0a3f6b #052242 #0e6f8c #0a4a6c #04223f #ff9d6c #c9fbff",
            "deep ocean, under water", "fish, coral, whale"),
    palette("paper", DAY, "#efe6d6 #f7f0e3 #fbf6ec #e3b58f #c4694a #2f3e46 #e9a13b #fffaf0",
            "business, paper, design, poster", "art, craft, portrait", "a person, people"),
    palette("stone", DAY, "#b9bcbf #dadcdd #f1f1ef #a2a6a9 #66696d #26282b #8d9196 #ffffff",
            "black and white photograph, grey stone", "minimalism, concrete, silver"),
    palette("red", DUSK, "#5c0f1c #b3202f #f2795a #8f1b2b #5c0f1f #2a0711 #ffcf8f #fff1dc",
            "red, strawberry, rose", "blood, heart"),
    palette("violet", DUSK, "#3b1f66 #8452b8 #e6bfe8 #6d4aa0 #452b76 #1f1240 #ffd1e8 #fff3ff",
            "violet, purple, lilac", "wizard, crystal, unicorn"),
    palette("mint", DAY, "#7fd0c0 #c2ebdd #f2fbf1 #79bfa8 #3b8d7c #14514c #ff9b85 #ffffff",
            "mint, teal, fresh green", "health, science, hope"),
)
# fmt: on
