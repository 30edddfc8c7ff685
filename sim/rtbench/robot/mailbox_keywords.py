"""Keywords for a firmware with INFERENCE=host: what becomes of its requests to the bench."""

from collections.abc import Callable

from robot.api.deco import keyword, library

from rtbench import host_inference
from rtbench.link.events import Result
from rtbench.robot.session import SESSION


@library(scope="SUITE")
class MailboxKeywords:
    """The bench's own service is taken away and put back."""

    def __init__(self) -> None:
        self._services: list[Callable[[], None]] = []

    @keyword
    def leave_mailbox_unanswered(self) -> None:
        """From now on nobody looks into the mailbox."""
        self._services = list(SESSION.machine.services)
        SESSION.machine.services.clear()

    @keyword
    def refuse_requests(self) -> None:
        """From now on every request is answered with FAILED."""
        self.leave_mailbox_unanswered()
        machine, service = SESSION.machine, self._services[0]
        if not isinstance(service, host_inference.HostInference):
            raise AssertionError(f"the machine's service is {service!r}, not the mailbox's")
        place = service.address + host_inference.STATE_OFFSET

        def refuse() -> None:
            if machine.read_memory(place, 1)[0] == host_inference.REQUEST:
                machine.write_memory(place, bytes([host_inference.FAILED]))

        machine.services.append(refuse)

    @keyword
    def answer_mailbox_again(self) -> None:
        """The bench's service is back."""
        if self._services:
            SESSION.machine.services[:] = self._services
            self._services = []

    @keyword
    def every_result_should_say(self, inference: str) -> None:
        """All results since power on, at least one, name where their inference ran."""
        SESSION.firmware.read()
        found = [one.inference for one in SESSION.firmware.events if isinstance(one, Result)]
        SESSION.check(bool(found), "there is no result yet")
        SESSION.check(set(found) == {inference}, f"results say {set(found)}, expected {inference}")
