"""The data logger's host: frames from a board or the bench into a labelled folder, none lost."""
