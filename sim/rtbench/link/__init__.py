"""The UART protocol between firmware and bench: typed events, and the firmware spoken to."""
