import pytest
from django.http import QueryDict

from apps.providers.facts import Facts, facts_for
from apps.providers.parameters import clean_parameters, settings_for
from apps.providers.presets import PRESETS, apply_preset, preset_of, preset_parameters

ALL = Facts(
    endpoints=("chat",),
    parameters={
        "temperature": {"min": 0, "max": 2},
        "top_p": {},
        "max_completion_tokens": {"min": 1},
        "stop": {},
        "seed": {},
        "frequency_penalty": {},
        "reasoning_effort": {"values": ["low", "medium", "high"], "default": "medium"},
    },
    limits={"output": 1000},
)
THINKS = Facts(
    parameters={
        "temperature": {"needs": {"reasoning_effort": ["none"]}, "because": "While thinking is on, this model sets it itself."},
        "reasoning_effort": {"values": ["none", "low", "medium", "high"], "default": "none"},
        "verbosity": {"values": ["low", "medium", "high"]},
    }
)


def names(settings: list) -> list[str]:
    return [setting.name for setting in settings]


def test_it_keeps_only_what_was_set():
    form = QueryDict("csrfmiddlewaretoken=x&message=hello&temperature=0.7&top_p=&max_completion_tokens=200&stop=&seed=")
    assert clean_parameters(ALL, form) == ({"temperature": 0.7, "max_completion_tokens": 200}, {})


def test_it_reads_json_like_a_form():
    data = {"temperature": 0, "max_completion_tokens": 200, "stop": ["END", "STOP"], "seed": -3, "reasoning_effort": "low", "top_p": None}
    clean, errors = clean_parameters(ALL, data)
    assert errors == {}
    assert clean == {"temperature": 0, "max_completion_tokens": 200, "stop": ["END", "STOP"], "seed": -3, "reasoning_effort": "low"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", "warm"),
        ("temperature", "2.1"),
        ("temperature", "-0.1"),
        ("temperature", "nan"),
        ("temperature", "inf"),
        ("temperature", True),
        ("temperature", {}),
        ("temperature", 10**400),
        ("max_completion_tokens", "0"),
        ("max_completion_tokens", "1001"),
        ("max_completion_tokens", "1.5"),
        ("max_completion_tokens", "9" * 100_000),
        ("max_completion_tokens", "١٢"),
        ("seed", str(2**63)),
        ("seed", 1.5),
        ("seed", True),
        ("stop", ["a", "b", "c", "d", "e"]),
        ("stop", "a\nb\nc\nd\ne"),
        ("stop", ["x" * 201]),
        ("stop", ["a\x00"]),
        ("stop", ["\ud800"]),
        ("stop", [1]),
        ("stop", {"a": 1}),
        ("reasoning_effort", "max"),
        ("reasoning_effort", ["low"]),
    ],
)
def test_it_refuses_with_a_sentence_what_cannot_be_sent(name, value):
    clean, errors = clean_parameters(ALL, {name: value})
    assert clean == {}
    assert errors[name].endswith(".")


def test_it_reads_numbers_with_a_comma_and_with_the_bounds_themselves():
    assert clean_parameters(ALL, {"temperature": "0,5"})[0] == {"temperature": 0.5}
    assert clean_parameters(ALL, {"temperature": "2", "max_completion_tokens": 1000})[0] == {
        "temperature": 2,
        "max_completion_tokens": 1000,
    }
    assert clean_parameters(ALL, {"seed": str(2**63 - 1)})[0] == {"seed": 2**63 - 1}


def test_it_takes_stop_words_from_lines_and_from_several_fields():
    assert clean_parameters(ALL, QueryDict("stop=END&stop=&stop=two words"))[0] == {"stop": ["END", "two words"]}
    assert clean_parameters(ALL, {"stop": "END\r\nEND\n\n STOP"})[0] == {"stop": ["END", " STOP"]}


def test_it_leaves_out_what_the_model_does_not_take():
    assert clean_parameters(THINKS, {"top_p": "0.5", "seed": "1", "verbosity": "low"}) == ({"verbosity": "low"}, {})


def test_it_leaves_out_what_another_setting_forbids():
    assert clean_parameters(THINKS, {"temperature": "0.5"})[0] == {"temperature": 0.5}
    assert clean_parameters(THINKS, {"temperature": "0.5", "reasoning_effort": "high"})[0] == {"reasoning_effort": "high"}


def test_it_shows_only_what_the_model_takes():
    assert names(settings_for(ALL)) == [
        "reasoning_effort",
        "temperature",
        "max_completion_tokens",
        "top_p",
        "frequency_penalty",
        "stop",
        "seed",
    ]
    assert names(settings_for(Facts())) == []


def test_it_says_why_a_setting_is_off():
    temperature = next(setting for setting in settings_for(THINKS, {"reasoning_effort": "high"}) if setting.name == "temperature")
    assert temperature.off_because == "While thinking is on, this model sets it itself."
    assert not any(setting.off_because for setting in settings_for(THINKS, {"reasoning_effort": "none"}))


def test_it_shows_the_bounds_and_values_of_the_model():
    shown = {setting.name: setting for setting in settings_for(ALL, {"temperature": 0.3})}
    assert shown["temperature"].value == 0.3
    assert (shown["max_completion_tokens"].max, shown["max_completion_tokens"].shown_max) == (1000, 1000)
    assert [value for value, _label in shown["reasoning_effort"].choices] == ["low", "medium", "high"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("precise", {"temperature": 0.2, "reasoning_effort": "high"}),
        ("balanced", {"temperature": 0.7}),
        ("creative", {"temperature": 1.1, "reasoning_effort": "low"}),
        ("unknown", {}),
    ],
)
def test_it_turns_a_preset_into_values_that_the_model_takes(name, expected):
    assert preset_parameters(ALL, name) == expected


def test_it_lets_thinking_win_over_creativity_in_a_preset():
    assert preset_parameters(THINKS, "precise") == {"reasoning_effort": "low", "verbosity": "low"}
    assert preset_parameters(THINKS, "creative") == {"temperature": 1.1, "reasoning_effort": "none", "verbosity": "high"}


def test_it_recognises_a_preset_until_a_slider_is_moved():
    for preset in PRESETS:
        values = apply_preset(ALL, {"temperature": 2, "seed": 5}, preset.name)
        assert preset_of(ALL, values) == preset.name
        assert values["seed"] == 5
    assert preset_of(ALL, {"temperature": 0.33}) == "own"
    assert preset_of(ALL, {"seed": 5}) == ""


@pytest.mark.parametrize("name", ["gpt-6-luna", "o3", "gpt-5.6-terra"])
def test_it_never_sends_creativity_to_models_that_set_it_themselves(team, make_model, name):
    facts = facts_for(team, make_model(name))
    assert clean_parameters(facts, {"temperature": "0.5", "stop": "x"}) == ({}, {})
    assert next(setting for setting in settings_for(facts) if setting.name == "temperature").off_because


def test_it_offers_creativity_to_a_thinking_model_only_while_it_does_not_think(team, make_model):
    facts = facts_for(team, make_model("gpt-5.4"))
    assert clean_parameters(facts, {"temperature": "0.5"})[0] == {"temperature": 0.5}
    assert "temperature" not in clean_parameters(facts, {"temperature": "0.5", "reasoning_effort": "low"})[0]
