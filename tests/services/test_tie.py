"""A workspace that is tied to its computer: what opens it, what does not, and what each refusal says."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import PASSPHRASE, Let
from tests.keyrings import Computer, Keyring, Locked, derive_once, sit_at
from watmos_desktop.services import backup, recovery_code, restore, tie, vault
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store

GOOD, NEWER = "seven kites above Goscote", "a quite different sentence"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    derive_once(monkeypatch)


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Computer:
    return sit_at(monkeypatch, Keyring())


@pytest.fixture
def tied(tmp_path: Path, computer: Computer) -> tuple[Path, bytes, str]:
    home = tmp_path / "workspace"
    key = vault.create(home, GOOD)
    made = vault.new_tie(home)
    vault.bind(home, GOOD, made)
    return home, key, made.code


def test_it_opens_here_by_the_passphrase_and_nowhere_else(
    tied: tuple[Path, bytes, str], computer: Computer
) -> None:
    home, key, code = tied
    assert vault.is_tied(home)
    assert vault.unlock(home, GOOD) == key
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(home, "the keystore alone opens nothing")
    for elsewhere in (Keyring(), None):  # another account or computer; one without a keystore
        computer.ring = elsewhere
        with pytest.raises(tie.SecretGone, match="recovery code"):
            vault.unlock(home, GOOD)
        with pytest.raises(vault.WrongPassphrase):  # the code alone opens nothing either
            vault.unlock(home, "not the passphrase at all", code)
    assert vault.unlock(home, GOOD, code.replace(" ", "-").lower().replace("0", "o")) == key
    computer.ring = Keyring()
    assert vault.unlock(home, GOOD, code) == key
    assert vault.unlock(home, GOOD) == key  # the code put the secret into this keystore


def test_neither_the_secret_nor_the_code_lies_in_the_folder(
    tied: tuple[Path, bytes, str], computer: Computer
) -> None:
    home, key, code = tied
    raw = (home / vault.FILE).read_bytes()
    assert computer.ring is not None
    (kept,) = computer.ring.kept.values()
    for secret in (kept, code, code.replace(" ", ""), key.hex(), GOOD):
        assert secret.encode() not in raw
    assert (home / vault.FILE).stat().st_mode & 0o777 == 0o600


def test_the_wrapping_key_is_of_both(tied: tuple[Path, bytes, str], computer: Computer) -> None:
    """Who has the keystore's secret and a copy of the file still needs the passphrase's key, and the other way."""
    home, key, _ = tied
    header = json.loads((home / vault.FILE).read_bytes())
    header.pop("checksum")
    secret = tie.find(header["workspace"], header["device"])
    assert vault._open(header, GOOD, secret) == key
    for wrong in (None, bytes(32)):
        with pytest.raises(vault.WrongPassphrase):
            vault._open(header, GOOD, wrong)


def test_a_keystore_that_does_not_answer_is_another_message(
    tied: tuple[Path, bytes, str], computer: Computer
) -> None:
    home, key, code = tied
    held, computer.ring = computer.ring, Locked()
    with pytest.raises(tie.KeystoreSilent, match="Unlock the keystore"):
        vault.unlock(home, GOOD)
    assert vault.unlock(home, GOOD, code) == key
    computer.ring = held
    assert vault.unlock(home, GOOD) == key


def test_a_new_passphrase_keeps_the_tie_and_its_code(
    tied: tuple[Path, bytes, str], computer: Computer
) -> None:
    home, key, code = tied
    vault.change_passphrase(home, GOOD, NEWER)
    assert vault.unlock(home, NEWER) == key
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(home, GOOD)
    computer.ring = None
    with pytest.raises(tie.SecretGone):
        vault.unlock(home, NEWER)
    assert vault.unlock(home, NEWER, code) == key


def test_a_new_code_ends_the_one_before(tied: tuple[Path, bytes, str], computer: Computer) -> None:
    home, key, old = tied
    made = vault.new_tie(home)
    with pytest.raises(vault.WrongPassphrase):
        vault.bind(home, "not the passphrase at all", made)
    vault.bind(home, GOOD, made)
    assert vault.unlock(home, GOOD) == key
    computer.ring = None
    with pytest.raises(tie.WrongCode):
        vault.unlock(home, GOOD, old)
    assert vault.unlock(home, GOOD, made.code) == key


def test_it_can_be_let_go_and_tied_again(tied: tuple[Path, bytes, str], computer: Computer) -> None:
    home, key, _ = tied
    older = home.parent / "older"
    shutil.copytree(home, older)
    vault.release(home, GOOD)
    ring, computer.ring = computer.ring, None
    assert not vault.is_tied(home)
    assert vault.unlock(home, GOOD) == key
    computer.ring = ring
    vault.bind(home, GOOD, vault.new_tie(home))
    assert vault.unlock(older, GOOD) == key  # the secret of before was used again


def test_without_a_keystore_nothing_is_tied_and_nothing_changes(tmp_path: Path, computer: Computer) -> None:
    key = vault.create(tmp_path / "workspace", GOOD)
    before = (tmp_path / "workspace" / vault.FILE).read_bytes()
    for ring in (None, Locked()):
        computer.ring = ring
        with pytest.raises((tie.NoKeystore, tie.KeystoreSilent)):
            vault.bind(tmp_path / "workspace", GOOD, vault.new_tie(tmp_path / "workspace"))
    assert (tmp_path / "workspace" / vault.FILE).read_bytes() == before
    assert vault.unlock(tmp_path / "workspace", GOOD) == key


def test_stopped_anywhere_what_opened_it_before_opens_it_still(
    tmp_path: Path, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "workspace"
    key = vault.create(home, GOOD)
    made = vault.new_tie(home)

    class PowerCutError(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    for target, name in ((tie, "keep"), (vault, "write_whole"), (vault, "close_backups")):
        with monkeypatch.context() as patch, pytest.raises(PowerCutError):
            patch.setattr(target, name, cut)
            vault.bind(home, GOOD, made)
        assert vault.unlock(home, GOOD) == key
    assert vault.is_tied(home)  # the last cut came after the file was whole
    computer.ring = None
    assert vault.unlock(home, GOOD, made.code) == key


def test_damage_to_the_tie_is_damage(tied: tuple[Path, bytes, str], computer: Computer) -> None:
    home, _, code = tied
    header = json.loads((home / vault.FILE).read_bytes())
    for change in (
        {},
        {"id": 7},
        {**header["device"], "secret": "not base64"},
        {**header["device"], "nonce": ""},
    ):
        broken = {**header, "device": change}
        del broken["checksum"]
        plain = json.dumps(broken, sort_keys=True, separators=(",", ":")).encode()
        broken["checksum"] = hashlib.sha256(plain).hexdigest()
        (home / vault.FILE).write_text(json.dumps(broken))
        with pytest.raises(vault.DamagedWorkspace):
            vault.unlock(home, GOOD, code)


def test_destroying_takes_the_secret_along(tied: tuple[Path, bytes, str], computer: Computer) -> None:
    assert computer.ring is not None
    assert computer.ring.kept
    vault.destroy_keys(tied[0])
    assert not computer.ring.kept


# --- with a real workspace and its backups ---


def test_backups_are_closed_with_it_and_open_elsewhere_with_the_code(
    let: Let, computer: Computer, tmp_path: Path
) -> None:
    store, home = let.store, let.store.home
    before = backup.make(store)
    vault.bind(home, PASSPHRASE, vault.new_tie(home))
    made = vault.new_tie(home)
    vault.bind(home, PASSPHRASE, made)  # a second code
    after = backup.make(store, "after")
    device = store.device_id
    store.close()
    copied = tmp_path / "stick"
    shutil.copytree(home, copied, ignore=shutil.ignore_patterns(".lock*"))

    computer.ring = None  # the other computer: no keystore at all
    for found in (before, after):
        assert vault.is_tied(found.path)
    path = copied / "backups" / after.path.name
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(tie.SecretGone):
        restore.restore(elsewhere, path, PASSPHRASE)
    assert not (elsewhere / vault.FILE).exists()
    restore.restore(elsewhere, path, PASSPHRASE, code=made.code)
    with pytest.raises(tie.SecretGone):
        Store.open(elsewhere, PASSPHRASE)
    again = Store.open(elsewhere, PASSPHRASE, code=made.code)
    assert again.device_id == device
    again.close()
    vault.release(elsewhere, PASSPHRASE, made.code)
    Store.open(elsewhere, PASSPHRASE).close()


def test_a_backup_comes_back_by_the_code_of_its_day(let: Let, computer: Computer) -> None:
    store, home = let.store, let.store.home
    first = vault.new_tie(home)
    vault.bind(home, PASSPHRASE, first)
    made = backup.make(store)
    second = vault.new_tie(home)
    vault.bind(home, PASSPHRASE, second)
    store.close()
    computer.ring = Keyring()
    with pytest.raises(tie.WrongCode):
        restore.restore(home, made.path, PASSPHRASE, code=tie.make("another").code)
    restore.restore(home, made.path, PASSPHRASE, code=first.code)
    Store.open(home, PASSPHRASE).close()  # the keystore has the secret again
    computer.ring = None
    Store.open(home, PASSPHRASE, code=first.code).close()
    with pytest.raises(tie.WrongCode):
        Store.open(home, PASSPHRASE, code=second.code)


def test_a_backup_left_open_by_a_power_cut_is_closed_at_the_next_opening(
    let: Let, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, home = let.store, let.store.home
    old = backup.make(store)
    with monkeypatch.context() as patch:
        patch.setattr(vault, "close_backups", lambda _: None)
        vault.bind(home, PASSPHRASE, vault.new_tie(home))
    assert not vault.is_tied(old.path)
    store.close()
    Store.open(home, PASSPHRASE).close()
    assert vault.is_tied(old.path)
    backup.read(old.path)
    restore.restore(home, old.path, PASSPHRASE)  # and is a backup all the same


# --- the code ---


@settings(max_examples=40)
@example(bytes(32))
@example(b"\xff" * 32)
@given(st.binary(min_size=32, max_size=32))
def test_a_code_gives_back_its_secret_and_a_slip_is_noticed(secret: bytes) -> None:
    code = recovery_code.words(secret)
    assert [len(group) for group in code.split()] == [5] * 11
    assert recovery_code.read(code) == secret
    assert recovery_code.read(code.lower().replace(" ", "").replace("0", "o").replace("1", "l")) == secret
    for at in (0, 7, len(code) - 1):
        other = "7" if code[at] != "7" else "8"
        with pytest.raises(recovery_code.Mistyped):
            recovery_code.read(code[:at] + other + code[at + 1 :])


@pytest.mark.parametrize("typed", ["A", "U" * 55, "é" * 55, "7" * 56])
def test_what_is_no_code_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Told) as told:
        recovery_code.read(typed)
    assert told.value.field == "code"
    assert "groups" in told.value.hint
