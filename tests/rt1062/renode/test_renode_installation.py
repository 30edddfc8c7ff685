"""Which Renode is found, and the installation of the pinned one from a server on loopback."""

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rt1062.renode import installation, resuming
from rt1062.renode.installation import ARCHIVES, Archive, find, install, look, version

ROOT = Path(__file__).parents[3]
FOLDER = "renode_1.16.1-dotnet_portable"


def program(says: str = "Renode v1.16.1.27811\\n  build: d66b0c2a") -> bytes:
    return f'#!/bin/sh\nprintf "{says}\\n"\n'.encode()


def put_program(path: Path, content: bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content or program())
    path.chmod(0o755)
    return path


def make_archive(names: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in names.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


GOOD = make_archive({f"{FOLDER}/renode": program(), f"{FOLDER}/data": os.urandom(300_000)})


class Server:
    """Serves one file; `cut` bytes at most each time, with or without byte ranges."""

    def __init__(self):
        self.content = GOOD
        self.cut: int | None = None
        self.ranges = True
        self.wrong_range = False
        self.status = 200
        self.slow = False
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.release = f"http://127.0.0.1:{self._server.server_port}/v1.16.1/"

    def answer(self, request) -> None:
        asked = request.headers.get("Range", "")
        self.asked.append(asked)
        if self.status != 200:
            request.send_error(self.status)
            return
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and self.ranges else 0
        if start >= len(self.content):
            request.send_error(416)
            return
        body = self.content[start:]
        request.send_response(206 if start else 200)
        if start:
            shown = start + 1 if self.wrong_range else start
            size = len(self.content)
            request.send_header("Content-Range", f"bytes {shown}-{size - 1}/{size}")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        try:
            if self.slow:
                for at in range(0, len(body), 1000):
                    request.wfile.write(body[at : at + 1000])
                    time.sleep(0.004)
            else:
                request.wfile.write(body if self.cut is None else body[: self.cut])
        except OSError:
            pass

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(resuming.time, "sleep", lambda seconds: None)
    server = Server()
    yield server
    server.close()


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No Renode anywhere: no variable, empty cache, home and PATH."""
    monkeypatch.delenv("RENODE", raising=False)
    monkeypatch.setattr(installation, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def archive_of(content: bytes) -> Archive:
    return Archive("renode.tar.gz", hashlib.sha256(content).hexdigest())


# Finding.


def test_none(nowhere) -> None:
    assert find() is None


def test_order(nowhere, monkeypatch) -> None:
    on_path = put_program(nowhere / "bin" / "renode")
    # The stand-in needs no shell from PATH: its first line names one.
    assert (look().path, look().by) == (str(on_path), "PATH")
    folder = nowhere / "run" / FOLDER
    put_program(folder / "renode")
    settings = nowhere / "home" / ".config" / "renode" / "renode-run.json"
    settings.parent.mkdir(parents=True)
    installations = {str(folder): {"version": "1.16.1", "variant": "dotnet-portable"}}
    settings.write_text(json.dumps({"version": "1.0", "installations": installations}))
    assert (look().path, look().by) == (str(folder / "renode"), "renode-run")
    cached = put_program(nowhere / "cache" / "1.16.1" / "renode")
    assert (look().path, look().by) == (str(cached), "the project's cache")
    monkeypatch.setenv("RENODE", str(nowhere / "anything"))
    assert (look().path, look().by) == (str(nowhere / "anything"), "RENODE=")


def test_renode_may_name_a_folder(nowhere, monkeypatch) -> None:
    put_program(nowhere / "portable" / "renode")
    monkeypatch.setenv("RENODE", str(nowhere / "portable"))
    assert find() == str(nowhere / "portable" / "renode")


def test_another_version_on_path_is_not_found(nowhere) -> None:
    put_program(nowhere / "bin" / "renode", program("Renode v1.15.3.1234"))
    assert find() is None


@pytest.mark.parametrize(
    "settings",
    ["", "[]", "{}", '{"installations": {"/x": {"version": "1.15.3"}}}', '{"installations": 3}',
     '{"installations": {"/no/such/folder": {"version": "1.16.1"}}}'],
)  # fmt: skip
def test_settings_of_renode_run_that_do_not_help(nowhere, settings) -> None:
    path = nowhere / "home" / ".config" / "renode" / "renode-run.json"
    path.parent.mkdir(parents=True)
    path.write_text(settings)
    assert find() is None


def test_version(nowhere) -> None:
    assert version(str(put_program(nowhere / "a" / "renode"))) == "1.16.1"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"#!/bin/sh\necho hello\n", "no Renode that runs here: hello"),
     (b"#!/bin/sh\nexit 9\n", "exit code 9"), (b"#!/no/such/shell\n", "No such file")],
)  # fmt: skip
def test_a_program_that_is_no_renode(nowhere, content, message) -> None:
    path = put_program(nowhere / "a" / "renode", content)
    with pytest.raises(SetupError, match=message):
        version(str(path))


def test_a_program_that_says_nothing_for_ever(nowhere, monkeypatch) -> None:
    monkeypatch.setattr(installation, "VERSION_LIMIT_S", 0.3)
    path = put_program(nowhere / "a" / "renode", b"#!/bin/sh\n/bin/sleep 3600\necho done\n")
    with pytest.raises(SetupError, match="does not tell its version in 0.3 s"):
        version(str(path))


# Installing.


def test_install(nowhere, server) -> None:
    cache = nowhere / "cache"
    made = install(cache, server.release, archive_of(GOOD))
    assert made == cache / "1.16.1" / "renode"
    assert version(str(made)) == "1.16.1"
    assert find() == str(made)
    assert sorted(path.name for path in cache.iterdir()) == ["1.16.1", "lock"]
    assert install(cache, server.release, archive_of(GOOD)) == made
    assert len(server.asked) == 1


def test_a_connection_that_is_cut_is_gone_on_with(nowhere, server) -> None:
    server.cut = 90_000
    made = install(nowhere / "cache", server.release, archive_of(GOOD))
    assert made.is_file()
    starts = [int(one[6:-1]) if one else 0 for one in server.asked]
    whole = 90_000 // resuming.CHUNK_BYTES * resuming.CHUNK_BYTES
    assert starts == [whole * i for i in range(len(starts))]
    assert len(starts) > 2


def test_a_line_that_is_too_bad_keeps_what_it_has(nowhere, server) -> None:
    server.cut = resuming.CHUNK_BYTES
    kept = resuming.CHUNK_BYTES * resuming.ATTEMPTS
    with pytest.raises(SetupError, match=f"not downloaded; {kept} bytes are kept: "):
        install(nowhere / "cache", server.release, archive_of(GOOD))
    server.cut = None
    install(nowhere / "cache", server.release, archive_of(GOOD))
    assert server.asked[-1] == f"bytes={kept}-"


def test_a_server_without_ranges_sends_all_again(nowhere, server) -> None:
    cache = nowhere / "cache"
    cache.mkdir()
    (cache / "renode.tar.gz.part").write_bytes(GOOD[:1234])
    server.ranges = False
    assert install(cache, server.release, archive_of(GOOD)).is_file()


def test_a_part_that_is_whole_already(nowhere, server) -> None:
    cache = nowhere / "cache"
    cache.mkdir()
    (cache / "renode.tar.gz.part").write_bytes(GOOD)
    assert install(cache, server.release, archive_of(GOOD)).is_file()


def test_another_range_than_asked_for_is_not_appended(nowhere, server) -> None:
    cache = nowhere / "cache"
    cache.mkdir()
    (cache / "renode.tar.gz.part").write_bytes(GOOD[:1234])
    server.wrong_range = True
    assert install(cache, server.release, archive_of(GOOD)).is_file()
    assert server.asked == ["bytes=1234-", ""]


def test_a_part_of_another_file_does_not_survive(nowhere, server) -> None:
    cache = nowhere / "cache"
    cache.mkdir()
    (cache / "renode.tar.gz.part").write_bytes(b"x" * 1234)
    with pytest.raises(SetupError, match="not the file that was released"):
        install(cache, server.release, archive_of(GOOD))
    assert install(cache, server.release, archive_of(GOOD)).is_file()


def test_a_wrong_hash(nowhere, server) -> None:
    with pytest.raises(SetupError, match="not the file that was released, its SHA-256"):
        install(nowhere / "cache", server.release, archive_of(b"something else"))
    assert find() is None
    assert [path.name for path in (nowhere / "cache").iterdir()] == ["lock"]


def test_a_file_that_is_not_there(nowhere, server) -> None:
    server.status = 404
    with pytest.raises(SetupError, match=r"renode\.tar\.gz: not downloaded: 404"):
        install(nowhere / "cache", server.release, archive_of(GOOD))
    assert len(server.asked) == 1


def test_nobody_listens(nowhere, server) -> None:
    server.close()
    with pytest.raises(SetupError, match="not downloaded: .*(refused|establish)"):
        install(nowhere / "cache", server.release, archive_of(GOOD))


@pytest.mark.parametrize(
    "content",
    [
        b"no archive",
        make_archive({"folder/other": b"x"}),
        make_archive({"a/renode": b"x", "b/renode": b"x"}),
    ],
)
def test_an_archive_that_is_not_what_it_should(nowhere, server, content) -> None:
    server.content = content
    with pytest.raises(SetupError, match="cannot be unpacked|has no folder with the program"):
        install(nowhere / "cache", server.release, archive_of(content))
    assert find() is None


def test_a_cache_that_cannot_be_written(nowhere, server) -> None:
    (nowhere / "cache").write_bytes(b"a file")
    with pytest.raises(SetupError, match="cannot be installed in"):
        install(nowhere / "cache", server.release, archive_of(GOOD))


CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from rt1062.renode.installation import Archive, install
print(install(Path(sys.argv[2]), sys.argv[3], Archive("renode.tar.gz", sys.argv[4])))
"""


def start_child(cache: Path, release: str) -> subprocess.Popen:
    digest = hashlib.sha256(GOOD).hexdigest()
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(ROOT), str(cache), release, digest],
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_is_gone_on_with(nowhere, way) -> None:
    server = Server()
    server.slow = True
    cache = nowhere / "cache"
    child = start_child(cache, server.release)
    part = cache / "renode.tar.gz.part"
    end = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size):
        assert time.monotonic() < end and child.poll() is None
        time.sleep(0.02)
    child.send_signal(way)
    child.communicate(timeout=30)
    assert not (cache / "1.16.1").exists()
    kept = part.stat().st_size
    assert 0 < kept < len(GOOD)
    server.slow = False
    install(cache, server.release, archive_of(GOOD))
    assert server.asked == ["", f"bytes={kept}-"]
    server.close()


