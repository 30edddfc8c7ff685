"""scripts/fetch_tflm.py against repositories made here: what it takes, refuses and survives."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "fetch_tflm.py"
LIBRARY = b"!<arch>\nnot really a library\n"
FILES = {
    "LICENSE": b"a licence\n",
    "lib/cm7/armgcc/libtflm.a": LIBRARY,
    "lib/cm33/armgcc/libtflm.a": b"for another core\n",
    "tensorflow/lite/micro/micro_interpreter.h": b"#pragma once\n",
    "tensorflow/lite/micro/micro_interpreter.cc": b"int main() {}\n",
    "third_party/flatbuffers/include/flatbuffers/flatbuffers.h": b"#pragma once\n",
    "signal/micro/kernels/fft.h": b"#pragma once\n",
}


@pytest.fixture(autouse=True)
def no_library_of_the_user(monkeypatch):
    """TFLM_DIR of whoever runs the tests is not what is tested."""
    monkeypatch.delenv("TFLM_DIR", raising=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A bare repository with the pinned library one commit behind its head; (URL, commit)."""
    tree = tmp_path_factory.mktemp("upstream")

    def git(*arguments):
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        command = ["git", "-C", str(tree), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    for name, content in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)
    git("add", ".")
    git("commit", "--quiet", "-m", "the pinned one")
    commit = git("rev-parse", "HEAD")
    (tree / "lib/cm7/armgcc/libtflm.a").write_bytes(b"a later library\n")
    git("commit", "--quiet", "-am", "a later one")
    bare = tmp_path_factory.mktemp("bare")
    subprocess.run(["git", "clone", "--quiet", "--bare", str(tree), str(bare)], check=True)
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        subprocess.run(["git", "-C", str(bare), "config", setting, "true"], check=True)
    return f"file://{bare}", commit


@pytest.fixture
def fetch(repository, tmp_path):
    """Run the script on the repository above; options and environment can be overruled."""

    def run(*extra, tflm_dir=None, **options):
        url, commit = repository
        options = {
            "into": tmp_path / "cache" / "tflm",
            "url": url,
            "commit": commit,
            "sha256": hashlib.sha256(LIBRARY).hexdigest(),
        } | options
        words = [f"--{name}={value}" for name, value in options.items()]
        environment = os.environ | ({} if tflm_dir is None else {"TFLM_DIR": str(tflm_dir)})
        return subprocess.run(
            [sys.executable, SCRIPT, *words, *extra],
            capture_output=True,
            text=True,
            env=environment,
            timeout=60,
        )

    return run


