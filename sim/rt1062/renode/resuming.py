"""A downloader for pooch that goes on where an interrupted download stopped.

pooch keeps the hash, the caching and the move into place; its own downloaders begin anew each
time, which is a nuisance for 60 MB on a bad line. The hash is checked over the whole file, so a
part of another file cannot survive.
"""

import time
from pathlib import Path

import requests
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

CHUNK_BYTES = 4096  # what a broken connection may lose at most
TIMEOUT_S = 30
ATTEMPTS = 5
PAUSE_S = 1.0  # before another attempt, doubled each time


class ResumingDownloader:
    """Collects the file in `part`; `downloader(url, output_file, pooch)` is how pooch calls it."""

    def __init__(self, part: Path, pause_s: float = PAUSE_S):
        self.part = part
        self.pause_s = pause_s

    def __call__(self, url: str, output_file: str, _pooch: object) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, TransferSpeedColumn()) as progress:
            task = progress.add_task(url.rsplit("/", 1)[-1], total=None)
            for attempt in range(ATTEMPTS):
                try:
                    self._go_on(url, progress, task)
                    break
                except (requests.ConnectionError, requests.Timeout):
                    if attempt == ATTEMPTS - 1:
                        raise
                    time.sleep(self.pause_s * 2**attempt)
        self.part.replace(output_file)

    def _go_on(self, url: str, progress: Progress, task: object) -> None:
        have = self.part.stat().st_size if self.part.exists() else 0
        # Compression on the way would make a byte range something else.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable:
                return  # nothing is missing, or it is another file, which the hash will show
            response.raise_for_status()
            if response.status_code != requests.codes.partial:
                have = 0  # the server sends all of it
            elif not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                self.part.unlink()
                raise requests.ConnectionError("the server sent another part than was asked for")
            length = response.headers.get("Content-Length")
            total = have + int(length) if length and length.isdecimal() else None
            progress.update(task, total=total, completed=have)
            with self.part.open("ab" if have else "wb") as file:
                for data in _chunks(response):
                    file.write(data)
                    progress.advance(task, len(data))
        size = self.part.stat().st_size
        if total is not None and size < total:
            raise requests.ConnectionError(f"the connection ended after {size} of {total} bytes")


def _chunks(response: requests.Response):
    """The body; what goes wrong on the way is a ConnectionError, worth another attempt."""
    try:
        yield from response.iter_content(CHUNK_BYTES)
    except requests.exceptions.ChunkedEncodingError as error:
        raise requests.ConnectionError(str(error)) from error
