"""Bytes of memories: what they begin as, and to whom they belong."""

import os

import pytest

from rt1062.unicorn import store
from rt1062.unicorn.store import Store

SIZE = 3 << 20


@pytest.fixture(params=[True, False], ids=["gives back", "filled"])
def way(request, monkeypatch):
    if request.param and not store._GIVES_BACK:
        pytest.skip("only Linux gives pages back")
    monkeypatch.setattr(store, "_GIVES_BACK", request.param)


@pytest.mark.parametrize("fill", [0, 0xFF])
def test_every_byte_is_as_it_was_once_it_is_cleared(way, fill):
    one = Store(SIZE, fill)
    before = bytes([fill]) * SIZE
    assert one.view == before
    one.view[5000:9000] = bytes([1]) * 4000
    one.view[-1] = 2
    assert one.view != before
    one.clear()
    assert one.view == before


def test_what_one_writes_no_other_sees(way):
    one, other = Store(SIZE, 0xFF), Store(SIZE, 0xFF)
    one.view[:4] = b"mine"
    assert other.view[:4] == b"\xff\xff\xff\xff" == Store(SIZE, 0xFF).view[:4]


@pytest.mark.parametrize("fill", [0, 0xFF])
def test_what_a_fork_writes_its_parent_does_not_see(way, fill):
    one = Store(SIZE, fill)
    pid = os.fork()
    if not pid:
        one.view[:4] = b"mine"
        os._exit(int(one.view[:4] != b"mine"))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert one.view[:4] == bytes([fill]) * 4
