"""The server under these tests: a real one, for nobody but them; where it is missing they fail, never left out."""

import os
from pathlib import Path

import pytest
from store import postgresql as server_of_tests


def test_without_postgresql_the_tests_fail_and_name_the_command_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setattr(server_of_tests, "WHERE_DEBIAN_KEEPS_IT", tmp_path)
    with pytest.raises(pytest.fail.Exception, match="apt-get install --no-install-recommends postgresql"):
        server_of_tests.programs()


def test_the_newest_of_several_is_taken(monkeypatch, tmp_path):
    monkeypatch.setattr(server_of_tests, "WHERE_DEBIAN_KEEPS_IT", tmp_path)
    for version in ("9", "15", "14"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "postgres").touch()
    assert server_of_tests.programs() == tmp_path / "15" / "bin"


def test_the_server_is_not_root_listens_on_no_network_and_syncs(postgresql):
    server = postgresql.server
    assert Path(f"/proc/{server.process.pid}").stat().st_uid == server.home.stat().st_uid != 0 or os.geteuid() != 0
    assert server.query("SHOW listen_addresses") == [("",)]
    assert server.query("SHOW fsync") == [("on",)]
    assert server.query("SHOW full_page_writes") == [("on",)]
    assert server.query("SHOW data_checksums") == [("on",)]
    assert server.home.stat().st_mode & 0o077 == 0
