"""A stream of events is read line by line; nothing in it is trusted, and nothing brings the reader down."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from infusion.streams import Pump, plan, undisturbed, weighed

from ransel.infusion import Kind, account, plan_json, read_events, write_events
from ransel.infusion.event_keys import KEYS
from ransel.language import Notice, Refusal

GOOD = json.loads(next(write_events(Pump().start(0).events)))


def line(**changes):
    return json.dumps(GOOD | changes)


def test_what_is_written_is_read_back_unchanged():
    events = (*undisturbed().events, weighed(115, 1, "15.5"))
    told, rejected = read_events(write_events(events))
    assert (told, rejected) == (events, ())


def test_a_stream_can_carry_its_own_plan():
    event = Pump().tell(0, Kind.COURSE, plan=plan_json(plan())).events[0]
    (told,), rejected = read_events(write_events([event]))
    assert told.data["plan"] == plan_json(plan())
    assert not rejected


def test_empty_lines_and_a_byte_order_mark_are_no_events():
    told, rejected = read_events(["\ufeff" + line(), "", "  \n", line(seq=2)])
    assert (len(told), rejected) == (2, ())


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (line(schema="other/1"), "line 2: schema"),
        (line(uptime_ms="17"), "line 2: uptime_ms"),
        (line(uptime_ms=1.5), "line 2: uptime_ms"),
        (line(uptime_ms=-1), "line 2: uptime_ms"),
        (line(seq=10**16), "line 2: seq"),
        (line(seq=True), "line 2: seq"),
        (line(pump=""), "line 2: pump"),
        (line(pump="a\nb"), "line 2: pump"),
        (line(pump=None), "line 2: pump"),
        (line(received_at="2027-02-05T14:00:00"), "line 2: received_at"),
        (line(received_at="yesterday"), "line 2: received_at"),
        (line(pump_time=17), "line 2: pump_time"),
        (line(kind=7), "line 2: kind"),
        (line(data=[]), "line 2: data"),
        (line(data={"counted_nL": "12"}), "line 2: data.counted_nL"),
        (line(data={"counted_nL": -1}), "line 2: data.counted_nL"),
        (line(data={"counted_nL": 10**30}), "line 2: data.counted_nL"),
        (line(kind="weighed", data={"weight_g": "1,5"}), "line 2: data.weight_g"),
        (line(kind="weighed", data={"weight_g": "-3"}), "line 2: data.weight_g"),
        (line().replace('"seq": 101', '"seq": NaN'), "line 2"),
        (line().replace('"seq": 101', '"seq": Infinity'), "line 2"),
        (line().replace('"seq": 101', f'"seq": {"9" * 5000}'), "line 2"),
        (line().replace('"seq": 101', '"seq": 101, "seq": 102'), "line 2"),
        (line(data={"detail": "\ud800"}), "line 2"),
        (line().encode("utf-16"), "line 2"),
        (b"\xff\xfe", "line 2"),
        ("[" * 100_000, "line 2"),
        ('{"data":' + "[" * 500 + "]" * 500 + "}", "line 2"),
        ("{}", "line 2: schema"),
        ("null", "line 2"),
        ("pump stopped", "line 2"),
        ("x" * 2_000_000, "line 2"),
    ],
)
def test_a_line_that_is_no_event_is_refused_with_its_number_and_the_next_is_read(bad, field):
    told, (refusal, *_) = read_events([line(), bad, line(seq=999)])
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert refusal.text("en")
    assert refusal.text("nl")
    assert [event.seq for event in told] == [101, 999]


def test_missing_identity_is_named_part_by_part():
    bare = {key: value for key, value in GOOD.items() if key not in {"pump", "boot", "seq", "uptime_ms"}}
    _, refusals = read_events([json.dumps(bare)])
    assert {refusal.field for refusal in refusals} == {f"line 1: {key}" for key in ("pump", "boot", "seq", "uptime_ms")}


def test_an_unknown_kind_is_kept_raw_and_told():
    raw = line(kind="teleported")
    told, (notice,) = read_events([raw])
    assert told == ()
    assert isinstance(notice, Notice)
    assert notice.message.values["raw"] == raw
    assert "teleported" in notice.text("nl")


def test_an_unknown_key_stays_in_the_data_and_is_told():
    told, notices = read_events([line(data=GOOD["data"] | {"moon": "full"}, weather="rain")])
    assert told[0].data["moon"] == "full"
    assert {notice.message.values["key"] for notice in notices} == {"data.moon", "weather"}


def test_a_decimal_is_never_rounded():
    told, rejected = read_events([line(kind="weighed", data={"container": 1, "weight_g": 15.1})])
    assert not rejected
    assert told[0].data["weight_g"] == "15.1"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
SPOILED = st.builds(
    lambda key, value, inner: json.dumps(
        GOOD | ({"data": GOOD["data"] | {key: value}} if inner else {key: value}), allow_nan=True
    ),
    st.sampled_from([*GOOD, *GOOD["data"], "condition", "weight_g", "left_mL"]),
    JSON,
    st.booleans(),
)


@pytest.mark.property
@given(st.lists(SPOILED | st.text(max_size=60) | st.binary(max_size=60), max_size=12))
def test_no_stream_raises_and_whatever_is_read_can_be_accounted(lines):
    told, rejected = read_events(lines)
    assert all(one.text("en") and one.text("nl") for one in rejected)
    assert read_events(write_events(told))[0] == told
    ledger = account(plan(), told)
    assert ledger.low <= ledger.delivered <= ledger.high


KINDS = st.sampled_from(list(Kind))
VALUES = st.integers(-(10**6), 10**13) | st.text(max_size=5) | st.none() | st.booleans() | st.just(2_000_000)
DATA = st.dictionaries(
    st.sampled_from(sorted({key for keys in KEYS.values() for key in keys})),
    VALUES | st.sampled_from(["user", "alarm", "complete", "occlusion", "free-flow", "full", "residue", "12.5"]),
)
WILD = st.builds(
    lambda kind, data, pump, boot, seq, uptime, known: replace(
        Pump(name=pump).start(0).events[0],
        kind=kind, data=data, boot=boot, seq=seq, uptime_ms=uptime,
        **({} if known else {"received_at": None, "pump_time": None}),
    ),
    KINDS, DATA, st.sampled_from("AB"), st.integers(0, 2), st.integers(0, 40), st.integers(0, 10**9) | st.just(10**15),
    st.booleans(),
)  # fmt: skip


@pytest.mark.property
@given(st.lists(WILD, max_size=25))
def test_no_events_however_wild_bring_the_ledger_down(events):
    ledger = account(plan(), events)
    assert ledger.low <= ledger.delivered <= ledger.high
    assert ledger.low.magnitude >= 0
    assert account(plan(), reversed(events)) == ledger
