"""Search parameters: the profile in the documentation, and what a profile refuses."""

from pathlib import Path

import pytest

from tawteen.case.findings import CaseError
from tawteen.plan.params import DEFAULTS, SearchParams, profile_text, read_params
from tawteen.words import LANGS, Words

PROFILE = Path(__file__).parents[2] / "docs" / "reference" / "search.toml"


def test_the_documented_profile_states_the_defaults() -> None:
    assert PROFILE.read_text(encoding="utf-8") == profile_text()
    assert read_params(PROFILE) == DEFAULTS


def test_a_profile_replaces_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "search.toml"
    path.write_text(
        "whole_model_sites = 40\n[neighbourhoods]\nseconds = 2\n[neighbourhoods.sizes]\nswap = 9\n"
        "[explain]\ndelay_near = 2\n[robust]\nrounds = 3\n"
    )
    params = read_params(path)
    assert params.whole_model_sites == 40
    assert params.neighbourhoods.seconds == 2
    assert params.neighbourhoods.sizes.swap == 9
    assert params.explain.delay_near == 2
    assert params.robust.rounds == 3
    assert params.neighbourhoods.sizes.chain == SearchParams().neighbourhoods.sizes.chain


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("seconds = 2", "params.unknown", "seconds"),
        ("[dive]\nbatches = 2", "params.unknown", "dive.batches"),
        ("[dive]\nbatch = 2", "params.value", "dive.batch"),
        ("[dive]\nbatch = nan", "params.value", "dive.batch"),
        ("[dive]\nbatch = 'half'", "params.value", "dive.batch"),
        ("[dive]\nfailures = 1.5", "params.value", "dive.failures"),
        ("[explain]\nlargest_cut = 1.5", "params.value", "explain.largest_cut"),
        ("[robust]\nrounds = 0", "params.value", "robust.rounds"),
        ("dive = 3", "params.unknown", "dive"),
        ("[dive]\nfailures = true", "params.value", "dive.failures"),
    ],
)
def test_what_is_no_parameter_is_refused(tmp_path: Path, text: str, code: str, key: str | None) -> None:
    path = tmp_path / "search.toml"
    path.write_text(text)
    with pytest.raises(CaseError) as error:
        read_params(path)
    (finding,) = error.value.findings
    assert (finding.code, finding.column) == (code, key)
    for lang in LANGS:
        sentence = Words(lang).say(finding.code, dict(finding.args))
        assert code not in sentence
        assert "{" not in sentence


def test_every_wrong_value_has_its_message(tmp_path: Path) -> None:
    path = tmp_path / "search.toml"
    path.write_text("whole_model_sites = -1\nfast = true\n[dive]\nbatch = 0")
    with pytest.raises(CaseError) as error:
        read_params(path)
    assert sorted(finding.column or "" for finding in error.value.findings) == [
        "dive.batch",
        "fast",
        "whole_model_sites",
    ]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as error:
        read_params(tmp_path / "none.toml")
    assert error.value.findings[0].code == "file.missing"
