"""How long a battery lasts: the times of a duty cycle that was run, and what each state draws."""
