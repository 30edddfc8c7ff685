"""The project's own files agree with each other: locks, targets, workflows, documents."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import rtbench

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-train.txt")
WORKFLOWS = (".github/workflows/ci.yml", "action.yml")


def text(name):
    """A file of the project."""
    return (ROOT / name).read_text()


def targets():
    """Every target of the Makefile."""
    return set(re.findall(r"^([a-z][a-z-]*):", text("Makefile"), re.MULTILINE))


def called_targets(content):
    """The targets that commands ask for: a line, a `quoted one`, a step; prose does not count."""
    found = set()
    for line in re.findall(r"(?:^ *|`|run: )make((?: +[^\s`|;&>#,.)]+)+)", content, re.MULTILINE):
        words = [word for word in line.split() if "=" not in word and not word.startswith("-")]
        found.update(word for word in words[:1] if re.fullmatch("[a-z-]+", word))
    return found


def steps(document):
    """All steps of a workflow or composite action."""
    if "runs" in document:
        return document["runs"]["steps"]
    return [step for job in document["jobs"].values() for step in job["steps"]]


def name_of(requirement):
    """`tflite-micro` for `tflite-micro ==1.2`, in the one spelling."""
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_index_and_no_address(lock):
    assert not re.search(r"https?:|file:|^-|--index|--find-links", text(lock), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_every_package_with_hashes(lock):
    packages = re.findall(r"^[a-z].*?(?=^[a-z]|\Z)", text(lock), re.MULTILINE | re.DOTALL)
    assert packages
    for package in packages:
        assert re.match(r"[\w.-]+==", package), package
        assert "--hash=sha256:" in package, package


def test_locks_hold_what_pyproject_asks_for():
    project = tomllib.loads(text("pyproject.toml"))
    runtime = {name_of(line) for line in project["project"]["dependencies"]}
    dev = {name_of(line) for line in project["dependency-groups"]["dev"]}
    train = {name_of(line) for line in project["dependency-groups"]["train"]}
    for lock, wanted in zip(LOCKS, (runtime, runtime | dev, runtime | train), strict=True):
        locked = {name_of(line) for line in text(lock).splitlines() if re.match(r"\w", line)}
        assert wanted - locked == set()


def test_tools_run_in_the_version_of_the_lock():
    runtime = set(re.findall(r"^[\w.-]+==[\w.]+", text("requirements.txt"), re.MULTILINE))
    dev = set(re.findall(r"^[\w.-]+==[\w.]+", text("requirements-dev.txt"), re.MULTILINE))
    assert runtime - dev == set()


def test_version_is_the_same_everywhere():
    assert tomllib.loads(text("pyproject.toml"))["project"]["version"] == rtbench.__version__


def test_make_alone_lists_the_targets():
    done = subprocess.run(["make", "-C", ROOT], capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^  ([a-z-]+) ", done.stdout, re.MULTILINE))
    assert {
        "setup", "firmware", "sim-test", "test", "lint", "bench", "models", "renode", "check",
        "clean",
    } <= listed  # fmt: skip
    assert listed <= targets()


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", ".ci/run", WORKFLOWS[0]])
def test_every_make_target_named_in_a_document_exists(document):
    assert called_targets(text(document)) - targets() == set()


def test_every_script_is_used_or_documented():
    users = text("Makefile") + text("action.yml") + text("README.md") + text(".ci/run")
    scripts = [path.name for path in (ROOT / "scripts").iterdir() if path.is_file()]
    users += text("scripts/action.py") + text("firmware/tests/CMakeLists.txt")
    assert [name for name in scripts if name not in users] == []


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_actions_are_pinned_by_commit_with_their_version(workflow):
    used = re.findall(r"uses: (.*)", text(workflow))
    assert used
    for line in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_ci_runs_make_targets_only():
    for step in steps(yaml.safe_load(text(WORKFLOWS[0]))):
        command = step.get("run", "make")
        assert command.startswith(("make", "test ")), command
        assert "\n" not in command.strip(), command


def test_ci_and_make_check_are_one_list():
    checks = re.search(r"^CHECKS := (.*)", text("Makefile"), re.MULTILINE)[1].split()
    assert f"## what CI runs: {', '.join(checks)}\n" in text("Makefile")
    assert set(checks) <= targets()
    for name, job in yaml.safe_load(text(WORKFLOWS[0]))["jobs"].items():
        called = [
            word.removeprefix("make ")
            for word in (step.get("run", "") for step in job["steps"])
            if word.startswith("make ")
        ]
        if name == "unicorn":  # the checks as they are at a desk, in their order, then evidence
            assert called[: len(checks) + 1] == ["setup", *checks]
            assert called[len(checks) + 1 : -1] == ["report", "bench"]
        elif name == "renode":  # the same suites, on both emulators
            assert called[:-1] == ["setup", "renode", "sim-test EMULATOR=both"]
    assert re.search(r"^make check ", text(".ci/run"), re.MULTILINE)


def test_ci_has_least_permissions_and_one_required_job():
    ci = yaml.safe_load(text(WORKFLOWS[0]))
    assert ci["permissions"] == {"contents": "read"}
    assert ci["env"]["INFERENCE"] == "tflm"
    jobs = ci["jobs"]
    assert set(jobs["required"]["needs"]) == set(jobs) - {"required"}
    assert all("timeout-minutes" in job for job in jobs.values())
    for step in steps(ci):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_shell_steps_read_inputs_from_the_environment_only(workflow):
    for step in steps(yaml.safe_load(text(workflow))):
        assert "${{" not in step.get("run", "")


def test_caches_are_keyed_by_their_pins():
    for step in steps(yaml.safe_load(text(WORKFLOWS[0]))):
        if step.get("uses", "").startswith("actions/cache@"):
            files = re.findall(r"'([\w./-]+)'", step["with"]["key"])
            assert files
            assert [name for name in files if not (ROOT / name).is_file()] == []


def test_architecture_is_short_and_states_invariants():
    lines = text("ARCHITECTURE.md").splitlines()
    assert len(lines) <= 120
    assert sum("**Invariant" in line for line in lines) >= 5
    assert any(re.match(r"#+ Glossary", line) for line in lines)


def listed():
    """Every file in git that is there, with its size."""
    names = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return {name: (ROOT / name).stat().st_size for name in names if (ROOT / name).is_file()}


def test_no_file_of_the_project_is_large_but_a_model():
    large = {name for name, size in listed().items() if size > 200_000}
    assert [name for name in large if not name.endswith(".tflite")] == []


def test_what_is_made_is_not_kept():
    made = re.compile(r"(^|/)generated/|^models/.*\.(png|cc|hpp)$|_vectors\.(json|hpp)$")
    assert [name for name in listed() if made.search(name)] == []