@pytest.fixture
def unreachable():
    """A port of this machine where nobody listens."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{port.getsockname()[1]}/tflm"


def test_pinned_commit_arrives_with_only_what_the_firmware_needs(fetch, tmp_path):
    done = fetch()
    directory = tmp_path / "cache" / "tflm"
    assert (done.returncode, done.stdout) == (0, f"{directory}\n")
    arrived = {
        str(path.relative_to(directory))
        for path in directory.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(directory).parts
    }
    assert arrived == set(FILES) - {
        "lib/cm33/armgcc/libtflm.a",
        "tensorflow/lite/micro/micro_interpreter.cc",
    }
    assert (directory / "lib/cm7/armgcc/libtflm.a").read_bytes() == LIBRARY


def test_second_run_needs_no_repository(fetch, unreachable):
    assert fetch().returncode == 0
    assert fetch(url=unreachable).returncode == 0


def test_wrong_hash_is_refused_and_leaves_nothing(fetch, tmp_path):
    done = fetch(sha256="0" * 64)
    assert done.returncode == 2
    assert f"expected {'0' * 64}" in done.stderr
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["tflm.lock"]


def test_damaged_library_is_fetched_again(fetch, tmp_path):
    assert fetch().returncode == 0
    library = tmp_path / "cache/tflm/lib/cm7/armgcc/libtflm.a"
    library.write_bytes(LIBRARY[:10])
    done = fetch()
    assert done.returncode == 0
    assert "again" in done.stderr
    assert library.read_bytes() == LIBRARY


def test_remains_of_an_interrupted_run_are_removed(fetch, tmp_path):
    remains = tmp_path / "cache" / "tflm.part-killed"
    (remains / ".git").mkdir(parents=True)
    assert fetch().returncode == 0
    assert not remains.exists()


def test_unreachable_repository_is_one_line_and_exit_code_2(fetch, unreachable):
    done = fetch(url=unreachable)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("fetch_tflm: git ls-remote: ")


def test_silent_host_does_not_hang(fetch):
    with socket.socket() as silent:  # accepts a connection and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start = time.monotonic()
        done = fetch(url=f"http://127.0.0.1:{silent.getsockname()[1]}/tflm", timeout=2)
    assert done.returncode == 2
    assert "took more than 2 s" in done.stderr
    assert time.monotonic() - start < 10


def test_killed_clone_leaves_no_library_and_the_next_run_succeeds(fetch, repository, tmp_path):
    url, commit = repository
    into = tmp_path / "cache" / "tflm"
    slow = tmp_path / "slow"  # a git that stalls in the checkout
    slow.mkdir()
    (slow / "git").write_text(
        f'#!/bin/sh\ncase "$*" in *checkout\\ --quiet*) : >{slow}/stalled; sleep 60;; esac\n'
        f'PATH="${{PATH#*:}}" exec git "$@"\n'
    )
    (slow / "git").chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, SCRIPT, f"--into={into}", f"--url={url}", f"--commit={commit}"],
        env=os.environ | {"PATH": f"{slow}:{os.environ['PATH']}"},
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 30
    while not (slow / "stalled").exists():
        assert time.monotonic() < end, "the clone never reached its checkout"
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 2
    assert not into.exists()
    assert fetch().returncode == 0


def test_two_runs_at_once_share_one_clone(fetch, repository, tmp_path):
    url, commit = repository
    digest = hashlib.sha256(LIBRARY).hexdigest()
    words = [f"--into={tmp_path / 'cache/tflm'}", f"--url={url}", f"--commit={commit}"]
    command = [sys.executable, SCRIPT, *words, f"--sha256={digest}"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("fetching TFLM" in text for text in said) == 1


def test_tflm_dir_is_taken_as_it_is(fetch, unreachable, tmp_path):
    assert fetch(into=tmp_path / "own" / "tflm").returncode == 0
    done = fetch(tflm_dir=tmp_path / "own" / "tflm", url=unreachable)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'own' / 'tflm'}\n")


def test_wrong_tflm_dir_is_an_error_even_for_auto(fetch, tmp_path):
    done = fetch("--inference=auto", f"--record={tmp_path}", tflm_dir=tmp_path / "nothing")
    assert done.returncode == 2
    assert "TFLM_DIR" in done.stderr


def test_auto_with_a_repository_decides_for_the_chip(fetch, tmp_path):
    assert fetch("--inference=auto", f"--record={tmp_path}").returncode == 0
    assert (tmp_path / "inference").read_text() == "tflm\n"
    assert (tmp_path / "tflm_directory").read_text() == f"{tmp_path / 'cache' / 'tflm'}\n"


def test_auto_without_a_repository_decides_for_the_host_with_a_banner(fetch, unreachable, tmp_path):
    done = fetch("--inference=auto", f"--record={tmp_path}", url=unreachable)
    assert done.returncode == 0
    assert (tmp_path / "inference").read_text() == "host\n"
    assert "TENSORFLOW LITE MICRO DOES NOT RUN ON THE EMULATED CHIP" in done.stderr
    assert "cannot be cloned" in done.stderr


def test_tflm_by_name_without_a_repository_is_an_error(fetch, unreachable, tmp_path):
    done = fetch("--inference=tflm", f"--record={tmp_path}", url=unreachable)
    assert done.returncode == 2
    assert not (tmp_path / "inference").exists()


def test_wrong_library_is_an_error_even_for_auto(fetch, tmp_path):
    done = fetch("--inference=auto", f"--record={tmp_path}", sha256="0" * 64)
    assert done.returncode == 2
    assert not (tmp_path / "inference").exists()


def test_host_by_name_fetches_nothing(fetch, tmp_path):
    done = fetch("--inference=host", f"--record={tmp_path}")
    assert done.returncode == 0
    assert not (tmp_path / "cache").exists()
    assert "was asked for" in done.stderr


def test_unknown_inference_is_refused(fetch, tmp_path):
    done = fetch("--inference=cloud", f"--record={tmp_path}")
    assert done.returncode == 2
    assert "INFERENCE must be tflm, host or auto, not 'cloud'" in done.stderr


def test_unchanged_decision_is_not_written_again(fetch, tmp_path):
    assert fetch("--inference=auto", f"--record={tmp_path}").returncode == 0
    before = (tmp_path / "inference").stat().st_mtime_ns
    assert fetch("--inference=auto", f"--record={tmp_path}").returncode == 0
    assert (tmp_path / "inference").stat().st_mtime_ns == before
