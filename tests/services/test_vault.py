"""The key of a workspace: what opens it, what does not, and what each refusal says."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop.services import passphrases, vault
from watmos_desktop.services.errors import Told

GOOD = "seven kites above Goscote"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """One workspace for the tests that only read it: making one costs a quarter of a second by design."""
    home = tmp_path_factory.mktemp("vault") / "workspace"
    return home, vault.create(home, GOOD)


@pytest.fixture
def workspace(made: tuple[Path, bytes], tmp_path: Path) -> tuple[Path, bytes]:
    shutil.copytree(made[0], tmp_path / "workspace")
    return tmp_path / "workspace", made[1]


def rewrite(home: Path, change: dict[str, Any], *, checksum: bool = True) -> None:
    """Change the key file as someone who knows its format could."""
    header = json.loads((home / vault.FILE).read_bytes())
    header["kdf"] |= change.pop("kdf", {})
    header |= change
    if checksum:
        del header["checksum"]
        plain = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
        header["checksum"] = hashlib.sha256(plain).hexdigest()
    (home / vault.FILE).write_text(json.dumps(header))


def test_the_passphrase_gives_back_the_key_and_another_does_not(made: tuple[Path, bytes]) -> None:
    home, key = made
    assert len(key) == vault.KEY_BYTES
    assert vault.unlock(home, GOOD) == key
    with pytest.raises(vault.WrongPassphrase, match="not the passphrase"):
        vault.unlock(home, GOOD + " ")


def test_the_key_file_is_private_and_holds_no_secret_in_clear(made: tuple[Path, bytes]) -> None:
    home, key = made
    raw = (home / vault.FILE).read_bytes()
    assert (home / vault.FILE).stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    assert key not in raw
    assert key.hex().encode() not in raw
    assert GOOD.encode() not in raw
    assert [path.name for path in home.iterdir()] == [vault.FILE]


def test_two_workspaces_share_nothing(made: tuple[Path, bytes], tmp_path: Path) -> None:
    other = vault.create(tmp_path, GOOD)
    assert other != made[1]
    assert vault.workspace_id(tmp_path) != vault.workspace_id(made[0])


def test_a_new_workspace_never_replaces_one(workspace: tuple[Path, bytes]) -> None:
    home, key = workspace
    with pytest.raises(vault.WorkspaceExists):
        vault.create(home, GOOD)
    assert vault.unlock(home, GOOD) == key


def test_accents_may_be_typed_on_any_keyboard(tmp_path: Path) -> None:
    text = "Łódź café über Ångström"
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert composed != apart
    key = vault.create(tmp_path, composed)
    assert vault.unlock(tmp_path, apart) == key


def test_a_new_passphrase_keeps_the_key_and_old_backups_open(
    workspace: tuple[Path, bytes], tmp_path: Path
) -> None:
    home, key = workspace
    backup = tmp_path / "backup"
    shutil.copytree(home, backup)
    who = vault.workspace_id(home)
    vault.change_passphrase(home, GOOD, "a quite different sentence")
    assert vault.unlock(home, "a quite different sentence") == key
    assert vault.workspace_id(home) == who
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(home, GOOD)
    assert vault.unlock(backup, GOOD) == key


def test_a_refused_change_changes_nothing(workspace: tuple[Path, bytes]) -> None:
    home, _ = workspace
    before = (home / vault.FILE).read_bytes()
    with pytest.raises(vault.WrongPassphrase):
        vault.change_passphrase(home, "not the one at all", "a quite different sentence")
    with pytest.raises(Told, match="too short"):
        vault.change_passphrase(home, GOOD, "short")
    assert (home / vault.FILE).read_bytes() == before


def test_no_workspace_is_its_own_message(tmp_path: Path) -> None:
    assert not vault.exists(tmp_path)
    for home in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(vault.NoWorkspace, match="no workspace"):
            vault.unlock(home, GOOD)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b"7", b"\xff\xfe", b"[" * 100_000, b'{"checksum": 1}']
)
def test_a_file_that_was_never_ours_is_damaged(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / vault.FILE).write_bytes(raw)
    with pytest.raises(vault.DamagedWorkspace, match="damaged"):
        vault.unlock(tmp_path, GOOD)


def test_damage_anywhere_is_never_called_a_wrong_passphrase(workspace: tuple[Path, bytes]) -> None:
    home, _ = workspace
    raw = (home / vault.FILE).read_bytes()
    space = set(b" \n")
    for at, byte in enumerate(raw):
        if byte in space:  # what stands between the words of JSON carries nothing
            continue
        (home / vault.FILE).write_bytes(raw[:at] + bytes([byte ^ 0x01]) + raw[at + 1 :])
        with pytest.raises(vault.DamagedWorkspace):
            vault.unlock(home, GOOD)
    for length in range(0, len(raw) - 2, 37):
        (home / vault.FILE).write_bytes(raw[:length])
        with pytest.raises(vault.DamagedWorkspace):
            vault.unlock(home, GOOD)


@pytest.mark.parametrize(
    "kdf",
    [
        {"memory_kib": 8 * 1024},
        {"memory_kib": 64 * 1024 - 1},
        {"passes": 1},
        {"lanes": 0},
        {"memory_kib": 4 * 1024 * 1024},
        {"passes": 10_000},
        {"lanes": 5_000},
        {"memory_kib": True},
        {"passes": "3"},
        {"name": "pbkdf2"},
        {"salt": ""},
        {"salt": "not base64"},
        {"salt": None},
    ],
)
def test_settings_below_the_floor_or_over_the_ceiling_are_refused(
    workspace: tuple[Path, bytes], kdf: dict[str, Any]
) -> None:
    home, _ = workspace
    rewrite(home, {"kdf": kdf})
    with pytest.raises(vault.DamagedWorkspace):
        vault.unlock(home, GOOD)


@pytest.mark.parametrize(
    "change", [{"workspace": "another"}, {"kdf": {"passes": 4}}, {"note": "added"}, {"kdf": {"lanes": 5}}]
)
def test_every_setting_is_under_the_seal(workspace: tuple[Path, bytes], change: dict[str, Any]) -> None:
    home, _ = workspace
    rewrite(home, change)
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(home, GOOD)


def test_the_floor_of_the_key_derivation_is_what_was_decided() -> None:
    assert vault.KDF_NOW == {"memory_kib": 65536, "passes": 3, "lanes": 4}
    assert vault.KDF_LEAST["memory_kib"] >= 65536
    assert vault.KDF_LEAST["passes"] >= 3


def test_a_workspace_of_tomorrow_asks_for_an_update(workspace: tuple[Path, bytes]) -> None:
    home, _ = workspace
    rewrite(home, {"format": vault.TIED + 1})
    with pytest.raises(Told, match="newer WATMOS Desktop") as told:
        vault.unlock(home, GOOD)
    assert not isinstance(told.value, vault.DamagedWorkspace)


def test_the_four_refusals_are_four_messages() -> None:
    told = [vault.NoWorkspace(), vault.WrongPassphrase(), vault.DamagedWorkspace(), vault.WorkspaceExists()]
    assert len({one.message for one in told}) == len(told)
    assert all(one.hint for one in told)


def test_subkeys_differ_by_purpose_and_stay_the_same_for_ever() -> None:
    key = bytes(range(32))
    assert vault.subkey(key, "database") != vault.subkey(key, "blobs")
    assert vault.subkey(bytearray(key), "database") == vault.subkey(key, "database")
    # Written down once: another value would make every workspace unreadable.
    assert (
        vault.subkey(key, "database").hex()
        == "9153f21bec71ce95e6589f77cdc1d5d630adae5388a5ada4cfd6c3086b5bf001"
    )


def test_wipe_leaves_zeros_in_place() -> None:
    key = bytearray(b"\x07" * 32)
    same = key
    vault.wipe(key)
    assert same == bytes(32)
    assert key is same


@pytest.mark.skipif(sys.platform != "linux", reason="reads back what Linux was told")
def test_a_crash_writes_no_memory_to_disk() -> None:
    code = (
        "import ctypes, resource\n"
        "from watmos_desktop.services import vault\n"
        "vault.no_core_dumps()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(0, 0) 0"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_every_command_that_opens_a_workspace_sees_to_it_first(tmp_path: Path) -> None:
    code = (
        "import resource, sys\n"
        "from watmos_desktop.cli import main\n"
        "main(['--home', sys.argv[1], 'status'])\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    env = {**os.environ, "WATMOS_PASSPHRASE": GOOD}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "none")],
        capture_output=True,
        text=True,
        check=True,
        env=env,
    )
    assert done.stdout.strip() == "(0, 0)"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "demo landlord, nothing real",
        "an ox is up",
        "twelve-chars",
        "Xk4#vv9!pQz2",
        "你好世界今天下雨我们在家",
        "ੴ ਸਤਿ ਨਾਮੁ ਕਰਤਾ",
        "ẞ" * 1 + "even kites over town",
        "kite " * 25 + "owl",
    ],
)
def test_a_good_passphrase_is_taken(text: str, tmp_path: Path) -> None:
    key = vault.create(tmp_path / "workspace", text)
    assert vault.unlock(tmp_path / "workspace", text) == key


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "choose a passphrase"),
        (" " * 40, "choose a passphrase"),
        ("\u3000\t\n" * 10, "choose a passphrase"),
        ("short", "too short"),
        ("elevenchars", "too short"),
        ("a b c d e", "too short"),
        ("x" * 129, "at most 128"),
        ("aaaaaaaaaaaaaaaa", "guess"),
        ("password1234", "guess"),
        ("PassWord-PassWord", "guess"),
        ("ｐａｓｓｗｏｒｄ１２３４", "guess"),
        ("123456789012", "guess"),
        ("012345678901234", "guess"),
        ("qwertyuiop123", "guess"),
        ("correct horse battery staple", "guess"),
        ("Watmos Housing Walsall", "guess"),
        ("letmein letmein letmein", "guess"),
        ("abcabcabcabc", "guess"),
    ],
)
def test_a_weak_passphrase_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(Told, match=why) as told:
        passphrases.check(text)
    assert told.value.field == "passphrase"
    assert told.value.hint or "choose" in told.value.message


@settings(max_examples=200)
@given(st.text(max_size=140))
def test_any_text_is_judged_and_alike_in_every_spelling(text: str) -> None:
    def verdict(form: str) -> str:
        try:
            passphrases.check(form)
        except Told as told:
            assert text not in told.message or len(text) < 12
            return told.message
        return ""

    assert verdict(unicodedata.normalize("NFC", text)) == verdict(unicodedata.normalize("NFD", text))
