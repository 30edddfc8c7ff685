"""On-chip blocks of the i.MX RT1062, one a file, pure logic on rt1062.registers."""
