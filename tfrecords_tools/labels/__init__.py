"""The names in label tables: of classes, groups, images and columns.

Begin at `names` (which names are one); `name_checks` refuses those that would make something wrong without a word,
`text_tables` reads a table as any program saved it. In come texts, out go rows and names that are checked.
"""
