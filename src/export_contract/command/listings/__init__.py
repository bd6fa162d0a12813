"""What the commands show, as lines of text."""
