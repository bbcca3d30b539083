"""What a run folder holds, for all who read and write one: which files, whether they are there, and written whole."""
