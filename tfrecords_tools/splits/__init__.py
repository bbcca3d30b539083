"""Which image belongs to which part: splits by groups, as CSV files beside the records, and what leaks.

Begin at `protocols`; `kinds` has the splits themselves, `dealing` and `covering` find one wherever there is one.
In come the labels of records, out go parts by id: no image is read.
"""
