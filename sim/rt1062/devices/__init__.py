"""What is soldered around the chip; no device knows of an emulator or of the machine."""
