"""The sub-commands of `rtbench`; each module has `add_parser(subparsers)` and sets `handler`."""
