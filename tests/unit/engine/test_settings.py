"""What somebody is told who sets Tocsin up."""

from pathlib import Path

import pytest

from engine.settings import ALL_ROLES, load_settings
from engine.settings_file import SettingsError


def mistakes(path: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    return caught.value.mistakes


def test_without_any_setting_it_runs_on_this_machine_alone(tmp_path: Path) -> None:
    settings = load_settings()

    assert settings.http.host == "127.0.0.1"
    assert settings.database.get_secret_value() == "sqlite:///tocsin-data/tocsin.db"
    assert settings.roles == ALL_ROLES
    assert not settings.kafka.enabled
    assert settings.kafka.durability == "replicated"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tocsin.toml", 'phone = "+00 1"\n[http]\nport = 8001\n[kafka]\nbrokers = ["a:1"]\n'),
        ("tocsin.yaml", 'phone: "+00 1"\nhttp:\n  port: 8001\nkafka:\n  brokers: ["a:1"]\n'),
    ],
)
def test_a_file_says_what_differs_from_the_defaults(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)

    settings = load_settings(path)

    assert (settings.phone, settings.http.port, settings.kafka.brokers) == ("+00 1", 8001, ("a:1",))
    assert settings.kafka.group == "tocsin"


def test_a_variable_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tocsin.toml"
    path.write_text('phone = "+00 1"\n[http]\nhost = "127.0.0.2"\nport = 8001\n')
    monkeypatch.setenv("TOCSIN_CONFIG", str(path))
    monkeypatch.setenv("TOCSIN_HTTP__PORT", "8002")
    monkeypatch.setenv("TOCSIN_ROLES", "intake, web")
    monkeypatch.setenv("TOCSIN_KAFKA__BROKERS", "a:1,b:2")

    settings = load_settings()

    assert (settings.phone, settings.http.host, settings.http.port) == ("+00 1", "127.0.0.2", 8002)
    assert settings.roles == ("intake", "web")
    assert settings.kafka.brokers == ("a:1", "b:2")


def test_a_secret_may_lie_in_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("kept secret\n")
    path = tmp_path / "tocsin.toml"
    path.write_text(f'[kafka]\nusername = "desk"\npassword_file = "{secret}"\n')
    monkeypatch.setenv("TOCSIN_DATABASE_URL_FILE", str(secret))

    settings = load_settings(path)

    assert settings.kafka.password is not None
    assert settings.kafka.password.get_secret_value() == "kept secret"
    assert settings.kafka.username == "desk"
    assert settings.database.get_secret_value() == "kept secret"
    assert "kept secret" not in repr(settings)


def test_a_secrets_variable_may_name_a_file_deep_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("deep")
    monkeypatch.setenv("TOCSIN_KAFKA__PASSWORD_FILE", str(secret))
    monkeypatch.setenv("TOCSIN_KAFKA__USERNAME", "desk")

    kafka = load_settings().kafka

    assert kafka.password is not None
    assert kafka.password.get_secret_value() == "deep"
    assert kafka.username == "desk"


def test_every_mistake_is_listed_at_once_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tocsin.toml"
    path.write_text('fone = "+00 1"\n[http]\nport = "many"\n')
    monkeypatch.setenv("TOCSIN_TIME_FACTOR", "-1")
    monkeypatch.setenv("TOCSIN_PHNOE", "x")

    found = "\n".join(mistakes(path))

    assert f"{path}: fone: no such setting" in found
    assert f"{path}: http.port: " in found
    assert "TOCSIN_TIME_FACTOR: " in found
    assert "TOCSIN_PHNOE: no such setting" in found
    assert "many" not in found


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", "phone = 1 2", "not TOML"),
        ("a.toml", 'phone = "1"\nphone = "2"', "not TOML"),
        ("a.yaml", "phone: 1\nphone: 2", ":2:1: not YAML"),
        ("a.yaml", "a: [1", "not YAML"),
        ("a.yaml", "- 1", "a table of names"),
        ("a.yaml", "a: &x 1\nb: *x", "write the value out"),
        ("a.ini", "a=1", "name it .toml or .yaml"),
        ("a.toml", "#" * 300_000, "larger than"),
    ],
)
def test_b44_a_broken_file_names_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text)

    assert said in "\n".join(mistakes(path))


def test_a_file_that_is_not_there_or_not_text_says_so(tmp_path: Path) -> None:
    binary = tmp_path / "a.toml"
    binary.write_bytes(b"a = '\xff'")

    assert "name an existing file" in mistakes(tmp_path / "none.toml")[0]
    assert "not UTF-8" in mistakes(binary)[0]


def test_an_empty_file_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("")

    assert load_settings(path) == load_settings()


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('password_file = "{there}"\npassword = "x"', "not both"),
        ('password_file = "{nowhere}"', "cannot be read"),
        ('password_file = "{empty}"', "is empty"),
    ],
)
def test_a_secret_that_cannot_be_read_stops_the_start(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "there").write_text("x")
    (tmp_path / "empty").write_text("\n")
    path = tmp_path / "a.toml"
    names = {name: str(tmp_path / name) for name in ("there", "nowhere", "empty")}
    path.write_text("[kafka]\n" + toml.format(**names))

    assert said in mistakes(path)[0]


@pytest.mark.parametrize(
    ("asked", "session", "rebalance", "least"),
    [(20, 6, 20, "25"), (10, 6, 5, "11"), (24.9, 6, 20, "25")],
)
def test_b39_times_that_do_not_fit_together_are_refused_with_the_numbers(
    monkeypatch: pytest.MonkeyPatch, asked: float, session: float, rebalance: float, least: str
) -> None:
    monkeypatch.setenv("TOCSIN_KAFKA__REQUEST_TIMEOUT", str(asked))
    monkeypatch.setenv("TOCSIN_KAFKA__SESSION_TIMEOUT", str(session))
    monkeypatch.setenv("TOCSIN_KAFKA__REBALANCE_TIMEOUT", str(rebalance))

    found = mistakes()[0]

    assert f"at least {least} s" in found
    assert f"{asked:g} s" in found
