"""Keywords about the board as a whole: power, reset, time, memory, and the transcripts."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from robot.api import SkipExecution, logger
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from rt1062 import boards
from rt1062.camera_faults import FAULTS
from rt1062.chip import memory_map
from rtbench import host_inference
from rtbench.link.events import Boot, Fatal
from rtbench.robot.session import SESSION
from rtbench.robot.transcript import file_name
from rtbench.tasks import CAMERA_APPS

# What the firmware's FlexRAM split leaves of each memory, and the parts that are always there.
MEMORY_BYTES = {
    "itcm": 4 * memory_map.FLEXRAM_BANK_BYTES,
    "dtcm": 12 * memory_map.FLEXRAM_BANK_BYTES,
    "ocram": memory_map.OCRAM2.size,
    "flash": boards.DEFAULT.flash.size,
}
SRAM = ("itcm", "dtcm", "ocram")
BOOT_LIMIT = timedelta(seconds=3)


@library(scope="GLOBAL", listener="SELF")
class MachineKeywords:
    """Board keywords; as a listener it writes each test's console transcript."""

    def __init__(self) -> None:
        self._warned = False  # once a suite that the inference is not on the chip

    # The listener.

    def start_test(self, data: object, result: object) -> None:
        """What the suite's set-up printed is a page of its own."""
        self._write_transcript("setup")

    def end_test(self, data: object, result: object) -> None:
        """The page of the test that ends."""
        self._write_transcript(result.name)

    def _write_transcript(self, page: str) -> None:
        variables = BuiltIn().get_variables(no_decoration=True)
        directory = Path(variables["OUTPUT_DIR"]) / "transcripts"
        SESSION.transcript.write(
            directory / file_name(variables["SUITE_NAME"].split(".")[-1], page)
        )

    # Power and reset.

    @keyword
    def power_on(
        self,
        app: str = "classify",
        camera_fault: str | None = None,
        timeout: timedelta = BOOT_LIMIT,
    ) -> Boot:
        """Boot `app` on a new board, up to the camera's first event; returns the boot event."""
        SESSION.image(app)
        machine = SESSION.create(SESSION.directory / f"{app}.bin", app)
        if camera_fault is not None:
            machine.set_fault(camera_fault)
        return self.boot_firmware(
            camera_ready=app in CAMERA_APPS and camera_fault is None, timeout=timeout
        )

    @keyword
    def boot_firmware(self, camera_ready: bool = True, timeout: timedelta = BOOT_LIMIT) -> Boot:
        """Power on the board that is there; returns the boot event."""
        boot = SESSION.power_on(timeout.total_seconds())
        if camera_ready:
            SESSION.firmware.camera_ready()
        logger.info(boot.text)
        if boot.inference == "host" and not self._warned:
            self._warned = True
            logger.warn(host_inference.BANNER)
        return boot

    @keyword
    def power_off(self) -> None:
        """Give the board back."""
        SESSION.close()

    @keyword
    def pull_reset_pin(self, timeout: timedelta = BOOT_LIMIT) -> Boot:
        """Pull the reset pin and wait for the boot event."""
        SESSION.boot = SESSION.firmware.pull_reset(timeout.total_seconds())
        return SESSION.boot

    @keyword
    def firmware_should_restart(self, cause: str, timeout: timedelta = BOOT_LIMIT) -> Boot:
        """A boot event with this reset cause comes, and the reset count has gone up by one."""
        count = SESSION.boot.reset_count
        boot = SESSION.firmware.expect(Boot, timeout_s=timeout.total_seconds())
        SESSION.check(boot.reset == cause, f"reset cause is {boot.reset}, expected {cause}")
        SESSION.check(
            boot.reset_count == count + 1,
            f"reset count is {boot.reset_count}, expected {count + 1}",
        )
        SESSION.boot = boot
        return boot

    @keyword
    def reset_cause_should_be(self, cause: str, count: int | None = None) -> None:
        """What the last boot event says of the reset, and of the resets since power on."""
        boot = SESSION.boot
        SESSION.check(boot.reset == cause, f"reset cause is {boot.reset}, expected {cause}")
        if count is not None:
            SESSION.check(
                boot.reset_count == count, f"reset count is {boot.reset_count}, expected {count}"
            )

    @keyword
    def firmware_should_report_fault(
        self, fault: str, function: str | None = None, timeout: timedelta = BOOT_LIMIT
    ) -> Fatal:
        """A fatal event of this kind comes, its pc inside `function` (a symbol) if named."""
        event = SESSION.firmware.expect(Fatal, timeout_s=timeout.total_seconds())
        SESSION.check(event.fault == fault, f"the fault is {event.fault}, expected {fault}")
        if function is not None:
            symbols = SESSION.symbols(SESSION.boot.app)
            start, size = symbols.address(function), symbols.size(function)
            SESSION.check(
                start <= event.pc < start + size,
                f"the fault's pc 0x{event.pc:08x} is not in {function} at 0x{start:08x}",
            )
        return event

    # Time.

    @keyword
    def run_for(self, duration: timedelta) -> None:
        """Let virtual time pass."""
        SESSION.machine.run_for(duration.total_seconds())

    @keyword
    def led_should_blink(self, times: int, duration: timedelta) -> None:
        """The user LED changes so often within a span of virtual time, looked at each 10 ms."""
        seen, changes = SESSION.machine.led, 0
        for _ in range(round(duration.total_seconds() * 100)):
            SESSION.machine.run_for(0.01)
            if SESSION.machine.led != seen:
                seen, changes = not seen, changes + 1
        SESSION.check(changes == times, f"the LED changed {changes} times, expected {times}")

    @keyword
    def led_should_be(self, state: Literal["lit", "dark"]) -> None:
        """The user LED now."""
        SESSION.check(SESSION.machine.led == (state == "lit"), f"the LED is not {state}")

    @keyword
    def stages_should_add_up(self, within_percent: float) -> None:
        """Each stage of the last frame took its time; the total is their sum and so much more.

        What is told in whole milliseconds may be one off at either end.
        """
        row, _ = SESSION.last_answered
        cycles, ms = row.cycles, row.ms
        parts = (cycles.preprocess, cycles.invoke, cycles.postprocess)
        SESSION.check(min(ms.capture, *parts) > 0, f"a stage took nothing: {ms}, {cycles}")
        whole = ms.capture + 1000 * sum(parts) / SESSION.boot.core_hz
        most = (1 + within_percent / 100) * whole + 1
        SESSION.check(whole - 1 <= ms.total <= most, f"the stages do not add up: {ms}, {cycles}")

    # Memory.

    @keyword
    def memory_totals_should_match_the_chip(self) -> None:
        """The boot event's memories are those of the RT1062 with the firmware's FlexRAM split."""
        memory = SESSION.boot.memory
        sizes = {name: use.size for name, use in memory.items()}
        SESSION.check(sizes == MEMORY_BYTES, f"sizes are {sizes}, expected {MEMORY_BYTES}")
        for name, use in memory.items():
            SESSION.check(0 <= use.used <= use.size, f"{name} uses {use.used} of {use.size} bytes")

    @keyword
    def sram_in_use_should_be_at_most(self, limit_kib: int) -> None:
        """All SRAM that the firmware takes, stack and buffers included."""
        used = {name: SESSION.boot.memory[name].used for name in SRAM}
        free = sum(SESSION.boot.memory[name].size for name in SRAM) - sum(used.values())
        logger.info(f"SRAM used {used}, free {free:,} bytes")
        SESSION.check(0 < sum(used.values()) <= limit_kib * 1024, f"SRAM in use: {used} bytes")

    @keyword
    def flash_in_use_should_be_the_image(self) -> None:
        """The boot event's flash figure is the length of the flash image."""
        used = SESSION.boot.memory["flash"].used
        length = len(SESSION.image(SESSION.boot.app))
        SESSION.check(used == length, f"flash used is {used}, the image has {length} bytes")

    @keyword
    def unmodelled_accesses_should_be_none(self) -> None:
        """The firmware has touched only registers that the board's model knows."""
        warnings = SESSION.machine.warnings
        SESSION.check(not warnings, "unmodelled accesses:\n  " + "\n  ".join(warnings))

    # Where inference runs.

    @keyword
    def inference_should_be_as_asked(self, asked: str) -> None:
        """The firmware says where inference runs, and it is where INFERENCE= wanted it."""
        found = SESSION.boot.inference
        SESSION.check(found in ("tflm", "host"), f"inference is {found}")
        SESSION.check(asked in ("auto", found), f"inference is {found}, asked for {asked}")

    @keyword
    def skip_unless_inference_is_on_the_chip(self) -> None:
        """Skips the test, never passes it, when TFLM is not in the firmware."""
        if SESSION.boot.inference != "tflm":
            raise SkipExecution(f"not measured: {host_inference.BANNER}")

    @keyword
    def all_camera_faults_should_be_known(self) -> None:
        """The board knows every fault by name and refuses another name."""
        for name in FAULTS:
            SESSION.machine.set_fault(name)
        SESSION.machine.clear_faults()
        try:
            SESSION.machine.set_fault("no_such_fault")
        except ValueError:
            return
        raise AssertionError("the board took an unknown camera fault")
