"""`ransel compare` as a person runs it: what it prints, what it writes, what it refuses, and that it goes on."""

import json

import pytest
from program import ROOT, ransel, tree

COHORT = ROOT / "examples" / "cohort"
FEW = "compare --children 300 --now 2027-02-02T09:00"


def test_the_comparison_as_data_has_all_its_parts(tmp_path):
    data = ransel(f"{FEW} --json", tmp_path).data
    assert {"exposure", "tolerability", "burden", "assumptions"} <= data.keys()
    assert data["schema"] == "ransel/compare/1"
    assert [one["id"] for one in data["regimens"]] == ["dinutuximab-beta-5x8h", "dinutuximab-beta-10x24h-maxima"]
    assert {one["confidence"] for one in data["assumptions"]} >= {"A", "D", "R+"}
    assert {one["id"] for one in data["burden"][0]["figures"]} == {
        "nights", "trips", "kilometres", "hours-on-the-road", "school-days", "unplanned-contacts", "opioid-days",
    }  # fmt: skip


def test_published_risk_ratios_read_the_second_regimen_against_the_first(tmp_path):
    terms = {one["term"]: one for one in ransel(f"{FEW} --json", tmp_path).data["tolerability"][0]["terms"]}
    ratio = terms["granulocytes"]["risk_ratio"]
    assert [round(ratio[key], 2) for key in ("estimate", "low", "high")] == [1.32, 1.01, 1.72]
    assert terms["pain"]["verdict"] == "fewer"
    assert terms["haemoglobin"]["verdict"] == "more"
    assert terms["haemoglobin"]["borderline"]


def test_the_same_seed_gives_the_same_numbers_and_another_one_others(tmp_path):
    runs = [ransel(f"{FEW} --seed {seed} --json", tmp_path).out for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]


def test_processes_give_the_same_numbers_to_the_last_digit(tmp_path):
    alone, together = (ransel(f"{FEW} {more} --json", tmp_path).data for more in ("", "--processes 2"))
    assert alone == together


def test_regimens_the_other_way_round_turn_the_ratio_round(tmp_path):
    usual = ransel(f"{FEW} --json", tmp_path).data["exposure"]["measures"][0]
    names = "dinutuximab-beta-10x24h-maxima,dinutuximab-beta-5x8h"
    turned = ransel(f"{FEW} --regimens {names} --json", tmp_path).data["exposure"]["measures"][0]
    assert usual["id"] == turned["id"] == "peak"
    assert turned["ratio"]["estimate"] == pytest.approx(1 / usual["ratio"]["estimate"], rel=1e-9)
    assert usual["ratio"]["estimate"] < 1 < turned["ratio"]["estimate"]


def test_people_read_claims_tables_and_what_it_rests_on_in_both_languages(tmp_path):
    english, dutch = (ransel(f"{FEW} --language {language}", tmp_path).out for language in ("en", "nl"))
    assert "cannot be confirmed here" in english
    assert "kan hiermee niet worden bevestigd" in dutch
    assert "It rests on:" in english
    assert "0,44 [0,23; 0,82]" in dutch


def test_a_folder_gets_both_pages_in_both_languages_with_every_picture(tmp_path):
    done = ransel(f"{FEW} --out pages", tmp_path)
    assert done.code == 0, done.err
    names = {path.name for path in tree(tmp_path / "pages")}
    for reader in ("parents", "doctors"):
        for language in ("en", "nl"):
            assert {f"{reader}-{language}.html", f"{reader}-{language}.pdf"} <= names
    pictures = {name.removesuffix(".svg") for name in names if name.endswith(".svg")}
    assert len(pictures) == 12
    assert all(f"{name}.csv" in names for name in pictures)
    assert json.loads((tmp_path / "pages" / "comparison.json").read_text())["schema"] == "ransel/compare/1"


def test_what_was_kept_is_taken_up_and_another_run_is_refused(tmp_path):
    first = ransel(f"{FEW} --keep kept --json", tmp_path)
    kept = tree(tmp_path / "kept")
    again = ransel(f"{FEW} --keep kept --json", tmp_path)
    assert first.out == again.out
    assert tree(tmp_path / "kept") == kept
    other = ransel(f"{FEW} --seed 9 --keep kept --json", tmp_path)
    assert other.code == 2
    assert other.data["errors"]
    assert tree(tmp_path / "kept") == kept


def test_own_courses_out_of_a_file_stand_beside_the_published_ones(tmp_path):
    files = " ".join(f"--cohort {path}" for path in sorted(COHORT.glob("*.csv")))
    data = ransel(f"{FEW} {files} --json", tmp_path).data
    assert [one["id"] for one in data["tolerability"]][-1] == "own-cohort"
    assert data["burden"][-1]["own"]


def test_a_term_without_a_ratio_says_why(tmp_path):
    """An empty cell in the data must not be read as a ratio of one."""
    head = "USUBJID,AGE,WTBAND,COURSE,REGIMEN,OUTCOME,AETOXV,AE_PAIN\n"
    rows = [
        f"{arm}-{number},4,15-20,1,dinutuximab-beta-{arm},finished,5.0,{3 if arm == '5x8h' else 1}\n"
        for arm in ("5x8h", "10x24h") for number in range(6)
    ]  # fmt: skip
    (tmp_path / "own.csv").write_text(head + "".join(rows))
    published, *_, own = ransel(f"{FEW} --cohort own.csv --json", tmp_path).data["tolerability"]
    assert all(one["risk_ratio_note"] is None for one in published["terms"])
    (pain,) = own["terms"]
    assert pain["risk_ratio"] is None
    assert "nobody had it in the second group" in pain["risk_ratio_note"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ("--children 0", "--children"),
        ("--children many", "--children"),
        ("--seed -1", "--seed"),
        ("--regimens dinutuximab-beta-5x8h", "--regimens"),
        ("--regimens dinutuximab-beta-5x8h,dinutuximab-beta-5x8h", "--regimens"),
        ("--regimens dinutuximab-beta-5x8h,no-such", "--regimens"),
        ("--regimens no-such,no-other", "--regimens"),
        ("--regimens dinutuximab-beta-5x8h,blinatumomab-28d", "--parameters"),
        ("--parameters cog-ch14.18", "--parameters"),
        ("--parameters no-such", "--parameters"),
        ("--keep /dev/null/kept", "--keep"),
        ("--courses 0", "--courses"),
        ("--processes 0", "--processes"),
        ("--processes 2 --dask tcp://127.0.0.1:1", "--dask"),
        ("--cohort no-such.csv", ""),
        ("--cohort noor.toml", ""),
    ],
)
def test_bad_input_is_refused_in_words_and_nothing_is_written(tmp_path, wrong, field):
    done = ransel(f"compare {wrong} --out pages --json", tmp_path)
    assert done.code == 2, done.out
    errors = done.data["errors"]
    assert errors
    assert all(one["problem"] and one["remedy"] for one in errors)
    assert not field or errors[0]["field"] == field
    assert not (tmp_path / "pages").exists()
    assert "Traceback" not in done.err


def test_the_set_of_another_antibody_is_refused_for_this_one(tmp_path):
    done = ransel("compare --parameters cog-ch14.18 --children 300", tmp_path)
    assert done.code == 2
    assert "4.7" in done.err
