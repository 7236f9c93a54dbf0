"""Every bad input is refused with one clear sentence per problem, in the language of the reader, and nothing is done.

The table below is the specification: on the left what is protected, on the right what is typed or written,
and what must be said about it: the code of the refusal, the field it names, the value it shows.
"""

import os
import re
from dataclasses import dataclass, field

import pytest
from system.program import COURSE, ransel, tree

NOOR = {
    "name": '"Noor de Vries (synthetic)"',
    "born": "2022-09-14",
    "weight": '"16.4 kg"',
    "height": '"102 cm"',
    "measured": "2027-01-29",
}
SMALL = {"born": "2026-01-10", "weight": '"9.2 kg"', "height": '"74 cm"'}
JARGON = re.compile(
    r"traceback|pydantic|errno|exception|\bNone\b|class '|ValueError|KeyError|\bdict\b|\btuple\b|datetime|<[a-z]+ "
    r"|\{(value|field|known)\}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Bad:
    """One bad input: what is said about it, and how it comes in.

    `at` is the field and `shows` the value that the sentence must name; `also` holds further refusals.
    `child` changes lines of the patient's file, `more` stands under it, `written` replaces the file.
    """

    code: str
    at: str
    shows: str
    child: dict = field(default_factory=dict)
    more: str = ""
    written: bytes | None = None
    options: str = ""
    command: str = COURSE
    environment: dict = field(default_factory=dict)
    also: tuple = ()

    @property
    def expected(self):
        return [(self.code, self.at), *self.also]

    def content(self):
        if self.written is not None:
            return self.written
        lines = [f"{key} = {value}" for key, value in (NOOR | self.child).items() if value is not None]
        return ("\n".join(lines) + "\n" + self.more).encode()


def weight(written, code, shows=None):
    """A bad weight."""
    return Bad(code, "weight", shows or written.strip('"'), child={"weight": written})


def height(written, code):
    return Bad(code, "height", written.strip('"'), child={"height": written})


def name(written, code, shows):
    """A bad name; what cannot be printed is shown as a sign."""
    return Bad(code, "name", shows, child={"name": written})


def day(key, written, code, shows=None, at=None, **rest):
    return Bad(code, key if at is None else at, shows or written, child={key: written}, **rest)


def finding(line, code, at, shows):
    return Bad(code, at, shows, more=f"[findings]\n{line}\n")


def start(moment, code, shows=None, **rest):
    return Bad(code, "--start", shows or moment, options=f"--start '{moment}'", **rest)


def file(written, code, shows="noor.toml", at="", **rest):
    return Bad(code, at, shows, written=written, **rest)


def other_file(path, code):
    return Bad(code, "", path, command=COURSE.replace("noor.toml", path))


def protocol(lines, code, at, shows):
    """A protocol of the hospital that changes the label's."""
    head = 'extends = "dinutuximab-beta-10x24h"\nid = "noor"\nversion = "1"\n[title]\nen = "own"\nnl = "eigen"\n'
    return Bad(code, at, shows, written=(head + lines).encode(), command="protocols check noor.toml")


def week(text, code="option.no-week"):
    return Bad(code, "--week", text, command=f"starts noor.toml --now 2027-02-02T09:00 --week '{text}'")


def out(folder, shows=None):
    return Bad("option.cannot-write", "--out", shows or folder, options=f"--out {folder}")


GOOD = "\n".join(f"{key} = {value}" for key, value in NOOR.items()).encode() + b"\n"

QUANTITIES = {
    "a decimal comma is never guessed": weight('"16,4 kg"', "number.comma"),
    "thousands are never guessed": weight('"16.400,0 g"', "number.separators"),
    "a space in a number is never guessed": weight('"16 400 g"', "number.separators"),
    "a weight has a unit": weight('"16.4"', "quantity.no-unit"),
    "a weight has a number": weight('"kg"', "quantity.unreadable"),
    "a weight is not written in words": weight('"sixteen kg"', "quantity.unreadable"),
    "a weight is not in pounds": weight('"36 lb"', "unit.unknown", "lb"),
    "units keep their capitals": weight('"16.4 KG"', "unit.unknown", "KG"),
    "a weight is not a length": weight('"16.4 cm"', "quantity.other-kind"),
    "a weight is not a dose per day": weight('"16.4 kg/day"', "quantity.other-kind"),
    "milligrams are not kilograms": weight('"16.4 mg"', "bounds.impossible", "0.0000164 kg"),
    "a weight times ten": weight('"164 kg"', "bounds.impossible"),
    "a weight divided by ten": weight('"1.64 kg"', "bounds.impossible"),
    "a huge weight": weight('"99999999999999999999 kg"', "bounds.impossible"),
    "a tiny weight": weight('"0.0000000001 kg"', "bounds.impossible"),
    "a weight of endless digits": weight(f'"{"9" * 70} kg"', "number.too-long", "9" * 60),
    "a weight of endless text": weight(f'"{"16.4 kg " * 50}"', "quantity.too-long", "16.4 kg 16.4 kg"),
    "a negative weight": weight('"-16.4 kg"', "quantity.not-positive"),
    "a weight of zero": weight('"0 kg"', "quantity.not-positive"),
    "a weight that is not a number": weight('"nan kg"', "quantity.unreadable"),
    "an infinite weight": weight('"inf kg"', "quantity.unreadable"),
    "a weight with an exponent": weight('"1.64e1 kg"', "unit.unknown", "e1 kg"),
    "a weight in hexadecimal": weight('"0x10 kg"', "unit.unknown", "x10 kg"),
    "a weight in other digits": weight('"١٦ kg"', "number.unreadable"),
    "a weight without quotes": weight("16.4", "quantity.not-text"),
    "a bare nan": weight("nan", "quantity.not-text"),
    "a bare infinity": weight("-inf", "quantity.not-text"),
    "a weight that is true": weight("true", "quantity.not-text"),
    "a weight that is a date": weight("2027-01-29", "quantity.not-text"),
    "a weight that is a list": weight('["16.4 kg", "17 kg"]', "quantity.not-text", "[16.4 kg, 17 kg]"),
    "a weight that is a table": weight('{ kg = "16.4" }', "quantity.not-text", "{kg}"),
    "an empty weight": weight('""', "quantity.unreadable", "''"),
    "a height is not a weight": height('"102 kg"', "quantity.other-kind"),
    "a height times ten": height('"1020 cm"', "bounds.impossible"),
    "a height divided by ten": height('"10.2 cm"', "bounds.impossible"),
    "metres are not centimetres": height('"1.02 cm"', "bounds.impossible"),
    "weight and height in each other's place": Bad(
        "bounds.impossible", "weight", "102 kg", child={"weight": '"102 kg"', "height": '"16.4 cm"'},
        also=(("bounds.impossible", "height"),),
    ),
    "two mistakes are both told": Bad(
        "number.comma", "weight", "16,4 kg", child={"weight": '"16,4 kg"', "height": '"102"'},
        also=(("quantity.no-unit", "height"),),
    ),
    "mistakes in the file and in the options are all told": Bad(
        "number.comma", "weight", "16,4 kg", child={"weight": '"16,4 kg"'}, options="--course x --start y",
        also=(("option.no-number", "--course"), ("option.no-instant", "--start")),
    ),
    "a bad weight and an unknown finding are both told": Bad(
        "bounds.impossible", "weight", "164 kg", child={"weight": '"164 kg"'},
        more='[findings]\nleucocytes = "4 /uL"\n', also=(("finding.unknown", "findings.leucocytes"),),
    ),
}  # fmt: skip

KEYS_AND_DATES = {
    "a weight must be there": Bad("patient.key-missing", "weight", "weight", child={"weight": None}),
    "an empty file": file(
        b"", "patient.key-missing",
        also=tuple(("patient.key-missing", key) for key in ("born", "weight", "height", "measured")), at="name",
    ),
    "a typing error in a key": Bad("key.unknown", "telefone", "telephone", more='telefone = "1"\n'),
    "a key that does not exist": Bad("key.unknown", "colour", "red", more='colour = "red"\n'),
    "a typing error inside a table": Bad(
        "key.unknown", "previous.heigth", "height", more='previous = { heigth = "101 cm", weight = "16 kg", '
        'height = "101 cm", measured = 2026-12-18 }\n',
    ),
    "a child that is not born yet": day("born", "2027-09-14", "date.before-birth", at="measured"),
    "a birth tomorrow": Bad(
        "date.in-the-future", "born", "2027-02-03", child={"born": "2027-02-03", "measured": "2027-02-03"}
    ),
    "a date that does not exist": day("born", "2022-02-30", "file.not-toml", "line 2", at=""),
    "a date between quotes": day("born", '"2022-09-14"', "key.invalid", "2022-09-14"),
    "a date as a number": day("born", "20220914", "key.invalid"),
    "a birthday with a time": day("born", "2022-09-14T00:00:00Z", "date.with-time", "2022-09-14"),
    "a time instead of a date": day("measured", "12:00:00", "key.invalid"),
    "a patient of a century": day(
        "born", "1900-01-01", "age.too-old", also=(("bounds.impossible", "weight"), ("bounds.impossible", "height"))
    ),
    "a baby for whom there are no data": Bad(
        "age.too-young", "born", "2026-09-14", child=SMALL | {"born": "2026-09-14"}
    ),
    "measured before birth": day("measured", "2022-01-01", "date.before-birth"),
    "measured tomorrow": day("measured", "2027-02-03", "date.in-the-future"),
    "measured with a time": day("measured", "2027-01-29T10:00:00", "date.with-time", "2027-01-29"),
    "a stale measurement": day("measured", "2026-01-29", "measurement.too-old"),
    "a previous measurement that is later": Bad(
        "date.previous-is-later", "previous.measured", "2027-01-30",
        more='[previous]\nweight = "16 kg"\nheight = "101 cm"\nmeasured = 2027-01-30\n',
    ),
    "a previous weight of zero": Bad(
        "quantity.not-positive", "previous.weight", "0 kg",
        more='[previous]\nweight = "0 kg"\nheight = "101 cm"\nmeasured = 2026-12-18\n',
    ),
    "a name with a line break": name('"Noor\\nBEGIN:VALARM"', "text.control-character", "Noor�BEGIN"),
    "a name with a carriage return": name('"Noor\\rEND:VEVENT"', "text.control-character", "Noor�END"),
    "a name with a line separator": name('"Noor\\u2028END"', "text.control-character", "Noor�END"),
    "a name with a nul": name('"Noor\\u0000"', "text.control-character", "Noor�"),
    "a name that turns the text around": name('"Noor\\u202e"', "text.control-character", "Noor�"),
    "a name with an escape of the terminal": name('"\\u001b[31mNoor"', "text.control-character", "�[31mNoor"),
    "an address with a line break": Bad(
        "text.control-character", "address", "Street�ATTENDEE", more='address = "Street\\nATTENDEE:x"\n'
    ),
    "an empty name": name('""', "text.empty", "name"),
    "a name of spaces": name('"   "', "text.empty", "name"),
    "a name without end": name(f'"{"n" * 121}"', "text.too-long", "n" * 60),
    "a name that is a number": name("5", "key.invalid", "5"),
    "a name that is a list": name('["Noor"]', "key.invalid", "[Noor]"),
}  # fmt: skip

CHOICES = {
    "a finding of no criterion": finding(
        'hemoglobin = "9.8 g/dL"', "finding.unknown", "findings.hemoglobin", "haemoglobin"
    ),
    "a finding in another unit": finding(
        'haemoglobin = "6 mmol/L"', "finding.other-kind", "findings.haemoglobin", "6 mmol/L"
    ),
    "a finding without a unit": finding("neutrophils = 1450", "finding.unreadable", "findings.neutrophils", "1450"),
    "a finding in words": finding('infection = "no"', "quantity.unreadable", "findings.infection", "no"),
    "a negative finding": finding('alt = "-1 xULN"', "quantity.negative", "findings.alt", "-1"),
    "a finding with a comma": finding('alt = "1,2 xULN"', "number.comma", "findings.alt", "1,2 xULN"),
    "a finding in a table": finding("alt = { xULN = 1 }", "finding.unreadable", "findings.alt", "{xULN}"),
    "findings that are a word": Bad("key.invalid", "findings", "fine", more='findings = "fine"\n'),
    "findings of tomorrow": finding("taken = 2027-02-03", "date.in-the-future", "findings.taken", "2027-02-03"),
    "findings of before birth": finding("taken = 2021-02-06", "date.before-birth", "findings.taken", "2021-02-06"),
    "at 12 kg and less somebody chooses": Bad("dose.choose", "choice.dose_rule", "9.2 kg", child=SMALL),
    "a choice has a reason": Bad(
        "patient.key-missing", "choice.reason", "reason", child=SMALL, more='[choice]\ndose_rule = "area"\n'
    ),
    "a reason is not empty": Bad(
        "text.empty", "choice.reason", "reason", child=SMALL, more='[choice]\ndose_rule = "area"\nreason = " "\n'
    ),
    "a rule that does not exist": Bad(
        "dose.rule-unknown", "choice.dose_rule", "surface", child=SMALL,
        more='[choice]\ndose_rule = "surface"\nreason = "label"\n',
    ),
    "a rule that is not for this weight": Bad(
        "dose.rule-unknown", "choice.dose_rule", "weight", more='[choice]\ndose_rule = "weight"\nreason = "habit"\n'
    ),
    "Unituxin is another product": Bad("product.other", "product", "Unituxin", more='product = "Unituxin"\n'),
    "a protocol that does not exist": Bad("protocol.unknown", "--protocol", "nope", options="--protocol nope"),
    "a protocol in the file that does not exist": Bad(
        "protocol.unknown", "protocol", "nope", more='protocol = "nope"\n'
    ),
    "a protocol that is a path": Bad("protocol.unknown", "protocol", "../site", more='protocol = "../site"\n'),
    "a protocol that is only a base": Bad(
        "protocol.abstract", "--protocol", "long-infusion", options="--protocol long-infusion"
    ),
    "an empty protocol is not the usual one": Bad("protocol.unknown", "--protocol", "''", options="--protocol ''"),
    "a kind of container that the protocol has not": Bad(
        "container.unknown", "--containers", "bags", options="--containers bags"
    ),
    "course 0": Bad("course.number", "--course", "0", options="--course 0"),
    "course 6 of 5": Bad("course.number", "--course", "6", options="--course 6"),
    "a course in letters": Bad("option.no-number", "--course", "x", options="--course x"),
    "a course with a minus": Bad("option.no-number", "--course", "-1", options="--course=-1"),
    "a number that cannot be explained": Bad(
        "option.no-topic", "TOPIC", "dosis", command="explain noor.toml dosis --now 2027-02-02T09:00"
    ),
}  # fmt: skip

TIMES = {
    "a start in the past": start("2027-01-31T14:00", "start.in-the-past", "2027-01-31"),
    "a start on a Saturday": start("2027-02-06T14:00", "plan.closed"),
    "a start in the evening": start("2027-02-05T20:00", "plan.closed"),
    "a start on a holiday": start("2027-03-29T14:00", "plan.closed"),
    "an hour that the clock skips": start("2027-03-28T02:30", "option.skipped-hour"),
    "an hour that comes twice": start("2027-10-31T02:30", "option.doubled-hour"),
    "a start without a time": start("2027-02-05", "option.no-instant"),
    "a start without a day": start("14:00", "option.no-instant"),
    "a start on a day that does not exist": start("2027-02-30T14:00", "option.no-instant"),
    "a start at 25 hours": start("2027-02-05T25:00", "option.no-instant"),
    "a start with day and month first": start("05-02-2027 14:00", "option.no-instant"),
    "an empty start is not the best start": start("", "option.no-instant", "''"),
    "a start in the last year there is": start("9999-12-31T23:59", "option.far-year"),
    "a start in the first year there is": start("0001-01-01T00:00", "option.far-year"),
    "an offset that does not exist": start("2027-02-05T14:00+99:00", "option.no-instant"),
    "a start when the measurement is stale": Bad(
        "measurement.too-old", "measured", "2027-01-29", options="--start 2028-02-04T14:00"
    ),
    "a present that is no moment": Bad("option.no-instant", "--now", "today", options="--now today"),
    "an empty present is not the clock": Bad("option.no-instant", "--now", "''", options="--now ''"),
    "a week that the year has not": week("2027-W54"),
    "a week that is a month": week("2027-05"),
    "a week in the last year there is": week("9999-W52", "option.far-year"),
}

FILES = {
    "a file that is not there": other_file("nora.toml", "file.missing"),
    "a folder": other_file("folder.toml", "file.folder"),
    "a link that leads to itself": other_file("loop.toml", "file.unreadable"),
    "a pipe": other_file("pipe.toml", "file.unreadable"),
    "a file that the system does not let read": other_file("/proc/self/mem", "file.unreadable"),
    "a file inside a file": other_file("noor.toml/x", "file.unreadable"),
    "a picture": file(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "file.not-text"),
    "text in UTF-16": file(GOOD.decode().encode("utf-16"), "file.not-text"),
    "text in Latin-1": file(GOOD + 'centre = "Réseau"\n'.encode("latin-1"), "file.not-text"),
    "a text without quotes": file(GOOD.replace(b'"16.4 kg"', b"16.4 kg"), "file.not-toml", "3"),
    "a quote that is not closed": file(GOOD + b'centre = "Utrecht', "file.not-toml"),
    "a key that stands twice": file(GOOD + b'weight = "17 kg"\n', "file.not-toml", "6"),
    "a file of 300 kB": file(GOOD + b"#" * 300_000, "patient.file-too-large", "200000"),
    "tables without end": file(GOOD + b"a = " + b"[" * 100 + b"]" * 100, "patient.file-too-deep", "40"),
}  # fmt: skip

PROTOCOLS = {
    "mL/24 h is not mL/h": protocol(
        '[containers.options.cassettes]\nlabel_rate = { value = "2 mL/24h", source = "BR", confidence = "S" }\n',
        "container.rate-differs", "containers.options.cassettes.label_rate.value", "0.08333 mL/h",
    ),
    "a dose per day is not a dose": protocol(
        '[handling.full_cover_first]\nvalue = "48 mg"\nsource = "CHU"\nconfidence = "S"\n',
        "quantity.other-kind", "handling.full_cover_first.value", "48 mg",
    ),
    "milligrams are not micrograms": protocol(
        '[product.strength]\nvalue = "4.5 µg/mL"\nsource = "CHU"\nconfidence = "S"\n',
        "product.confused", "product", "0.0045 mg/mL",
    ),
    "a protocol for Unituxin by the name alone": protocol(
        '[product]\nname = "Unituxin"\n', "product.confused", "product", "Unituxin"
    ),
    "a typing error in a protocol": protocol(
        "[handling]\nchange_att = 1\n", "key.unknown", "handling.change_att", "change_at"
    ),
    "a protocol file that is not there": Bad("file.missing", "", "own.toml", command="protocols check own.toml"),
}  # fmt: skip

ENVIRONMENT = {
    "a language that Ransel does not speak": Bad(
        "option.language", "RANSEL_LANGUAGE", "xx", environment={"RANSEL_LANGUAGE": "xx"}
    ),
    "an option for a language that Ransel does not speak": Bad(
        "option.language", "--language", "de", options="--language de"
    ),
    "a present in the environment that is no moment": Bad(
        "option.no-instant", "RANSEL_NOW", "soon", command="course noor.toml", environment={"RANSEL_NOW": "soon"}
    ),
    "a folder of protocols that is not there": Bad(
        "library.no-folder", "RANSEL_PROTOCOLS", "nowhere", environment={"RANSEL_PROTOCOLS": "nowhere"}
    ),
    "a folder of protocols that is a file": Bad(
        "library.no-folder", "RANSEL_PROTOCOLS", "noor.toml", environment={"RANSEL_PROTOCOLS": "noor.toml"}
    ),
    "a folder of protocols with an impossible name": Bad(
        "library.no-folder", "RANSEL_PROTOCOLS", "ppp", environment={"RANSEL_PROTOCOLS": "p" * 5000}
    ),
    "a broken protocol in the hospital's folder": Bad(
        "file.not-toml", "", "own/broken.toml", command="protocols", environment={"RANSEL_PROTOCOLS": "own"}
    ),
    "papers into a file": out("noor.toml"),
    "papers into a folder inside a file": out("noor.toml/papers"),
    "papers where nothing can be written": out("/proc/papers"),
    "papers where a folder has the name of a paper": out("taken"),
    "papers into a folder without a name": Bad("option.no-folder", "--out", "--out", options="--out ''"),
}  # fmt: skip

USAGE = {
    "a command that does not exist": Bad("usage.no-command", "", "cours", command="cours noor.toml"),
    "a command under protocols that does not exist": Bad("usage.no-command", "", "chek", command="protocols chek"),
    "an option that does not exist": Bad("usage.no-option", "", "--stat", options="--stat now"),
    "a patient that is not named": Bad("usage.missing", "CHILD.toml", "CHILD.toml", command="course"),
    "a week that is not given": Bad("usage.missing", "--week", "--week", command="starts noor.toml"),
    "a topic that is not given": Bad("usage.missing", "TOPIC", "TOPIC", command="explain noor.toml"),
    "a protocol file that is not named": Bad("usage.missing", "FILE", "FILE", command="protocols check"),
    "an option without its value": Bad("usage.needs-value", "--protocol", "--protocol", options="--protocol"),
    "a switch with a value": Bad("usage.takes-no-value", "--json", "--json", command="course noor.toml --json=yes"),
    "a word too many": Bad("usage.extra", "", "anna.toml", command="course noor.toml anna.toml"),
}

TABLE = QUANTITIES | KEYS_AND_DATES | CHOICES | TIMES | FILES | PROTOCOLS | ENVIRONMENT | USAGE

# A code of a refusal is the control of one hazard, wherever it comes up.
HAZARDS = {
    "number.comma": "HZ-001",
    "number.separators": "HZ-001",
    "quantity.no-unit": "HZ-001",
    "quantity.other-kind": "HZ-002",
    "unit.unknown": "HZ-002",
    "bounds.impossible": "HZ-003",
    "product.other": "HZ-004",
    "product.confused": "HZ-004",
    "measurement.too-old": "HZ-005",
    "date.in-the-future": "HZ-013",
    "quantity.negative": "HZ-013",
    "option.skipped-hour": "HZ-015",
    "option.doubled-hour": "HZ-015",
    "container.rate-differs": "HZ-024",
    "text.control-character": "HZ-026",
    "dose.choose": "HZ-007",
    "dose.rule-unknown": "HZ-007",
}


def _case(protected, bad):
    marks = [pytest.mark.hazard(HAZARDS[bad.code])] if bad.code in HAZARDS else []
    return pytest.param(bad, id=protected.replace(" ", "-"), marks=marks)


@pytest.fixture(name="folder")
def folder_(tmp_path):
    """A folder with everything that a case may name, except the patient's file."""
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "broken.toml").write_text("id = = 1\n", encoding="utf-8")
    (tmp_path / "taken" / "course.json").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("bad", [_case(protected, bad) for protected, bad in TABLE.items()])
