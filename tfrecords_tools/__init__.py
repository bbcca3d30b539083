"""Image files and label tables to TFRecords, their splits, and audits of both. Knows no training.

Begin at `build`, the command: `catalogue` names the data sets, `preparation` finds mistakes before any image is read,
`conversion` makes of an image what is stored, `builder` writes it, `splits` divides it. `audit` looks for what is wrong
with a data set. The folder of records is what conbal_tf is handed; nothing here imports conbal_tf.
"""
