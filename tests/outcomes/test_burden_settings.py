"""A hospital replaces what the burden rests on by its own numbers; what is wrong in them is said."""

import pytest

from ransel.language import Refused
from ransel.outcomes.burden_setting import BASE, SETTINGS, burden_setting, burden_settings
from ransel.protocols import Library
from ransel.protocols.shelf import sourced_values

DISTANCE = '{ value = 40, confidence = "A", note = "counted in our own families" }'


@pytest.fixture
def own(tmp_path):
    """A hospital's folder and a way to write a setting in it."""
    folder = tmp_path / "outcomes"
    folder.mkdir()

    def write(text, name=BASE):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        return Library(tmp_path)

    return write


def test_an_own_setting_writes_only_what_differs_and_reaches_the_other_practices_too(own):
    library = own(f'extends = "burden"\n[road]\nmedian_km = {DISTANCE}\n')
    settings = {setting.id: setting for setting in burden_settings(library)}
    assert {setting.road.median_km.value for setting in settings.values()} == {40}
    assert settings[BASE].road.spread.value == 0.6
    assert len(settings) == 3
    assert burden_setting().road.median_km.value == 75


def test_a_further_practice_stands_beside_the_others(own):
    text = 'extends = "burden"\nid = "burden-far"\n[title]\nen = "far"\nnl = "ver"\n'
    library = own(f"{text}[road]\nmedian_km = {DISTANCE}\n", "burden-far")
    assert [setting.id for setting in burden_settings(library)][:2] == [BASE, "burden-far"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('extends = "burden-home-the-same-day"\n', "burden.extends"),
        ("extends = 5\n", "key.invalid"),
        ('extends = "burden"\n[road]\nmedian_km = { value = 0, confidence = "A", note = "x" }\n', "burden.too-low"),
        (
            'extends = "burden"\n[readiness]\nmedian_days = { value = [], confidence = "A", note = "x" }\n',
            "burden.too-low",
        ),
        (
            'extends = "burden"\n[readiness]\nslow_part = { value = "120 %", confidence = "A", note = "x" }\n',
            "parameters.no-part",
        ),
        (
            'extends = "burden"\n[contacts]\nevents = { value = 3000, confidence = "A", note = "x" }\n',
            "burden.too-many-contacts",
        ),
        ('extends = "burden"\n[road]\nmedian_km = { value = 40, source = "ME", confidence = "S" }\n', "source.unknown"),
        ('extends = "burden"\nid = "other"\n', "protocol.id-is-not-file-name"),
        ('extends = "burden"\n[school]\nfrom_ago = 4\n', "key.unknown"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(own, text, code):
    with pytest.raises(Refused) as refused:
        burden_setting(own(text))
    assert code in {refusal.code for refusal in refused.value.refusals}
    for refusal in refused.value.refusals:
        assert refusal.text("en") != refusal.text("nl")


def test_an_unknown_practice_names_the_known_ones():
    with pytest.raises(Refused) as refused:
        burden_setting(name="burden-far")
    assert "burden-home-the-same-day" in str(refused.value)


def test_every_number_of_the_package_has_a_ground():
    """Nothing invented: each number cites a source that is known, or says why it was taken."""
    for setting in burden_settings():
        grounds = list(sourced_values(setting))
        assert len(grounds) > 20
        assert all(sourced.source or sourced.note for _, sourced in grounds)


def test_the_files_of_the_package_are_the_settings():
    assert {path.stem for path in SETTINGS.glob("burden*.toml")} == {setting.id for setting in burden_settings()}
