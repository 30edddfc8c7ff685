"""Robot Framework suites over the whole bench; `python -m robot_tests` runs them."""
