"""A pytest plugin: `shell` runs the C# models, with an empty machine for each test."""

import pytest

from tests.rt1062.renode.model_shell import ModelShell


@pytest.fixture(scope="module")
def process():
    shell = ModelShell()
    yield shell
    shell.close()


@pytest.fixture
def shell(process):
    process.ask("machine")
    return process
