from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.catalogue.target_file import environment, examine_target, read_target, secrets
from simulator.model.errors import InputError

KEY = "sk-" + "0123456789" * 8
TEXT = """\
target: 1
name: my-bot
base_url: ${BOT_BASE_URL:http://127.0.0.1:8080}
auth: {header: Authorization, value: "Bearer ${BOT_API_KEY}"}
turn: {request: {path: /chat, json: {text: "{{text}}", model: "${BOT_MODEL:m}"}}}
reply: {texts: reply}
"""


def problems(text: str, **env: str) -> list[str]:
    return [str(problem) for problem in examine_target("t.yaml", env, text=text).problems]


def test_the_environment_fills_the_target_and_the_text_keeps_its_variables() -> None:
    """The spec holds the key, the text that is copied into a run's folder does not."""
    spec, text = read_target("t.yaml", {"BOT_API_KEY": KEY}, text=TEXT)
    assert spec.auth is not None
    assert spec.auth.value == f"Bearer {KEY}"
    assert spec.base_url == "http://127.0.0.1:8080"
    assert text == TEXT


def test_a_missing_variable_names_itself_its_place_and_the_remedy() -> None:
    """A secret that is not set is told before anything is sent, and nothing else is said of that field."""
    with pytest.raises(InputError) as caught:
        read_target("t.yaml", {}, text=TEXT)
    assert str(caught.value) == (
        "t.yaml:4:31: auth.value: the environment variable BOT_API_KEY is not set; export BOT_API_KEY=..."
    )


def test_a_variable_that_is_set_to_nothing_counts_as_missing() -> None:
    """An empty export is the commonest way to lose a key."""
    assert "BOT_API_KEY is not set" in problems(TEXT, BOT_API_KEY="")[0]


def test_a_default_takes_the_place_of_a_missing_variable() -> None:
    """Also an empty default, and one with colons."""
    assert environment("${A:http://x:1}${B:}${C}", {"C": "c"}) == ("http://x:1c", [])


def test_a_name_that_no_shell_can_export_is_a_problem() -> None:
    """`${bot-key}` cannot be set by anybody."""
    assert "is not the name of a variable" in problems(TEXT.replace("BOT_API_KEY", "bot-key"))[0]


@pytest.mark.parametrize("field", ["name: my-bot", "base_url: ${BOT_BASE_URL:http://127.0.0.1:8080}"])
@pytest.mark.parametrize("key", [KEY, 'it\'s \\ "odd" ' * 9])
def test_no_message_holds_a_secret(field: str, key: str) -> None:
    """A key that strays into another field is not repeated, whole or cut or escaped."""
    text = TEXT.replace(field, field.split(":", 1)[0] + ": x ${BOT_API_KEY}")
    said = "\n".join(problems(text, BOT_API_KEY=key))
    assert said
    assert key[:9] not in said
    assert repr(key)[1:10] not in said


def test_secrets_are_what_the_environment_gave_to_auth_headers_and_key_like_names() -> None:
    """A base URL and a model are none, nor is a default, nor a value too short to be scrubbed."""
    env = {"BOT_API_KEY": KEY, "BOT_MODEL": "gpt-large", "BOT_BASE_URL": "http://127.0.0.1:1"}
    assert secrets(TEXT, env) == {KEY}
    assert secrets(TEXT, {"BOT_API_KEY": "x"}) == set()
    assert secrets(
        'turn: {request: {headers: {a: "${MINE}"}, json: "${MY_TOKEN}"}}', {"MINE": "aaaa", "MY_TOKEN": "bbbb"}
    ) == {
        "aaaa",
        "bbbb",
    }


def test_a_secret_written_into_the_file_is_warned_of() -> None:
    """It would be copied with the file."""
    examined = examine_target("t", {}, text=TEXT.replace("${BOT_API_KEY}", "abc"))
    assert [problem.warning for problem in examined.problems] == [True]
    assert "written into the file" in examined.problems[0].message
    assert examined.value is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("transport: websocket\n", "transport: websocket is not supported yet in this version"),
        ("transport: python\n", "name the class itself as the target: module:Class"),
        ("transport: carrier-pigeon\n", "transport: expected http, found text"),
        ("limits: {max_rps: 5}\n", "limits: limits is not supported yet in this version"),
        ("limit: 5\n", "limit: unknown field"),
        ("timeouts: {idle_s: 3}\n", "timeouts.idle_s: idle_s is not supported yet in this version"),
    ],
)
def test_what_the_format_knows_but_this_version_cannot_do_is_said_so(text: str, words: str) -> None:
    """`not supported yet` is another thing than `unknown`."""
    assert any(words in line for line in problems(TEXT + text, BOT_API_KEY=KEY))


def test_a_wire_of_another_mode_is_told_once_for_each_field() -> None:
    """What an unsupported wire leaves out is not called missing."""
    text = TEXT.replace("request: {path: /chat, json: {", "emit: say, json: {").replace('m}"}}}', 'm}"}}')
    lines = problems(text, BOT_API_KEY=KEY)
    assert len(lines) == 2
    assert all("not supported yet" in line for line in lines)


@settings(max_examples=200)
@given(st.sampled_from(TEXT.splitlines()), st.text(max_size=20), st.text(max_size=20))
def test_any_target_is_a_value_or_problems(line: str, value: str, key: str) -> None:
    """Whatever a line or the environment holds, nothing is raised."""
    bent = yaml.safe_dump({line.partition(":")[0]: value}, allow_unicode=True)
    examined = examine_target("t", {"BOT_API_KEY": key}, text=TEXT.replace(line + "\n", bent))
    assert examined.value is not None or examined.problems


TARGETS = Path(__file__).resolve().parents[2].parent / "shared" / "targets"


@pytest.mark.skipif(not TARGETS.is_dir(), reason="the worked targets are not beside this repository")
@pytest.mark.parametrize("name", ["a2a", "anthropic", "eliza", "openai-chat", "rasa", "responses"])
def test_worked_targets_of_this_version_load(name: str) -> None:
    """With the defaults of their variables and without a warning."""
    assert examine_target(TARGETS / f"{name}.yaml", {}).problems == []


@pytest.mark.skipif(not TARGETS.is_dir(), reason="the worked targets are not beside this repository")
@pytest.mark.parametrize("name", ["directline", "openai-chat-stream", "rasa-socketio"])
def test_worked_targets_of_later_versions_are_only_not_supported_yet(name: str) -> None:
    """Every one of their problems says so."""
    found = examine_target(TARGETS / f"{name}.yaml", {}).problems
    assert found
    assert all("not supported yet" in problem.message for problem in found)


def test_the_key_of_the_test_system_is_a_secret_too() -> None:
    """From the environment, known so that it can be kept out of records, and warned of where it is written down."""
    system = 'test_system: {base_url: "http://127.0.0.1:2", auth: {header: X-Key, value: "${ERP}"}}\n'
    assert secrets(TEXT + system, {"ERP": "erp-4711", "BOT_API_KEY": KEY}) == {KEY, "erp-4711"}
    spec, text = read_target("t", {"BOT_API_KEY": KEY, "ERP": "erp-4711"}, text=TEXT + system)
    assert spec.test_system.auth is not None
    assert (spec.test_system.auth.value, "erp-4711" in text) == ("erp-4711", False)
    written = examine_target("t", {"BOT_API_KEY": KEY}, text=TEXT + system.replace("${ERP}", "abc"))
    assert [(one.field, one.warning) for one in written.problems] == [("test_system.auth.value", True)]
