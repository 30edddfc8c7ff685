"""Functions that run inside Unicorn, compiled by numba: only build.py imports what is in here.

Whoever wants one asks library.py for its address, which needs no numba where they were compiled
before. Constants and Python stay with those who use them, in the modules of the same names.
"""
