"""One run, from records to export: planned once, trained, finished.

Begin at `plan` (what a run will do, as a frozen value) and `job` (the whole of it, in order). `lifetime` begins,
continues or refuses a run folder. The command, the library and the tables of many runs all come through here.
"""
