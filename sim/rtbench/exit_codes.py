"""What a command of the project ends with; the one definition."""

PASSED = 0
CLAIM_FAILED = 1
SETUP_WRONG = 2
INTERRUPTED = 130
TERMINATED = 143  # by SIGTERM, after everything was put away
