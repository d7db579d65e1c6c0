"""`watmos-office` as a program of its own: served, asked, stopped."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.office.conftest import new_database
from tests.office.speaking import enrolment
from watmos_office import cli

PROGRAM = [sys.executable, "-m", "watmos_office.cli"]


@contextmanager
def served(
    home: Path, *options: str, database: str = ""
) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """The office in a process of its own, and the line it printed when it was ready."""
    environment = {**os.environ, "WATMOS_OFFICE_DATABASE": database}
    command = [*PROGRAM, "serve", "--home", str(home), "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        yield json.loads(line), process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=30)
        assert (process.returncode, out, errors) == (0, "", "")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(words)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(("kind", "workers"), [("sqlite", 1), ("postgresql", 2)])
def test_an_office_is_served_until_it_is_told_to_stop(
    tmp_path: Path, kind: str, workers: int, request: pytest.FixtureRequest
) -> None:
    database = new_database(request.getfixturevalue("postgresql")) if kind == "postgresql" else ""
    database = database.replace("+psycopg", "")
    with served(tmp_path / "office", "--workers", str(workers), database=database) as (ready, process):
        assert set(ready) == {"url", "port", "pid", "office_key", "first"}
        assert ready["pid"] == process.pid
        nonce = "0123456789abcdef" * 2
        for _ in range(4):
            health = httpx.get(
                f"{ready['url']}/sync/v1/health", params={"nonce": nonce}, trust_env=False
            ).json()
            assert health["key"] == ready["office_key"]
    if kind == "sqlite":
        with served(tmp_path / "office") as (again, _):
            assert "first" not in again
            assert again["office_key"] == ready["office_key"]


def test_nothing_leaves_this_computer_unencrypted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for host in ("0.0.0.0", "192.0.2.7", "office.example", "::"):
        code, out, errors = run(capsys, "serve", "--home", str(tmp_path / "x"), "--host", host)
        assert (code, out) == (2, "")
        assert errors.startswith("watmos-office: Without a certificate")
    assert not (tmp_path / "x").exists()


def test_only_tls_1_3_is_spoken(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with served(tmp_path / "o", "--tls-cert", str(cert), "--tls-key", str(key)) as (ready, _):
        assert ready["url"].startswith("https://")
        trust = ssl.create_default_context(cafile=str(cert))
        url = f"https://127.0.0.1:{ready['port']}/sync/v1/health?nonce={'0' * 32}"
        assert httpx.get(url, verify=trust, trust_env=False).status_code == 200
        trust.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, verify=trust, trust_env=False)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this computer's loopback address that signs itself."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import IPv4Address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WATMOS")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return cert_file, key_file


def test_the_day_of_an_administrator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ("--home", str(tmp_path / "office"), "--json")

    def ask(*words: str) -> Any:
        code, out, errors = run(capsys, *words, *home)
        assert (code, errors) == (0, "")
        return json.loads(out)

    made = ask("demo", "--homes", "4", "--years", "0.1")
    assert made["made"]["homes"] == 4
    people = {one["name"]: one for one in ask("user", "list")}
    assert len(people) == made["members"]
    estate = people["M. Kaur"]["grants"][0]["words"]
    ada = ask("user", "add", "Ada Lovelace", "--role", "caretaker", "--estate", estate, "--code")
    assert len(ada["code"]["code"]) == 34
    assert ask("user", "revoke", "Ada Lovelace", "--estate", estate)["grants"] == []
    assert ask("device", "code", "lovelace")["member_id"] == ada["member"]
    assert ask("device", "list") == ask("quarantine", "list") == ask("conflicts") == ask("reviews") == []
    standing = ask("status")
    assert standing["records"] == made["records"] + 1  # of who they look after nothing is left
    backup = ask("backup", "--to", str(tmp_path / "away"))["backup"]
    lines = (tmp_path / "kaur.jsonl", ask("export", "M. Kaur", "--out", str(tmp_path / "kaur.jsonl")))
    assert len(lines[0].read_bytes().splitlines()) == lines[1]["rows"] > 10
    assert ask("user", "disable", "Ada Lovelace")
    proof = ask("audit", "verify")
    assert ask("audit", "verify", "--known", f"{proof['head']['n']}:{proof['head']['hash']}")["entries"] > 5

    home = ("--home", str(tmp_path / "again"), "--json")
    restored = ask("restore", backup["path"])
    assert restored["missing"] == 0
    assert ask("status")["records"] == standing["records"]
    assert ask("status")["epoch"] != standing["epoch"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "list"), "no office in that folder"),
        (("user", "list", "--database", "mysql://sam:hunter2@h/d"), "no address of a database"),
        (("user", "list", "--database", "postgresql://sam:hunter2@127.0.0.1:1/d"), "does not answer"),
        (("serve", "--photos", "ftp://x"), "no place for photos"),
        (("user", "frobnicate"), "invalid choice"),
        ((), "required"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_without_a_password(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WATMOS_OFFICE_HOME", str(tmp_path / "none"))
    code, out, errors = run(capsys, *words)
    assert (code, out) == (2, "")
    assert said in errors
    assert errors.count("\n") == 1
    assert "hunter2" not in errors


@pytest.mark.parametrize("behind", [True, False])
def test_wrong_codes_count_for_each_address_behind_a_proxy_that_was_named(
    tmp_path: Path, behind: bool
) -> None:
    """Without a proxy nobody makes themselves another address by a header."""
    options = ("--behind", "127.0.0.1") if behind else ()
    with served(tmp_path / "office", *options) as (ready, _), httpx.Client(base_url=ready["url"]) as http:

        def wrong(address: str) -> int:
            said = enrolment("0000-0000-0000-0000-0000-0000-0000", Ed25519PrivateKey.generate())
            headers = {"x-forwarded-for": address}
            return http.post("/sync/v1/enrol", json=said, headers=headers).status_code

        assert [wrong("203.0.113.1") for _ in range(11)] == [404] * 10 + [429]
        assert wrong("203.0.113.2") == (404 if behind else 429)


def test_a_proxy_is_named_by_its_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, error = run(capsys, "serve", "--home", str(tmp_path), "--behind", "*")
    assert (code, "named by its address" in error) == (2, True)
