"""The plan of a run, its session and its recorder."""
