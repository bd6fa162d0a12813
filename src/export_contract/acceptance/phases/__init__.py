"""What a run does, phase by phase."""
