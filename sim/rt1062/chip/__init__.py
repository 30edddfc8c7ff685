"""Facts about the i.MX RT1062 as data; no behaviour, no imports from the rest of the bench."""
