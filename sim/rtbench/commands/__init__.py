"""The sub-commands of `rtbench`; each module has `add_parser(subparsers)` and sets `handler`."""

PASSED, CLAIM_FAILED, SETUP_WRONG, INTERRUPTED = 0, 1, 2, 130  # exit codes
