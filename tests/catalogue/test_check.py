from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.catalogue.check import MARKS, examine, read
from simulator.model.errors import InputError
from simulator.model.gates import Gates
from simulator.model.persona import Distribution, Persona
from simulator.model.plan import RunPlan
from simulator.model.scenario import Scenario
from simulator.model.target import TargetSpec

SCENARIO = """\
scenario: 1
name: parcel-status
facts:
  order: {kind: identity, value: "PX-{{digits:5}}"}
truth:
  place: {value: Lyon}
steps:
  restart_router: ["restart"]
needs:
    - name: where_is_it
      resolution: {told: [place]}
      milestones: [place]
      criticality: low
      required_slots: [order]
"""


def problems(text: str, kind: type[Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        read("x.yaml", kind, text=text)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_becomes_its_noun(tmp_path: Path) -> None:
    """read() gives the Struct of the file."""
    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO)
    assert read(path, Scenario).needs[0].required_slots == ["order"]


def test_a_wrong_type_is_told_with_line_column_field_and_remedy() -> None:
    """The worked example of a wrong type, word by word."""
    assert problems(SCENARIO.replace("[order]", "3"), Scenario) == [
        "x.yaml:14:7: needs[0].required_slots: expected a list of strings, found a number (3); "
        "write it as a list, e.g. [order]"
    ]


def test_all_problems_of_a_file_come_at_once_in_the_order_of_the_file() -> None:
    """A doubled key, an unknown field, a wrong reference and a wrong type are four problems of one reading."""
    text = SCENARIO.replace("name: parcel-status", "name: parcel-status\nsegmnt: b2c")
    text = (
        text.replace("milestones: [place]", "milestones: [plcae]").replace("[order]", "3")
        + "segment: b2c\nsegment: x\n"
    )
    found = problems(text, Scenario)
    assert [line.split(": ")[0] for line in found] == ["x.yaml:3:1", "x.yaml:13:20", "x.yaml:15:7", "x.yaml:17:1"]
    assert found[0].endswith("segmnt: unknown field; did you mean segment?")
    assert "needs[0].milestones[0]: 'plcae' is not a truth of this scenario; did you mean place?" in found[1]
    assert "segment: the key is given twice, first in line 16" in found[3]


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Persona, "persona: 1\nname: a", "`about` is missing; expected text"),
        (Persona, "persona: 2\nname: a\nabout: x", "expected 1, found a number (2); this version reads format 1 only"),
        (Persona, "persona: 1\nname: A b\nabout: x", "expected lower-case letters, digits and underscores"),
        (Persona, 'persona: 1\nname: "a\\n"\nabout: x', "name: a name holds no line break"),
        (Persona, "persona: 1\nname: a\nabout: 007", 'expected text, found a number (007); put it in quotes: "007"'),
        (Persona, "persona: 1\nname: a\nabout: x\ndevice: phon", "expected one of desktop, phone, found text ('phon')"),
        (Persona, "persona: 1\nname: a\nabout: x\ndevice: phon", "did you mean phone?"),
        (Persona, "persona: 1\nname: a\nabout: x\ntrust: high", "trust: expected a number or a mapping (beta,"),
        (Persona, "persona: 1\nname: a\nabout: x\ntrust: high", "write e.g. 0.4 or {beta: [2, 3]}"),
        (
            Persona,
            "persona: 1\nname: a\nabout: x\ntrust: {beta: [1, -2]}",
            "trust.beta[1]: expected a number greater than 0",
        ),
        (Persona, "persona: 1\nname: a\nabout: x\ntrust: {beta: [1]}", "trust.beta: expected a list of 2 numbers"),
        (
            Persona,
            "persona: 1\nname: a\nabout: x\ntrust: {beta: [1, 2, 3]}",
            "expected a list of 2 numbers, found a list of 3",
        ),
        (
            Persona,
            "persona: 1\nname: a\nabout: x\ntrust: {bta: [1, 2]}",
            "trust.bta: unknown field; did you mean beta?",
        ),
        (Persona, "persona: 1\nname: a\nabout: x\nfailed_before: 2", "failed_before: expected a number of at most 1"),
        (Persona, "persona: 1\nname: a\nabout: x\nprobe: asks", "probe: expected one of ask0, oblique, passive"),
        (RunPlan, "plan: 1\nrepeats: 0", "repeats: expected a number of at least 1, found a number (0)"),
        (RunPlan, "plan: 1\nrepeats: 2.0", "repeats: expected a whole number, found a number (2.0)"),
        (RunPlan, "plan: 1\nprobes: yes", "probes: expected true or false, found text ('yes'); write true"),
        (RunPlan, "plan: 1\nseed: '3'", "write it without quotes: 3"),
        (RunPlan, "plan: 1\ntarget: 3", "target: expected text or a list of strings, found a number (3)"),
        (RunPlan, "plan: 1\ngates: {rules: [{metric: x}]}", "gates.rules[0]: a rule needs exactly one of at_most"),
        (RunPlan, "plan: 1\nload: 20", "load: expected a mapping (users), found a number (20)"),
        (RunPlan, "plan: 1\nthink: .nan", "think: expected a finite number, found nan"),
        (Scenario, "scenario: 1\nname: a\nfacts: {}\nneeds: []", "needs: expected a list of at least 1 mappings"),
        (Scenario, "just words", "expected a mapping"),
        (Scenario, "persona: 1\nname: a\nabout: x", "expected a scenario file (scenario: 1), found a persona file"),
    ],
)
def test_every_kind_of_violation_is_said_in_plain_words(kind: type[Any], text: str, words: str) -> None:
    """Types, lists of values, ranges, forms, unions and missing fields, without the jargon of schemas."""
    said = "\n".join(problems(text, kind))
    assert words in said
    assert not any(jargon in said for jargon in ("anyOf", "is not valid under", "$", "'type'", "additionalProperties"))


