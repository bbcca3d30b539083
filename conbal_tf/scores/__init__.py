"""The numbers of one run, from its tables: metrics.json, calibration.json, scores without leaks. No TensorFlow.

`prediction_table` reads predictions.csv as the answers that `metrics` takes.
"""
