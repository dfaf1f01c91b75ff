"""The first half of `make run`, with pip replaced by a recorder."""

import pathlib
import sys

import pytest

from launch import install


@pytest.fixture
def root(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A checkout with a working environment and four small files."""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    files = {
        "requirements.txt": "a==1\n",
        "requirements-engines.txt": "# models\nllama==1\nonnx>=1,<2 ; x\n",
        "requirements-dev.txt": "d==1\n",
    }
    for name, text in {**files, "constraints.txt": "b==1\n"}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", python)
    monkeypatch.setattr(install, "STAMP", tmp_path / ".venv" / "installed.json")
    monkeypatch.setattr(install, "CONSTRAINTS", tmp_path / "constraints.txt")
    monkeypatch.setattr(install, "_is_usable", python.exists)
    return tmp_path


class Pip:
    """Remembers what was asked for; refuses what contains one of the given texts."""

    def __init__(self, *refuses: str, words: str = "No matching distribution found") -> None:
        self.asked: list[str] = []
        self.refuses = refuses
        self.words = words

    def __call__(self, arguments: list[str]) -> str:
        asked = " ".join(arguments)
        self.asked.append(asked)
        return self.words if any(text in asked for text in self.refuses) else ""


def test_it_installs_once_and_again_only_what_changed(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip()
    monkeypatch.setattr(install, "_pip", pip)
    install.ensure()
    assert len(pip.asked) == 2
    install.ensure()
    assert len(pip.asked) == 2
    (root / "requirements.txt").write_text("a==2\n")
    install.ensure()
    assert len(pip.asked) == 3
    assert "requirements.txt" in pip.asked[-1]


def test_it_goes_on_without_an_engine_that_has_no_package_here(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip("requirements-engines", "llama==1")
    monkeypatch.setattr(install, "_pip", pip)
    install.ensure()
    assert install.missing_engines() == ["llama"]
    assert any("onnx>=1,<2" in asked for asked in pip.asked)


def test_it_tries_the_engines_again_after_a_start_without_network(
    root: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_pip", Pip("requirements-engines", words="NewConnectionError: Temporary failure in name resolution"))
    install.ensure()
    assert "cannot be reached" in capsys.readouterr().out
    working = Pip()
    monkeypatch.setattr(install, "_pip", working)
    install.ensure()
    assert len(working.asked) == 1


def test_it_refuses_when_the_product_itself_cannot_be_installed(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_pip", Pip("requirements.txt"))
    with pytest.raises(install.CannotInstall, match="No matching distribution"):
        install.ensure()
    assert install.read_stamp() == {}


def test_it_says_in_one_sentence_that_there_is_no_network(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_pip", Pip("requirements.txt", words="NewConnectionError: long story\nERROR: ResolutionImpossible"))
    with pytest.raises(install.CannotInstall, match=r"^The package index cannot be reached, .* needs a network\.$"):
        install.ensure()


def test_it_says_which_python_is_needed(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(install.CannotInstall, match="make run PYTHON="):
        install.ensure()


def test_it_starts_afresh_when_the_stamp_is_unreadable(root: pathlib.Path) -> None:
    install.STAMP.write_text('{"run": ')
    assert install.read_stamp() == {}
