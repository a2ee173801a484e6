"""Questions and answers: the only layer that reads settings and clocks."""
