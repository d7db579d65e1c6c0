"""Where the bytes of photos lie: a folder of the office by default, or a bucket of any S3-compatible store by URL."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from watmos_desktop.services import files
from watmos_desktop.services.errors import Told

_MISSING = ("404", "NoSuchKey", "NotFound")


class BlobStore(Protocol):
    """Bytes under names such as ``whole/ab/abcd…`` or ``parts/…/3``; what is put under a name never changes."""

    def put(self, name: str, data: bytes, *, safe: bool) -> None:
        """Keep the bytes; with ``safe`` they survive a power cut when this returns."""
        ...

    def get(self, name: str, start: int = 0, length: int | None = None) -> bytes | None:
        """The bytes, or those from ``start`` on; None when there are none."""
        ...

    def sizes(self, prefix: str) -> dict[str, int]:
        """The name after ``prefix/`` and the size of everything below it."""
        ...

    def remove(self, prefix: str) -> None:
        """Forget everything below ``prefix/``; nothing there is as good."""
        ...

    def sweep(self, prefix: str, before: datetime) -> int:
        """Forget each name below ``prefix/`` under which nothing was written since; gives how many."""
        ...


@lru_cache
def at(url: str, home: Path) -> BlobStore:
    """The store of that URL: empty for the folder ``photos`` of ``home``, else ``s3://BUCKET/PREFIX?endpoint=URL``.

    Raises Told for another kind of URL, or when the library that S3 needs is not installed.
    """
    if not url:
        return Folder(home / "photos")
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise Told(
            "That is no place for photos.",
            "Write s3://BUCKET/PREFIX?endpoint=URL, or leave it out.",
            field="photos",
        )
    query = parse_qs(parts.query)
    return S3(
        parts.netloc, parts.path.strip("/"), query.get("endpoint", [""])[0], query.get("region", [""])[0]
    )


_TRIES = 20  # of a chunk whose folder is taken away under it


class Folder:
    """A folder for its owner alone; several workers, and machines that share it, may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes, *, safe: bool) -> None:
        """Keep the bytes, whole or not at all."""
        path = self._folder / name
        if safe:
            files.private_folder(path.parent)
            files.write_whole(path, data)
            return
        for left in reversed(range(_TRIES)):
            part = path.parent / f".{secrets.token_hex(8)}.part"
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(data)
                part.replace(path)
                return
            except OSError as cause:
                with contextlib.suppress(OSError):
                    part.unlink()
                # Another request may have made the photo whole and taken its folder away just now.
                if not left or not isinstance(cause, FileNotFoundError | FileExistsError):
                    raise files.NotWritten(cause) from cause

    def get(self, name: str, start: int = 0, length: int | None = None) -> bytes | None:
        """The bytes, or some of them."""
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(start)
                return file.read(-1 if length is None else length)
        except FileNotFoundError:
            return None

    def sizes(self, prefix: str) -> dict[str, int]:
        """What lies below."""
        top, found = self._folder / prefix, {}
        for path in top.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # another worker has just finished with it
                if path.is_file() and not path.name.startswith("."):
                    found[path.relative_to(top).as_posix()] = path.stat().st_size
        return found

    def remove(self, prefix: str) -> None:
        """Forget what lies below."""
        shutil.rmtree(self._folder / prefix, ignore_errors=True)

    def sweep(self, prefix: str, before: datetime) -> int:
        """Forget folders that have lain still, half-written files and empty ones too."""
        top, count = self._folder / prefix, 0
        for folder in list(top.iterdir()) if top.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):  # another worker has just finished with it
                newest = max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
                if newest < before.timestamp():
                    shutil.rmtree(folder, ignore_errors=True)
                    count += 1
        return count


class S3:
    """A bucket. The key and secret are found as boto3 finds them (environment, profile, machine), never in the URL."""

    def __init__(self, bucket: str, prefix: str, endpoint: str = "", region: str = "") -> None:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import ClientError
        except ImportError as cause:
            raise Told("Photos in S3 need one library more.", "Install watmos-desktop[office,s3].") from cause
        self._error: type[Exception] = ClientError
        self._bucket, self._prefix = bucket, f"{prefix}/" if prefix else ""
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            region_name=region or None,
            config=Config(
                retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, read_timeout=30
            ),
        )

    def put(self, name: str, data: bytes, *, safe: bool) -> None:  # noqa: ARG002 - S3 keeps what it has taken
        """Keep the bytes."""
        self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=data)

    def get(self, name: str, start: int = 0, length: int | None = None) -> bytes | None:
        """The bytes, or some of them."""
        wanted = (
            {"Range": f"bytes={start}-{'' if length is None else start + length - 1}"}
            if start or length
            else {}
        )
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name, **wanted)
        except self._error as error:
            if _code(error) in _MISSING:
                return None
            raise
        data: bytes = found["Body"].read()
        return data

    def sizes(self, prefix: str) -> dict[str, int]:
        """What lies below."""
        top = f"{self._prefix}{prefix}/"
        return {key[len(top) :]: size for key, size in self._below(top)}

    def remove(self, prefix: str) -> None:
        """Forget what lies below."""
        keys = [key for key, _ in self._below(f"{self._prefix}{prefix}/")]
        for start in range(0, len(keys), 1000):  # as many as one request takes
            some = [{"Key": key} for key in keys[start : start + 1000]]
            self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": some, "Quiet": True})

    def sweep(self, prefix: str, before: datetime) -> int:
        """Forget what has lain still."""
        top, newest = f"{self._prefix}{prefix}/", dict[str, datetime]()
        for one in self._objects(top):
            name = one["Key"][len(top) :].partition("/")[0]
            newest[name] = max(newest.get(name, one["LastModified"]), one["LastModified"])
        still = [name for name, at in newest.items() if at < before]
        for name in still:
            self.remove(f"{prefix}/{name}")
        return len(still)

    def _below(self, top: str) -> list[tuple[str, int]]:
        return [(one["Key"], one["Size"]) for one in self._objects(top)]

    def _objects(self, top: str) -> Iterator[Any]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=top)
        for page in pages:
            yield from page.get("Contents", [])


def _code(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
