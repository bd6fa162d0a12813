"""What a run is to do: the options, from wherever they were given, as one settled plan."""
