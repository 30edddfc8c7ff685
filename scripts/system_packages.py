"""See that the compilers and tools from outside Python are there; install what is missing.

Looks for the tools themselves, so that another distribution's or Arm's own toolchain is as good.
What is missing is installed when this runs as root on a Debian or Ubuntu (or with --sudo);
elsewhere one line names the exact command and the exit code is 2.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def tool(name: str) -> Callable[[], bool]:
    """A probe for a program."""
    return lambda: shutil.which(name) is not None


def target_library(name: str) -> Callable[[], bool]:
    """A probe for a library of the cross compiler, which answers the bare name when it has none."""

    def probe() -> bool:
        compiler = shutil.which("arm-none-eabi-g++")
        if compiler is None:
            return False
        answer = subprocess.run(
            [compiler, f"-print-file-name={name}"], capture_output=True, text=True
        )
        return Path(answer.stdout.strip()).is_absolute()

    return probe


def header(name: str) -> Callable[[], bool]:
    """A probe for a header of the host's C++ compiler."""

    def probe() -> bool:
        compiler = shutil.which("g++") or shutil.which("c++")
        if compiler is None:
            return False
        source = f"#include <{name}>\n"
        command = [compiler, "-x", "c++", "-fsyntax-only", "-"]
        return subprocess.run(command, input=source, capture_output=True, text=True).returncode == 0

    return probe


REQUIRED = {
    "git": tool("git"),
    "python3-venv": lambda: importlib.util.find_spec("ensurepip") is not None,
    "gcc-arm-none-eabi": tool("arm-none-eabi-g++"),
    "libnewlib-arm-none-eabi": target_library("libc_nano.a"),
    "libstdc++-arm-none-eabi-newlib": target_library("libstdc++_nano.a"),
    "cmake": tool("cmake"),
    "ninja-build": tool("ninja"),
    "g++": tool("g++"),
    "doctest-dev": header("doctest/doctest.h"),
}


def missing(packages: dict[str, Callable[[], bool]]) -> list[str]:
    """The packages whose probes find nothing."""
    return [name for name, present in packages.items() if not present()]


def install(packages: list[str], sudo: bool) -> str | None:
    """Install with apt-get; what went wrong, or None."""
    become_root = ["sudo", "--non-interactive"] if sudo else []
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    apt = [
        *become_root,
        *environment,
        "apt-get",
        "-qq",
        "-o",
        "Acquire::Retries=2",
        "-o",
        "Acquire::http::Timeout=30",
    ]
    last = ""
    for command in (
        [*apt, "update"],
        [*apt, "install", "--yes", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        last = lines[-1] if lines else f"exit code {done.returncode}"
    return last if done.returncode != 0 else None


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit code is 0 or 2."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only look, install nothing")
    parser.add_argument("--sudo", action="store_true", help="install with sudo if not root")
    options = parser.parse_args(arguments)
    needed = missing(REQUIRED)
    apt = shutil.which("apt-get") is not None and not options.check
    root = os.geteuid() == 0
    if needed and apt and (root or options.sudo):
        print(f"installing {' '.join(needed)}", flush=True)
        problem = install(needed, sudo=not root)
        if problem is not None:
            print(f"system_packages: apt-get: {problem}", file=sys.stderr)
        needed = missing(REQUIRED)
    command = "apt-get install --yes --no-install-recommends"
    if needed:
        print(f"system_packages: as root, run: {command} {' '.join(needed)}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
