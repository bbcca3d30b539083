"""Label tables and the names in them: read as any program saved them, or refused.

Begin at `label_files` (a table, and the image files that it names); `names` says which names are one, `name_checks`
refuses those that would make something wrong without a word. In come files, out go rows and names that are checked.
"""
