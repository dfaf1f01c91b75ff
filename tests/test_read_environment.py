"""Where settings come from: the environment, a file it names, the `.env` file, the default. In this order."""

import pathlib
import stat

import pytest

from playground import env


@pytest.fixture
def env_file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    file = tmp_path / ".env"
    monkeypatch.setattr(env, "ENV_FILE", file)
    return file


def test_it_reads_lines_of_the_env_file(env_file: pathlib.Path) -> None:
    env_file.write_text("# a comment\n\nSOME_PORT = 8100\nexport SOME_NAME='two words'\nSOME_URL=postgresql://u:p=@h/n\nnonsense\n")
    assert env.number("SOME_PORT", 1) == 8100
    assert env.text("SOME_NAME") == "two words"
    assert env.text("SOME_URL") == "postgresql://u:p=@h/n"


def test_it_lets_the_environment_win(env_file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file.write_text("SOME_NAME=file\n")
    monkeypatch.setenv("SOME_NAME", "environment")
    assert env.text("SOME_NAME") == "environment"
    assert env.for_process()["SOME_NAME"] == "environment"
    assert env.for_process(SOME_NAME="start")["SOME_NAME"] == "start"


def test_it_reads_a_secret_from_the_file_it_names(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("hidden\n")
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "secret"))
    assert env.text("SOME_SECRET") == "hidden"
    monkeypatch.setenv("SOME_SECRET_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(env.BadSetting, match=r"SOME_SECRET_FILE names .*nowhere, which cannot be read"):
        env.text("SOME_SECRET")


def test_it_takes_an_empty_variable_for_none(env_file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOME_NUMBER", "SOME_FLAG", "SOME_SECONDS", "SOME_WORDS"):
        monkeypatch.setenv(name, "")
    assert env.number("SOME_NUMBER", 7) == 7
    assert env.flag("SOME_FLAG", True) is True
    assert env.seconds("SOME_SECONDS", 1.5) == 1.5
    assert env.words("SOME_WORDS", "a, b") == ["a", "b"]


def test_it_says_what_to_write_instead(env_file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_THING", "perhaps")
    with pytest.raises(env.BadSetting, match="Write yes or no"):
        env.flag("SOME_THING")
    with pytest.raises(env.BadSetting, match="Write a whole number"):
        env.number("SOME_THING", 1)
    with pytest.raises(env.BadSetting, match="Write a number of seconds"):
        env.seconds("SOME_THING", 1)


def test_it_makes_a_secret_once_and_only_where_it_may(tmp_path: pathlib.Path, env_file: pathlib.Path) -> None:
    file = tmp_path / "keys" / "some_secret"
    with pytest.raises(env.BadSetting, match="SOME_SECRET is not set"):
        env.kept_secret("SOME_SECRET", file, may_create=False)
    made = env.kept_secret("SOME_SECRET", file, may_create=True)
    assert len(made) > 40
    assert env.kept_secret("SOME_SECRET", file, may_create=False) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