def test_a_whole_number_is_good_where_a_number_is_expected() -> None:
    """`trust: 1` needs no decimal point."""
    assert read("x", Persona, text="persona: 1\nname: a\nabout: x\ntrust: 1").trust == 1.0


def test_a_distribution_is_read_as_one() -> None:
    """A trait is a constant or a prior."""
    persona = read("x", Persona, text="persona: 1\nname: a\nabout: x\ntrust: {beta: [5, 3], times: 0.65}")
    assert persona.trust == Distribution(beta=(5.0, 3.0), times=0.65)


def test_a_warning_does_not_refuse_a_file() -> None:
    """examine() shows it, read() lets it pass."""
    text = "gates: 1\nrules: [{metric: loop_rate, at_most: 5}]"
    examined = examine("x", Gates, text=text)
    assert [problem.warning for problem in examined.problems] == [True]
    assert read("x", Gates, text=text) == examined.value


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    """A path that leads nowhere is the user's to mend, never a traceback."""
    with pytest.raises(InputError, match="there is no such file"):
        read(tmp_path / "x.yaml", Persona)


def test_a_long_value_is_cut_in_its_message() -> None:
    """A paragraph in the wrong place is not repeated in full."""
    assert len(problems(f"plan: 1\nclock: {'x' * 5000}", RunPlan)[0]) < 500


KINDS = st.sampled_from([*MARKS])


def value_or_problems(text: str, kind: type[Any]) -> object:
    try:
        return read("x", kind, text=text)
    except InputError as error:
        return error.problems


@given(st.text(), KINDS)
def test_any_text_is_a_value_or_an_input_error(text: str, kind: type[Any]) -> None:
    """No text leads to another exception."""
    assert value_or_problems(text, kind)


FIELDS = sorted({name for kind in MARKS for name in kind.__struct_fields__} | {"told", "name", "value", "kind", "beta"})  # type: ignore[attr-defined]
TEXTS = st.sampled_from(["", "(", "a", "{{digits}}", "[?a", "${X}", "http://[", "12:00", "\n"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(FIELDS), TREES, max_size=8), KINDS)
def test_any_tree_of_known_fields_is_a_value_or_an_input_error(tree: dict[str, Any], kind: type[Any]) -> None:
    """Whatever stands under the right names, the checks of references step around its shape."""
    text = yaml.safe_dump({MARKS[kind]: 1} | tree, allow_unicode=True)
    assert value_or_problems(text, kind)


SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "examples"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the worked examples are not beside this repository")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("persona", Persona),
        ("scenario-parcel-status", Scenario),
        ("scenario-saas-outage", Scenario),
        ("plan", RunPlan),
        ("gates", Gates),
    ],
)
def test_worked_examples_load_without_a_warning(name: str, kind: type[Any]) -> None:
    """The files that explain the formats are good files."""
    assert examine(SHARED / f"{name}.yaml", kind).problems == []


def test_each_format_has_its_mark() -> None:
    """The first key of a file tells which of the eight formats it is."""
    marks = ["calibration", "gates", "log_map", "persona", "plan", "scenario", "target", "translation"]
    assert sorted(MARKS.values()) == marks
    assert MARKS[TargetSpec] == "target"
