"""The folder `.samsyn/`: made once, private, locked, and refused when it is not ours."""

import json
import os
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from deploy.local.errors import LocalError
from deploy.local.state import FORMAT, hold, holder, home, open_state, read_state, remove


def test_secrets_are_made_once_and_are_private(tmp_path: Path) -> None:
    """A second start finds the same keys and passwords; nobody else can read them."""
    folder = tmp_path / "s"
    with hold(folder):
        first = open_state(folder, roles=["reports"])
        second = open_state(folder, roles=["reports"])
    assert first == second == read_state(folder)
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
    assert json.loads(first.secrets.token_key)["d"] != json.loads(first.secrets.internal_key)["d"]
    assert len(first.secrets.passwords["reports"]) >= 32


def test_all_that_is_made_in_it_is_closed_to_others(tmp_path: Path) -> None:
    """Files and folders made under `hold`, whoever asks for which mode, and logs that an earlier version left open."""
    folder = tmp_path / "s"
    before = os.umask(0o022)
    try:
        with hold(folder):
            state = open_state(folder, roles=["reports"])
            state.log("reports").write_text("{}")
            (folder / "later").mkdir()
            subprocess.run(["touch", folder / "later" / "by-a-child"], check=True)
        state.logs.chmod(0o755)
        state.log("walks.log.1").touch(mode=0o644)
        with hold(folder):
            open_state(folder, roles=["reports"])
        (tmp_path / "elsewhere").touch()
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes == {path.name: 0o700 if path.is_dir() else 0o600 for path in folder.rglob("*")}
    assert stat.S_IMODE(folder.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o644


def test_a_role_of_a_later_version_gets_a_password(tmp_path: Path) -> None:
    """An update that brings a service adds its passwords and leaves the others as they are."""
    folder = tmp_path / "s"
    with hold(folder):
        before = open_state(folder, roles=["reports"]).secrets
        after = open_state(folder, roles=["reports", "walks"]).secrets
    assert after.passwords == before.passwords | {"walks": after.passwords["walks"]}
    assert after.token_key == before.token_key


@pytest.mark.parametrize("found", [str(FORMAT + 1), "x"])
def test_a_newer_installation_is_refused_and_left_alone(tmp_path: Path, found: str) -> None:
    """Nothing in the folder of a newer version is touched, whichever command is tried."""
    folder = tmp_path / "s"
    with hold(folder):
        open_state(folder, roles=[])
    (folder / "format").write_text(found)
    for attempt in (lambda: open_state(folder, roles=[]), lambda: read_state(folder), lambda: remove(folder)):
        with pytest.raises(LocalError, match="newer Samsyn"):
            attempt()
    assert (folder / "secrets.json").exists()


def test_a_folder_with_something_else_is_neither_used_nor_deleted(tmp_path: Path) -> None:
    """SAMSYN_HOME set to one's own documents costs no document."""
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(LocalError, match="something else"), hold(tmp_path):
        pass
    with pytest.raises(LocalError, match="nothing was deleted"):
        remove(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_a_first_start_that_was_broken_off_is_taken_up_again(tmp_path: Path) -> None:
    """Without its number the folder is not whole, yet it is known as ours."""
    with hold(tmp_path):
        open_state(tmp_path, roles=["reports"])
        (tmp_path / "format").unlink()
        open_state(tmp_path, roles=["reports"])
    assert read_state(tmp_path)


def test_only_one_holds_the_folder(tmp_path: Path) -> None:
    """The second `up` hears who runs; when the first has ended the folder is free."""
    folder = tmp_path / "s"
    assert holder(folder) is None
    with hold(folder):
        open_state(folder, roles=[])
        assert holder(folder)
        with pytest.raises(LocalError, match=rf"already runs .* \(process {holder(folder)}\)"), hold(folder):
            pass
        with pytest.raises(LocalError, match="already runs"):
            remove(folder)
    assert holder(folder) is None
    remove(folder)
    assert not folder.exists()


def test_home_comes_from_the_environment(tmp_path: Path) -> None:
    """SAMSYN_HOME, else .samsyn where one stands."""
    assert home({"SAMSYN_HOME": str(tmp_path)}) == tmp_path
    assert home({}) == Path.cwd() / ".samsyn"


def test_a_full_disk_is_called_a_full_disk(small_disk: Path) -> None:
    """The sentence names the disk, not an error number."""
    with (small_disk / "lock").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    with pytest.raises(LocalError, match="The disk is full"):
        open_state(small_disk, roles=["reports"])


def test_damaged_secrets_are_named(tmp_path: Path) -> None:
    """They are not made anew over a database that only the old ones open."""
    with hold(tmp_path):
        open_state(tmp_path, roles=["reports"])
        (tmp_path / "secrets.json").write_text("{")
        with pytest.raises(LocalError, match=r"secrets\.json is damaged"):
            open_state(tmp_path, roles=["reports"])
