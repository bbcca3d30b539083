"""The numbers of one run, from its tables: metrics.json, calibration.json, scores without leaks. No TensorFlow.

Begin at `metrics_file`; `prediction_table` reads predictions.csv as the answers that `metrics` takes. In come files of
a run folder, out go others; two runs are for `conbal_tf.comparison`, pictures for `conbal_tf.reporting`.
"""
