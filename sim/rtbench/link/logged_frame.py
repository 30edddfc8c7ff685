"""A record among the firmware's lines, as an event."""

from dataclasses import dataclass
from typing import Self

from rt1062.machine import ConsoleLine
from rtbench.link import record_line
from rtbench.link.events import Event, ProtocolError
from rtbench.link.frame_record import FrameRecord


@dataclass(frozen=True)
class LoggedFrame(Event):
    """A frame that `log` or `resend` was asked for."""

    record: FrameRecord

    @classmethod
    def read(cls, line: ConsoleLine) -> Self:
        """The event of a record's line; ProtocolError for one that is damaged."""
        try:
            record = FrameRecord.decode(record_line.decode(line.data))
        except ValueError as error:
            raise ProtocolError(f"a damaged record: {error}", line.text) from error
        return cls(record, time_us=line.time_us, text=f"record of frame {record.sequence}")
