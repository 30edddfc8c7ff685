"""People counting: a single-shot detector of persons in a 96x96 picture."""
