"""Keys that the installation makes for itself."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from warmhandoff.foundation import keys


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = keys.read_or_make(tmp_path / "keys", "secret_key")
    assert keys.read_or_make(tmp_path / "keys", "secret_key") == first
    assert len(first) >= 60
    assert stat.S_IMODE((tmp_path / "keys" / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["secret_key"]


def test_processes_that_start_together_end_with_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: keys.read_or_make(tmp_path / "keys", "link_key"), range(8)))
    assert len(made) == 1


def test_a_damaged_key_is_not_replaced_in_silence(tmp_path):
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(RuntimeError, match="damaged"):
        keys.read_or_make(tmp_path, "secret_key")