def test_two_at_once(nowhere) -> None:
    server = Server()
    server.slow = True
    cache = nowhere / "cache"
    children = [start_child(cache, server.release) for _ in range(2)]
    for child in children:
        output, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        assert output.splitlines()[-1] == str(cache / "1.16.1" / "renode")
    assert len(server.asked) == 1
    server.close()


# The command.


def test_main_says_which_and_which_version(nowhere, monkeypatch, capsys) -> None:
    path = put_program(nowhere / "a" / "renode")
    monkeypatch.setenv("RENODE", str(path))
    assert installation.main() == 0
    assert capsys.readouterr().out == f"Renode 1.16.1: {path} (RENODE=)\n"


def test_main_refuses_another_version(nowhere, monkeypatch, capsys) -> None:
    path = put_program(nowhere / "a" / "renode", program("Renode v1.15.3.1"))
    monkeypatch.setenv("RENODE", str(path))
    assert installation.main() == 2
    assert "is Renode 1.15.3, this project needs 1.16.1" in capsys.readouterr().err


def test_main_installs(nowhere, server, monkeypatch, capsys) -> None:
    monkeypatch.setattr(
        installation, "install",
        lambda: install(nowhere / "cache", server.release, archive_of(GOOD)),
    )  # fmt: skip
    assert installation.main() == 0
    assert "(the project's cache)" in capsys.readouterr().out


def test_a_machine_without_a_release(nowhere, monkeypatch) -> None:
    monkeypatch.setattr(installation.platform, "machine", lambda: "riscv64")
    with pytest.raises(SetupError, match=r"no portable Renode 1\.16\.1 for Linux on riscv64"):
        install(nowhere / "cache", "http://127.0.0.1:9/")


def test_the_pins() -> None:
    for archive in ARCHIVES.values():
        assert re.fullmatch(
            r"renode-1\.16\.1\.linux-(arm64-)?portable-dotnet\.tar\.gz", archive.name
        )
        assert re.fullmatch("[0-9a-f]{64}", archive.sha256)
    assert len({archive.sha256 for archive in ARCHIVES.values()}) == len(ARCHIVES)
