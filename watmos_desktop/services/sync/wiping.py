"""The office's order to destroy this workspace, obeyed only with its signature (security.md S19)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from contextlib import suppress

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from watmos_desktop.services import vault
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import keys
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.memory import Memory


class Wiped(Told):
    """The key of this workspace was destroyed, and then what it sealed."""

    def __init__(self) -> None:
        super().__init__(
            "The office has ended this device's access, and its records were removed from this computer.",
            "Ask the office if you did not expect this.",
        )


def is_order(kept: Memory, proof: object) -> bool:
    """Whether the office that was joined has signed this order, for this device: ``wipe LF DEVICE LF AT``."""
    if not isinstance(proof, dict) or proof.get("device") != kept.device:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(kept.office_key, validate=True))
        signature = b64decode(str(proof["signature"]), validate=True)
        key.verify(signature, f"wipe\n{kept.device}\n{proof['at']}".encode())
    except (KeyError, NotBase64, ValueError, InvalidSignature):
        return False
    return True


def obey(store: Store, client: Client, kept: Memory, proof: object) -> None:
    """Destroy the workspace, tell the office and raise Wiped; do nothing when the order is not the office's."""
    if not is_order(kept, proof):
        return
    workspace = vault.workspace_id(store.home)
    vault.destroy_keys(store.home)
    keys.forget(workspace, keys.keystore())
    store.close()
    vault.destroy(store.home)
    with suppress(Told):  # it is done, whether the office hears of it or not
        client.tell_wiped()
    raise Wiped
