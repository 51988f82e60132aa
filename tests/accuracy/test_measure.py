"""The whole table, what a release publishes of it, and whether what is published is still so."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from simulator import __version__
from simulator.accuracy.dose import CUSTOMERS, measure_doses
from simulator.accuracy.labelled import frozen, read_labelled, shipped
from simulator.accuracy.measure import measure, publishable, write
from simulator.model.errors import InputError
from simulator.registry.accuracy import HELD_OUT, Accuracy, published


@pytest.fixture(scope="module")
def fresh() -> Accuracy:
    """Measured now, on the labelled set that comes with the product."""
    return measure(read_labelled(shipped()), doses=False)


def known() -> Accuracy:
    found = published()
    assert found is not None, "nothing is published: make accuracy"
    return found


def test_the_published_table_is_this_versions_and_the_frozen_sets() -> None:
    """Its version, its files' hashes, the held-out split alone, and no dialogue's name."""
    found = known()
    assert found.version == __version__
    assert found.hashes == frozen()
    assert set(found.conversations) == {one.split for one in found.figures} == {HELD_OUT}
    assert not any(one.slips for one in found.figures)
    assert (found.each, bool(found.doses), bool(found.known)) == (CUSTOMERS, True, True)


def test_measured_again_the_published_figures_are_the_same(fresh: Accuracy) -> None:
    """A scorer that was changed without `make accuracy` is found here."""
    assert publishable(fresh).figures == known().figures, "the scorers have changed: make accuracy"


@pytest.mark.slow
def test_the_reference_bots_measured_again_are_the_same() -> None:
    """The same seed and customers give the same table."""
    doses, single = measure_doses()
    assert (doses, single) == (known().doses, known().known), "the bots or scorers have changed: make accuracy"


def test_both_splits_are_measured_apart(fresh: Accuracy) -> None:
    """Tuning and held-out dialogues have figures of their own, and together they are the set."""
    assert set(fresh.conversations) == {HELD_OUT, "tuning"}
    loops = {one.split: one.n for one in fresh.figures if one.name == "loop"}
    assert loops == fresh.conversations
    assert sum(loops.values()) == sum(fresh.languages.values())


def test_one_split_and_one_language() -> None:
    """The rest is left out; where nothing is left, what there is is named."""
    reading = read_labelled(shipped())
    found = measure(reading, split="tuning", language="de", doses=False)
    assert (list(found.conversations), list(found.languages)) == (["tuning"], ["de"])
    with pytest.raises(InputError, match="there are held_out/de"):
        measure(reading, language="nl", doses=False)


def test_only_the_frozen_set_can_be_published(fresh: Accuracy, tmp_path: Path) -> None:
    """One dialogue changed, and its figures are nobody's."""
    with pytest.raises(InputError, match="not those that were frozen"):
        publishable(msgspec.structs.replace(fresh, hashes={**fresh.hashes, "en.jsonl": "0" * 64}))
    write(publishable(fresh), tmp_path / "table.json")
    again = msgspec.json.decode((tmp_path / "table.json").read_bytes(), type=Accuracy)
    assert again == publishable(fresh)
    with pytest.raises(InputError, match="cannot be written"):
        write(fresh, tmp_path)