def test_a_bad_input_is_refused_in_one_clear_sentence_per_problem_and_nothing_is_written(bad, folder):
    (folder / "noor.toml").write_bytes(bad.content())
    before = tree(folder)

    english = ransel(f"{bad.command} {bad.options}", folder, **bad.environment)
    dutch = ransel(f"{bad.command} --json {bad.options}", folder, **{"RANSEL_LANGUAGE": "nl"} | bad.environment)

    assert tree(folder) == before
    _says_it_clearly(english, bad)
    _says_the_same_as_data(dutch, bad, english.err.splitlines())


def _says_it_clearly(english, bad):
    assert (english.code, english.out) == (2, ""), english
    sentences = english.err.splitlines()
    assert len(sentences) == len(bad.expected), english.err
    assert bad.at in sentences[0]
    assert bad.shows in sentences[0]
    for sentence in sentences:
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert ": " in sentence or ";" in sentence
        assert not JARGON.search(sentence), sentence


def _says_the_same_as_data(dutch, bad, english):
    assert (dutch.code, dutch.err) == (2, ""), dutch
    errors = dutch.data["errors"]
    assert [(error["code"], error["field"]) for error in errors] == bad.expected
    for error, sentence in zip(errors, english, strict=True):
        assert list(error) == ["code", "file", "field", "value", "problem", "remedy", "text"]
        assert error["text"].endswith(f"{error['problem']}; {error['remedy']}.")
        assert error["text"] != sentence or "RANSEL_LANGUAGE" in sentence
        assert error["problem"] not in sentence or "RANSEL_LANGUAGE" in sentence


def test_the_table_is_large_and_no_case_is_there_twice():
    parts = (QUANTITIES, KEYS_AND_DATES, CHOICES, TIMES, FILES, PROTOCOLS, ENVIRONMENT, USAGE)
    assert len(TABLE) == sum(map(len, parts)) >= 140
    cases = {(bad.command, bad.options, bad.content(), str(bad.environment)) for bad in TABLE.values()}
    assert len(cases) == len(TABLE)
