"""A GDB remote stub: GDB's Remote Serial Protocol (GDB manual, appendix E) over the machine."""
