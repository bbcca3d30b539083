"""Label tables and the names in them: read as any program saved them, or refused.

Begin at `label_files` (a download's tables); `names` says which names are one.
"""
