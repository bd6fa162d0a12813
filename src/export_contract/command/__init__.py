"""The command, one thin module for each of its parts. None imports anything heavy before it is called."""
