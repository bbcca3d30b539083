"""Pictures, the page, and tables for the terminal: all from files of run folders, without TensorFlow.

Begin at `charts`, where each chart is drawn, as one function from numbers. `figures` writes them as the PNG files of a
run, `page.document` into its page; `tables` of many runs draw with them, too. `table`, `leak_table` and
`calibration_table` are what commands print, as `columns` aligns it; `words` rounds numbers for charts and the page.
"""
