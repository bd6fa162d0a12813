"""What cases are made of: the case itself, JSON writers, and timestamps worth sending."""
